package org.javisor.network;

import org.javisor.network.ethernet.SpoofProtection;
import org.javisor.network.ethernet.SwitchPort;
import org.javisor.network.packet.ArpPacket;
import org.javisor.network.packet.Ipv4Address;
import org.javisor.virtio.net.Frame;
import org.javisor.virtio.net.MacAddress;

/**
 * Tells all switches of a network, through its tunnel too, where a machine is now. Said several
 * times, since a frame may get lost: at once, and again with growing gaps, as QEMU does.
 */
final class Announcement {
  private static final int[] GAPS_MILLIS = {50, 150, 250, 350};

  private Announcement() {}

  /** Announces who is at a port, as long as that is open. */
  static void of(SwitchPort port, MacAddress mac, Ipv4Address address) {
    Frame frame = frame(port, mac, address);
    port.announce(frame);
    Thread.ofVirtual()
        .name("announcement " + port.name())
        .start(
            () -> {
              try {
                for (int gap : GAPS_MILLIS) {
                  Thread.sleep(gap);
                  if (!port.isOpen()) {
                    return;
                  }
                  port.announce(frame);
                }
              } catch (InterruptedException e) {
                // Nobody does that to this thread; then it has been said often enough.
              }
            });
  }

  /** Who may send from any address may not have the one that is reserved for it. */
  private static Frame frame(SwitchPort port, MacAddress mac, Ipv4Address address) {
    boolean addressKnown = port.policy().spoofProtection() == SpoofProtection.MAC_AND_ADDRESS;
    return Frame.of(
        addressKnown
            ? ArpPacket.announcement(mac.bits(), address.bits())
            : ArpPacket.reverseAnnouncement(mac.bits()));
  }
}
