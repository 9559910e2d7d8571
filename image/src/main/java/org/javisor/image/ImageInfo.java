package org.javisor.image;

import java.time.Instant;
import java.util.List;
import org.javisor.storage.store.Sha256;

/**
 * What there is to say about an image on this host.
 *
 * @param name its name
 * @param digest the digest of its manifest
 * @param description what it is, in one line
 * @param created when it was made here
 * @param sizeOnDisk bytes its files take on the disk; files that several images share count in each
 * @param diskSize length of its root disk in bytes as a machine sees it, 0 if it has none
 * @param packages the packages in it, each as name and version separated by a blank
 */
public record ImageInfo(
    String name,
    Sha256 digest,
    String description,
    Instant created,
    long sizeOnDisk,
    long diskSize,
    List<String> packages) {

  /** Keeps its own copy of the packages. */
  public ImageInfo {
    packages = List.copyOf(packages);
  }
}
