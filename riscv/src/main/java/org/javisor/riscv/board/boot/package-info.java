/**
 * What a machine boots: kernel images, initial RAM disks, and where they go in memory.
 *
 * <p>Without firmware the board does itself what a boot loader would: it checks the kernel's
 * header, lays out kernel, RAM disk and device tree, and copies them before the first hart starts.
 */
@org.jspecify.annotations.NullMarked
package org.javisor.riscv.board.boot;
