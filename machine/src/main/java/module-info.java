module org.javisor.machine {
  requires java.management;
  requires static transitive org.jspecify;
  requires jdk.unsupported; // sun.misc.Unsafe, in RawMemory alone

  exports org.javisor.machine;
  exports org.javisor.machine.snapshot;
}
