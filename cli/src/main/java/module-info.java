module org.javisor.cli {
  requires org.javisor.host;
  requires org.javisor.bench;
  requires info.picocli;
  requires java.management;
  requires static org.jspecify;

  opens org.javisor.cli to
      info.picocli;
}
