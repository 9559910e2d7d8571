module org.javisor.virtio {
  requires transitive org.javisor.machine;
  requires static transitive org.jspecify;
}
