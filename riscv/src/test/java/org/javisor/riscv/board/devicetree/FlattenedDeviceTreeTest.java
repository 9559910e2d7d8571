package org.javisor.riscv.board.devicetree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class FlattenedDeviceTreeTest {
  @Test
  void headerSaysWhereTheBlocksAre() {
    byte[] blob = FlattenedDeviceTree.write(DeviceTreeNode.root().cells("a", 1), 3);
    ByteBuffer header = ByteBuffer.wrap(blob);

    assertThat(header.getInt(0)).isEqualTo(0xd00dfeed);
    assertThat(header.getInt(4)).isEqualTo(blob.length);
    assertThat(blob.length % 8).isZero();
    assertThat(header.getInt(20)).as("version").isEqualTo(17);
    assertThat(header.getInt(24)).as("last compatible version").isEqualTo(16);
    assertThat(header.getInt(28)).as("boot hart").isEqualTo(3);
    int structure = header.getInt(8);
    // BEGIN_NODE, empty name, PROP, length, name offset, value, END_NODE, END
    int[] words = {1, 0, 3, 4, 0, 1, 2, 9};
    for (int i = 0; i < words.length; i++) {
      assertThat(header.getInt(structure + 4 * i)).as("word " + i).isEqualTo(words[i]);
    }
    assertThat(header.getInt(36)).as("structure size").isEqualTo(4 * words.length);
    assertThat(header.get(header.getInt(12))).isEqualTo((byte) 'a');
  }

  @Test
  void memoryReservationBlockIsEmptyAndAligned() {
    ByteBuffer blob = ByteBuffer.wrap(FlattenedDeviceTree.write(DeviceTreeNode.root(), 0));
    int reservations = blob.getInt(16);
    assertThat(reservations % 8).isZero();
    assertThat(blob.getLong(reservations)).isZero();
    assertThat(blob.getLong(reservations + 8)).isZero();
  }

  @Test
  void equalPropertyNamesShareOneString() {
    DeviceTreeNode root = DeviceTreeNode.root().cells("reg", 1);
    root.child("one").cells("reg", 1);
    root.child("two").cells("reg", 1);
    ByteBuffer blob = ByteBuffer.wrap(FlattenedDeviceTree.write(root, 0));
    assertThat(blob.getInt(32)).as("string block size").isEqualTo("reg\0".length());
  }

  @Test
  void refusesNamesTheSpecificationDoesNotAllow() {
    DeviceTreeNode root = DeviceTreeNode.root();
    root.child("node@0");
    assertThatThrownBy(() -> root.child("node@0")).hasMessageContaining("exists");
    assertThatThrownBy(() -> root.child("")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> root.child("a/b")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> root.child("n".repeat(32)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> root.flag("")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> root.flag("p".repeat(32)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> root.strings("s", "a\0b"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
