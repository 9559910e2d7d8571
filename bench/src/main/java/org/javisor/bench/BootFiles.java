package org.javisor.bench;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What every peer boots.
 *
 * @param kernel a RISC-V Linux Image
 * @param initialRamDisk a cpio archive
 * @param disk a raw disk that is only read: what the machine writes is gone with it
 * @param words kernel command line after {@code console=ttyS0}
 * @param cpus number of harts
 * @param memory bytes of guest memory
 */
record BootFiles(
    Path kernel, Path initialRamDisk, Optional<Path> disk, String words, int cpus, long memory) {}
