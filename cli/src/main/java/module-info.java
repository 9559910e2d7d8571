module org.javisor.cli {
  requires org.javisor.host;
  requires org.javisor.bench;
  requires info.picocli;
  requires static org.jspecify;

  opens org.javisor.cli to
      info.picocli;
}
