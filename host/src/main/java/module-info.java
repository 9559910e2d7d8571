/** Life of machines on one host: their building, their folders, commands in them. */
module org.javisor.host {
  requires transitive org.javisor.machine;
  requires transitive org.javisor.riscv;
  requires transitive org.javisor.virtio;
  requires transitive org.javisor.network;
  requires transitive org.javisor.storage;
  requires transitive org.javisor.image;
  requires transitive org.javisor.migration;
  requires tools.jackson.databind;
  requires static transitive org.jspecify;

  exports org.javisor.host;
  exports org.javisor.host.admission;
  exports org.javisor.host.agent;
  exports org.javisor.host.handover;
  exports org.javisor.host.instance;
  exports org.javisor.host.network;
  exports org.javisor.host.scheduling;
  exports org.javisor.host.snapshot;

  opens org.javisor.host.admission to
      tools.jackson.databind;
  opens org.javisor.host.instance to
      tools.jackson.databind;
  opens org.javisor.host.network to
      tools.jackson.databind;
}
