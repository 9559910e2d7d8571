/** The API of a host: the Incus REST API over a Unix socket and TLS. */
@SuppressWarnings("module") // cli, for which some of it is, is compiled later.
module org.javisor.server {
  requires transitive org.javisor.host;
  requires tools.jackson.databind;
  requires com.fasterxml.jackson.annotation;
  requires org.eclipse.jetty.server;
  requires org.eclipse.jetty.unixdomain.server;
  requires org.eclipse.jetty.websocket.server;
  requires java.management;
  requires java.net.http;
  requires org.bouncycastle.pkix;
  requires org.bouncycastle.provider;
  requires static transitive org.jspecify;

  exports org.javisor.server;
  exports org.javisor.server.http to
      org.javisor.cli;

  opens org.javisor.server.api to
      tools.jackson.databind;
  opens org.javisor.server.event to
      tools.jackson.databind;
  opens org.javisor.server.host to
      tools.jackson.databind;
  opens org.javisor.server.http to
      tools.jackson.databind,
      org.eclipse.jetty.websocket.common;
  opens org.javisor.server.image to
      tools.jackson.databind;
  opens org.javisor.server.instance to
      tools.jackson.databind;
  opens org.javisor.server.network to
      tools.jackson.databind;
  opens org.javisor.server.operation to
      tools.jackson.databind;
  opens org.javisor.server.peer to
      tools.jackson.databind;
  opens org.javisor.server.storage to
      tools.jackson.databind;
  opens org.javisor.server.trust to
      tools.jackson.databind;
}
