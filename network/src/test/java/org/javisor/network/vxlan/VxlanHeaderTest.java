package org.javisor.network.vxlan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class VxlanHeaderTest {
  private static final HexFormat HEX = HexFormat.of();

  /** RFC 7348, section 5, figure 1: flags with I alone, 24 reserved bits, VNI, 8 reserved bits. */
  @Test
  void aDatagramIsAsInTheFigure() {
    byte[] frame = HEX.parseHex("525400000002525400000001" + "88b5" + "cafe");
    ByteBuffer datagram = VxlanHeader.datagram(0x12_3456, frame);
    byte[] bytes = new byte[datagram.remaining()];
    datagram.get(bytes);
    assertThat(HEX.formatHex(bytes))
        .isEqualTo("08000000" + "12345600" + "52540000000252540000000188b5cafe");
  }

  @Test
  void theIdentifierIsReadWhateverTheReservedBitsAre() {
    assertThat(vni("0800000012345600")).isEqualTo(0x12_3456);
    assertThat(vni("ffffffffffffffff")).isEqualTo(0xff_ffff);
    assertThat(vni("08000000000000ff")).isZero();
  }

  @Test
  void withoutTheFlagOrTooShortItIsNone() {
    assertThat(vni("0000000012345600")).isEqualTo(-1);
    assertThat(vni("f7ffffff12345600")).isEqualTo(-1);
    assertThat(vni("08000000123456")).isEqualTo(-1);
    assertThat(vni("")).isEqualTo(-1);
  }

  private static int vni(String hex) {
    return VxlanHeader.vni(ByteBuffer.wrap(HEX.parseHex(hex)));
  }

  @Test
  void aTunnelThatCannotBeIsRefused() {
    InetSocketAddress here = new InetSocketAddress("127.0.0.1", 4789);
    InetSocketAddress there = new InetSocketAddress("127.0.0.2", 4789);
    assertThatThrownBy(() -> new TunnelConfiguration(1 << 24, here, List.of(there)))
        .hasMessageContaining("0 to 16777215, not 16777216");
    assertThatThrownBy(() -> new TunnelConfiguration(1, here, List.of(here)))
        .hasMessageContaining("to itself");
    assertThatThrownBy(() -> new TunnelConfiguration(1, here, List.of(there, there)))
        .hasMessageContaining("the same place");
    assertThatThrownBy(
            () -> new TunnelConfiguration(1, here, List.of(new InetSocketAddress("::1", 4789))))
        .hasMessageContaining("one is IPv4, one IPv6");
    assertThatThrownBy(
            () ->
                new TunnelConfiguration(1, here, List.of(new InetSocketAddress("239.0.0.1", 4789))))
        .hasMessageContaining("cannot end at");
  }
}
