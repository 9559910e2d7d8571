module org.javisor.image {
  requires transitive org.javisor.storage;
  requires static transitive org.jspecify;
}
