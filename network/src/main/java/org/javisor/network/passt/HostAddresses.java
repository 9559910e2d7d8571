package org.javisor.network.passt;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.javisor.network.packet.BigEndian;

/** The IPv4 addresses of this host, which machines may be kept from. */
final class HostAddresses {
  private static final long PERIOD = TimeUnit.SECONDS.toNanos(10);

  private volatile Set<Integer> addresses = Set.of();

  /** Looks for new ones from now on, until the thread is interrupted. */
  Thread watch() {
    look();
    return Thread.ofVirtual()
        .name("host addresses")
        .start(
            () -> {
              try {
                while (true) {
                  TimeUnit.NANOSECONDS.sleep(PERIOD);
                  look();
                }
              } catch (InterruptedException e) {
                // It was only to look.
              }
            });
  }

  private void look() {
    Set<Integer> found = new HashSet<>();
    try {
      for (NetworkInterface each : Collections.list(NetworkInterface.getNetworkInterfaces())) {
        for (InetAddress address : Collections.list(each.getInetAddresses())) {
          byte[] bytes = address.getAddress();
          if (bytes.length == 4) {
            found.add(BigEndian.intAt(bytes, 0));
          }
        }
      }
      addresses = found;
    } catch (SocketException e) {
      // Those of the last look are then the best there is.
    }
  }

  boolean contains(int address) {
    return addresses.contains(address);
  }
}
