module org.javisor.cli {
  requires org.javisor.host;
  requires info.picocli;
  requires static org.jspecify;
}
