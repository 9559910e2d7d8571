/** The {@code javisor} command. */
module org.javisor.cli {
  requires org.javisor.host;
  requires org.javisor.server;
  requires org.javisor.bench;
  requires info.picocli;
  requires java.management;
  requires org.eclipse.jetty.client;
  requires org.eclipse.jetty.websocket.client;
  requires tools.jackson.databind;
  requires tools.jackson.dataformat.yaml;
  requires com.fasterxml.jackson.annotation;
  requires static org.jspecify;

  opens org.javisor.cli to
      info.picocli,
      org.eclipse.jetty.websocket.common;
  opens org.javisor.cli.top to
      info.picocli,
      tools.jackson.databind;
  opens org.javisor.cli.cluster to
      tools.jackson.databind;
}
