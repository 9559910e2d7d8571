package org.javisor.storage.fat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The disk by which cloud-init learns what a machine is to become (its NoCloud data source): a FAT
 * volume called CIDATA with files of YAML.
 *
 * @param metaData {@code instance-id}, {@code local-hostname}; a new instance-id makes cloud-init
 *     configure the machine anew
 * @param userData {@code #cloud-config}, or a script; may be empty
 * @param networkConfig version 1 or 2 of cloud-init's network configuration
 * @param vendorData as user data, which has precedence over it
 */
public record NoCloudSeed(
    String metaData, String userData, Optional<String> networkConfig, Optional<String> vendorData) {

  private static final String LABEL = "CIDATA";

  /**
   * Writes the disk to a file, in place of what was there.
   *
   * @param seconds since 1970, the time of the files
   * @throws IllegalArgumentException if the texts are larger than such a disk can be
   */
  public void write(Path file, long seconds) throws IOException {
    FatImage disk = new FatImage(LABEL, metaData.hashCode(), seconds);
    add(disk, "meta-data", metaData);
    // Without user-data, cloud-init takes the disk for no seed.
    add(disk, "user-data", userData);
    networkConfig.ifPresent(text -> add(disk, "network-config", text));
    vendorData.ifPresent(text -> add(disk, "vendor-data", text));
    disk.write(file);
  }

  private static void add(FatImage disk, String name, String text) {
    disk.add(name, text.getBytes(StandardCharsets.UTF_8));
  }
}
