package org.javisor.riscv.board.devicetree;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Writes a device tree as a flattened blob, version 17 (Devicetree Specification 0.4, chapter 5).
 *
 * <p>The parts stand in the order of section 5.1: header, an empty memory reservation block,
 * structure block, strings block; equal property names share one string.
 */
public final class FlattenedDeviceTree {
  private static final int MAGIC = 0xd00dfeed;
  private static final int VERSION = 17;
  private static final int LAST_COMPATIBLE_VERSION = 16;
  private static final int HEADER_BYTES = 40;
  private static final int RESERVATION_BYTES = 16;

  private static final int BEGIN_NODE = 1;
  private static final int END_NODE = 2;
  private static final int PROPERTY = 3;
  private static final int END = 9;

  private final ByteArrayOutputStream structureBytes = new ByteArrayOutputStream();
  private final DataOutputStream structure = new DataOutputStream(structureBytes);
  private final ByteArrayOutputStream strings = new ByteArrayOutputStream();
  private final Map<String, Integer> stringOffsets = new LinkedHashMap<>();

  private FlattenedDeviceTree() {}

  /**
   * Flattens a tree.
   *
   * @param root the root node
   * @param bootHart value of {@code boot_cpuid_phys}: the {@code reg} of the hart that boots
   * @return the blob, a multiple of 8 bytes long
   */
  public static byte[] write(DeviceTreeNode root, int bootHart) {
    try {
      return new FlattenedDeviceTree().blob(root, bootHart);
    } catch (IOException e) {
      // Only memory is written to.
      throw new UncheckedIOException(e);
    }
  }

  private byte[] blob(DeviceTreeNode root, int bootHart) throws IOException {
    node(root);
    structure.writeInt(END);
    byte[] structureBlock = structureBytes.toByteArray();
    byte[] stringBlock = strings.toByteArray();
    int structureOffset = HEADER_BYTES + RESERVATION_BYTES;
    int stringsOffset = structureOffset + structureBlock.length;
    int total = (stringsOffset + stringBlock.length + 7) & ~7;

    ByteArrayOutputStream blob = new ByteArrayOutputStream(total);
    DataOutputStream out = new DataOutputStream(blob);
    out.writeInt(MAGIC);
    out.writeInt(total);
    out.writeInt(structureOffset);
    out.writeInt(stringsOffset);
    out.writeInt(HEADER_BYTES);
    out.writeInt(VERSION);
    out.writeInt(LAST_COMPATIBLE_VERSION);
    out.writeInt(bootHart);
    out.writeInt(stringBlock.length);
    out.writeInt(structureBlock.length);
    out.writeLong(0);
    out.writeLong(0);
    out.write(structureBlock);
    out.write(stringBlock);
    out.write(new byte[total - blob.size()]);
    return blob.toByteArray();
  }

  private void node(DeviceTreeNode node) throws IOException {
    structure.writeInt(BEGIN_NODE);
    structure.write(node.name().getBytes(StandardCharsets.US_ASCII));
    structure.write(0);
    align();
    for (Map.Entry<String, byte[]> property : node.properties().entrySet()) {
      structure.writeInt(PROPERTY);
      structure.writeInt(property.getValue().length);
      structure.writeInt(stringOffset(property.getKey()));
      structure.write(property.getValue());
      align();
    }
    for (DeviceTreeNode child : node.children()) {
      node(child);
    }
    structure.writeInt(END_NODE);
  }

  private int stringOffset(String name) throws IOException {
    Integer known = stringOffsets.get(name);
    if (known != null) {
      return known;
    }
    int offset = strings.size();
    strings.write(name.getBytes(StandardCharsets.US_ASCII));
    strings.write(0);
    stringOffsets.put(name, offset);
    return offset;
  }

  /** Every token of the structure block starts on 4 bytes (section 5.4). */
  private void align() throws IOException {
    while (structure.size() % Integer.BYTES != 0) {
      structure.write(0);
    }
  }
}
