package org.javisor.bench;

import java.nio.file.Path;

/**
 * What every peer boots.
 *
 * @param kernel a RISC-V Linux Image
 * @param initialRamDisk a cpio archive
 * @param words kernel command line after {@code console=ttyS0}
 * @param cpus number of harts
 * @param memory bytes of guest memory
 */
record BootFiles(Path kernel, Path initialRamDisk, String words, int cpus, long memory) {}
