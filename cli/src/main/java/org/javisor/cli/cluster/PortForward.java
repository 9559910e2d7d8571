package org.javisor.cli.cluster;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.javisor.host.ProblemException;

/**
 * A port of this host that leads into a machine.
 *
 * @param protocol tcp or udp
 * @param address of this host to listen at
 * @param port of this host
 * @param guestPort of the machine
 */
public record PortForward(String protocol, String address, int port, int guestPort) {
  private static final Pattern FORM =
      Pattern.compile("(?:([0-9.]+|\\[[0-9a-f:]+\\]):)?([0-9]{1,5}):([0-9]{1,5})(?:/(tcp|udp))?");
  private static final int MAX_PORT = 65_535;

  /**
   * Reads {@code [ADDRESS:]PORT:GUESTPORT[/udp]}; without an address it is this host alone that can
   * use it.
   *
   * @throws ProblemException if the text is none
   */
  public static PortForward parse(String text) {
    Matcher parts = FORM.matcher(text);
    if (!parts.matches()) {
      throw notOne(text);
    }
    String address = parts.group(1) == null ? "127.0.0.1" : parts.group(1);
    String protocol = parts.group(4) == null ? "tcp" : parts.group(4);
    PortForward forward =
        new PortForward(
            protocol, address, Integer.parseInt(parts.group(2)), Integer.parseInt(parts.group(3)));
    if (forward.port > MAX_PORT || forward.guestPort > MAX_PORT || forward.guestPort == 0) {
      throw notOne(text);
    }
    return forward;
  }

  private static ProblemException notOne(String text) {
    return ProblemException.badInput(
        "'" + text + "' is no port forward", "write it like 8080:80 or 0.0.0.0:5353:53/udp");
  }

  /** The same for a later copy of the machine, at a later port of this host. */
  PortForward shifted(int by) {
    return new PortForward(protocol, address, port + by, guestPort);
  }

  /** It as the API has it: a proxy device. */
  public Map<String, String> device() {
    return Map.of(
        "type", "proxy",
        "listen", protocol + ":" + address + ":" + port,
        "connect", protocol + ":127.0.0.1:" + guestPort);
  }
}
