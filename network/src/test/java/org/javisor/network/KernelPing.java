package org.javisor.network;

import java.io.IOException;
import java.net.InetAddress;

/** Has this host's kernel ask for an echo; with root's rights by ICMP. */
final class KernelPing {
  private KernelPing() {}

  /** Exits with 0 if the address in the first argument answers within a minute. */
  public static void main(String[] arguments) throws IOException {
    boolean answered = InetAddress.ofLiteral(arguments[0]).isReachable(60_000);
    System.exit(answered ? 0 : 1);
  }
}
