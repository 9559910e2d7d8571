module org.javisor.machine {
  requires static transitive org.jspecify;
  requires jdk.unsupported;

  exports org.javisor.machine;
}
