package org.javisor.riscv.board.devicetree;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * One node of a device tree: named properties and child nodes, both in the order they were added.
 *
 * <p>Values are kept as the big-endian bytes the flattened form holds (Devicetree Specification
 * 0.4, section 2.2.4). Every setter returns this node, so that a node reads as one expression.
 */
public final class DeviceTreeNode {
  /** Section 2.2.1: node-name, optionally followed by "@" and a unit address. */
  private static final Pattern NODE_NAME =
      Pattern.compile("[A-Za-z0-9,._+-]{1,31}(@[A-Za-z0-9,._+-]+)?");

  /** Section 2.2.4.1. */
  private static final Pattern PROPERTY_NAME = Pattern.compile("[A-Za-z0-9,._+?#-]{1,31}");

  private final String name;
  private final Map<String, byte[]> properties = new LinkedHashMap<>();
  private final List<DeviceTreeNode> children = new ArrayList<>();

  private DeviceTreeNode(String name) {
    this.name = name;
  }

  /** A root node, whose name is empty. */
  public static DeviceTreeNode root() {
    return new DeviceTreeNode("");
  }

  /**
   * Adds a child.
   *
   * @param childName name with its unit address, such as {@code serial@10000000}
   * @return the new child
   * @throws IllegalArgumentException if the name is malformed or a child has it already
   */
  public DeviceTreeNode child(String childName) {
    if (!NODE_NAME.matcher(childName).matches()) {
      throw new IllegalArgumentException("malformed device tree node name: " + childName);
    }
    for (DeviceTreeNode child : children) {
      if (child.name.equals(childName)) {
        throw new IllegalArgumentException("device tree node exists already: " + childName);
      }
    }
    DeviceTreeNode child = new DeviceTreeNode(childName);
    children.add(child);
    return child;
  }

  /** Sets a property without a value; its presence is the meaning. */
  public DeviceTreeNode flag(String property) {
    return bytes(property);
  }

  /** Sets a property to 32-bit cells. */
  public DeviceTreeNode cells(String property, int... cells) {
    ByteBuffer value = ByteBuffer.allocate(cells.length * Integer.BYTES);
    for (int cell : cells) {
      value.putInt(cell);
    }
    return bytes(property, value.array());
  }

  /** Sets a property to 64-bit numbers, two cells each, as {@code reg} has them at 2 + 2 cells. */
  public DeviceTreeNode longs(String property, long... numbers) {
    ByteBuffer value = ByteBuffer.allocate(numbers.length * Long.BYTES);
    for (long number : numbers) {
      value.putLong(number);
    }
    return bytes(property, value.array());
  }

  /**
   * Sets a property to one string or a list of strings, each ended by a zero byte.
   *
   * @throws IllegalArgumentException if a string holds a zero byte itself
   */
  public DeviceTreeNode strings(String property, String... strings) {
    StringBuilder joined = new StringBuilder();
    for (String string : strings) {
      if (string.indexOf('\0') >= 0) {
        throw new IllegalArgumentException("zero byte in device tree string of " + property);
      }
      joined.append(string).append('\0');
    }
    return bytes(property, joined.toString().getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Sets a property to raw bytes.
   *
   * @throws IllegalArgumentException if the property name is malformed
   */
  public DeviceTreeNode bytes(String property, byte... value) {
    if (!PROPERTY_NAME.matcher(property).matches()) {
      throw new IllegalArgumentException("malformed device tree property name: " + property);
    }
    properties.put(property, value.clone());
    return this;
  }

  /** Makes this node the one that {@code phandle} references mean (section 2.3.3). */
  public DeviceTreeNode phandle(int phandle) {
    return cells("phandle", phandle);
  }

  /** The name with its unit address; empty for the root. */
  public String name() {
    return name;
  }

  Map<String, byte[]> properties() {
    return Collections.unmodifiableMap(properties);
  }

  List<DeviceTreeNode> children() {
    return Collections.unmodifiableList(children);
  }
}
