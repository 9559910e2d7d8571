package org.javisor.network.ethernet;

import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.javisor.network.packet.Ethernet;
import org.javisor.network.packet.Ipv4Address;
import org.javisor.network.packet.Ipv4Header;
import org.javisor.network.packet.Ipv4Packet;
import org.javisor.virtio.net.Frame;
import org.javisor.virtio.net.MacAddress;

/**
 * Measures frames a second between two ports, with all checks: run it by hand, with a number of
 * rounds. Believe the best round: others may be on the machine.
 */
final class SwitchRate {
  private static final int FRAMES = 2_000_000;

  private SwitchRate() {}

  public static void main(String[] arguments) throws Exception {
    int rounds = arguments.length == 0 ? 5 : Integer.parseInt(arguments[0]);
    EthernetSwitch lan = new EthernetSwitch(SwitchConfiguration.of(1500), System::nanoTime);
    LongAdder received = new LongAdder();
    SwitchPort[] ports = new SwitchPort[2];
    for (int i = 0; i < 2; i++) {
      ports[i] =
          lan.connect(
              "p" + i,
              new PortPolicy(
                  Optional.of(new MacAddress(0x5254_0000_0001L + i)),
                  Optional.of(Ipv4Address.parse("10.0.0." + (i + 2))),
                  SpoofProtection.MAC_AND_ADDRESS,
                  false,
                  PortPolicy.STATIONS,
                  Optional.empty(),
                  Optional.empty(),
                  PortPolicy.FLOODS_PER_SECOND));
      ports[i].connect(
          (frame, sender) -> {
            received.increment();
            return true;
          });
    }
    for (int round = 0; round < rounds; round++) {
      long before = received.sum();
      long start = System.nanoTime();
      for (int i = 0; i < FRAMES; i++) {
        // A new frame each time, as a card has one from its guest.
        byte[] bytes = new byte[1514];
        Ethernet.write(bytes, 0x5254_0000_0002L, 0x5254_0000_0001L, Ethernet.IPV4);
        Ipv4Header.write(bytes, Ipv4Packet.UDP, 0x0a00_0002, 0x0a00_0003, 64, 1480);
        ports[0].send(Frame.of(bytes));
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      System.out.printf("%,.0f frames a second%n", (received.sum() - before) / seconds);
    }
  }
}
