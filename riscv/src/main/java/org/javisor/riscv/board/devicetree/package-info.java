/**
 * A device tree as data and its flattened form (Devicetree Specification 0.4, chapter 5).
 *
 * <p>A tree is built from {@link org.javisor.riscv.board.devicetree.DeviceTreeNode nodes} and
 * written once by {@link org.javisor.riscv.board.devicetree.FlattenedDeviceTree}. Nothing here
 * knows which devices a board has.
 */
@org.jspecify.annotations.NullMarked
package org.javisor.riscv.board.devicetree;
