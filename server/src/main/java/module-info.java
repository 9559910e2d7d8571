/** The API of a host: the Incus REST API over a Unix socket and TLS. */
module org.javisor.server {
  requires transitive org.javisor.host;
  requires tools.jackson.databind;
  requires org.eclipse.jetty.server;
  requires org.eclipse.jetty.unixdomain.server;
  requires org.eclipse.jetty.websocket.server;
  requires org.bouncycastle.pkix;
  requires org.bouncycastle.provider;
  requires static transitive org.jspecify;

  exports org.javisor.server;
}
