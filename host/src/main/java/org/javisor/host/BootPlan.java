package org.javisor.host;

import java.util.List;
import java.util.Optional;
import org.javisor.riscv.board.boot.BootFile;
import org.javisor.riscv.board.boot.KernelImage;

/**
 * What a machine boots, opened and checked.
 *
 * @param kernel the kernel
 * @param initialRamDisk its initial RAM disk, if any
 * @param disks its disks, in the order of their device names
 * @param commandLine the whole kernel command line
 * @param memory bytes of memory it has if nobody says otherwise
 * @param profile what is known of the image's hot code, if it is an image
 */
record BootPlan(
    KernelImage kernel,
    Optional<BootFile> initialRamDisk,
    List<OpenDisk> disks,
    String commandLine,
    long memory,
    Optional<TranslatorProfile> profile) {

  BootPlan {
    disks = List.copyOf(disks);
  }

  /** The same with words added at the end of the command line. */
  BootPlan withWords(String words) {
    String longer = words.isEmpty() ? commandLine : (commandLine + " " + words).strip();
    return new BootPlan(kernel, initialRamDisk, disks, longer, memory, profile);
  }
}
