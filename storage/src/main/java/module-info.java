module org.javisor.storage {
  requires static transitive org.jspecify;
  requires org.apache.commons.compress;
}
