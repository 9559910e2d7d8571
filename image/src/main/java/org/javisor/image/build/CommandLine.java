package org.javisor.image.build;

/** The kernel command line of our images. */
final class CommandLine {
  /**
   * Without self-tests of the kernel's cryptography and without its jitter entropy source, a boot
   * takes a quarter of the instructions: the kernel gets its seed from the device tree.
   */
  static final String LEAN =
      "console=ttyS0 quiet cryptomgr.notests=1 initcall_blacklist=jent_mod_init";

  private CommandLine() {}
}
