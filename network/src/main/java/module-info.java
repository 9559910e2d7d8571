/** Networks of machines: a switch, addresses and names, and ways to the world outside. */
module org.javisor.network {
  requires transitive org.javisor.virtio;
  requires jdk.net;
  requires static transitive org.jspecify;

  exports org.javisor.network;
  exports org.javisor.network.capture;
  exports org.javisor.network.dhcp;
  exports org.javisor.network.ethernet;
  exports org.javisor.network.forward;
  exports org.javisor.network.packet;
  exports org.javisor.network.tap;
  exports org.javisor.network.vxlan;
}
