/**
 * Initial RAM disks: the archive the kernel unpacks ({@link
 * org.javisor.image.initramfs.CpioWriter}), the kernel modules a machine needs before it has a root
 * file system ({@link org.javisor.image.initramfs.KernelModule}), and the first program.
 */
@org.jspecify.annotations.NullMarked
package org.javisor.image.initramfs;
