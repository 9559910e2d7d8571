module org.javisor.bench {
  requires transitive org.javisor.host;
  requires transitive org.javisor.image;
  requires static org.jspecify;

  exports org.javisor.bench;
}
