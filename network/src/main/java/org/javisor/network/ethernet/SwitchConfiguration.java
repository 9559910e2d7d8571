package org.javisor.network.ethernet;

import java.time.Duration;

/**
 * How a switch works.
 *
 * @param mtu largest payload of a frame in bytes, without that of segments in one frame
 * @param ageing after how long an address is forgotten that nothing comes from
 * @param ports the most ports
 */
public record SwitchConfiguration(int mtu, Duration ageing, int ports) {
  /** As switches are usually set up: five minutes (IEEE 802.1Q, table 8-6). */
  public static SwitchConfiguration of(int mtu) {
    return new SwitchConfiguration(mtu, Duration.ofMinutes(5), 1024);
  }
}
