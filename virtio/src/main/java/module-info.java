module org.javisor.virtio {
  requires transitive org.javisor.machine;
  requires static transitive org.jspecify;

  exports org.javisor.virtio;
  exports org.javisor.virtio.balloon;
  exports org.javisor.virtio.block;
  exports org.javisor.virtio.console;
  exports org.javisor.virtio.entropy;
  exports org.javisor.virtio.mmio;
  exports org.javisor.virtio.net;
  exports org.javisor.virtio.queue;
}
