package org.javisor.virtio.console;

/**
 * One port.
 *
 * @param name what the guest calls it ({@code /dev/virtio-ports/NAME} in Linux): ASCII letters,
 *     digits, dots, dashes and underscores, at most 64
 * @param console whether the guest makes a terminal of it ({@code /dev/hvc0} in Linux). A Linux
 *     guest waits without sleeping while its output to a terminal is not taken, so the back end of
 *     a console should always take it
 * @param backend the host's end
 */
public record PortConfiguration(String name, boolean console, PortBackend backend) {
  /** Checks the name. */
  public PortConfiguration {
    if (!name.matches("[A-Za-z0-9._-]{1,64}")) {
      throw new IllegalArgumentException("port name: " + name);
    }
  }

  /** A byte channel. */
  public static PortConfiguration channel(String name, PortBackend backend) {
    return new PortConfiguration(name, false, backend);
  }

  /** A terminal. */
  public static PortConfiguration console(String name, PortBackend backend) {
    return new PortConfiguration(name, true, backend);
  }
}
