module org.javisor.bench {
  requires org.javisor.host;
  requires static org.jspecify;

  exports org.javisor.bench;
}
