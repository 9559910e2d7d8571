package org.javisor.image;

import java.nio.file.Path;
import java.util.Optional;
import org.javisor.storage.store.Sha256;

/**
 * What a machine is started from. The files are never changed: a machine gets an overlay over the
 * disk.
 *
 * @param name its name, such as {@code debian:trixie}
 * @param kernel a RISC-V Linux Image
 * @param initialRamDisk the initial RAM disk
 * @param disk the root disk, raw and sparse; absent if the initial RAM disk is the whole system
 * @param commandLine the kernel command line it boots with best; more words may follow
 * @param memory bytes of memory a machine gets if nobody says otherwise
 * @param minimumMemory bytes of memory below which it does not boot; 0 where that is not known
 * @param digest the digest of its manifest, which names all of the above by digest
 */
public record Image(
    String name,
    Path kernel,
    Path initialRamDisk,
    Optional<Path> disk,
    String commandLine,
    long memory,
    long minimumMemory,
    Sha256 digest) {}
