package org.javisor.image.debian;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.bouncycastle.openpgp.PGPException;
import org.javisor.storage.store.Sha256;

/** An archive made by a test, in a folder: packages, an index, a signed release file. */
final class TestArchive {
  /** The suite's code name. */
  static final String SUITE = "trixie";

  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'UTC'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private final Path root;
  private final StringBuilder packages = new StringBuilder();
  private String extraReleaseFields = "";

  /** An empty archive. */
  TestArchive(Path root) {
    this.root = root;
  }

  /** Adds a package. */
  TestArchive add(String name, String version, String fields, TestDeb deb) throws IOException {
    byte[] bytes = deb.bytes();
    String file = "pool/main/" + name + "_" + version + ".deb";
    write(file, bytes);
    packages.append("Package: ").append(name).append("\nVersion: ").append(version);
    packages.append("\nArchitecture: riscv64\n").append(fields);
    packages.append("Filename: ").append(file).append("\nSize: ").append(bytes.length);
    packages.append("\nSHA256: ").append(Sha256.digestOf(bytes).hex()).append("\n\n");
    return this;
  }

  /** Adds fields to the release file, each line ended by a newline. */
  TestArchive releaseFields(String fields) {
    extraReleaseFields = fields;
    return this;
  }

  /** Writes index and release file. */
  void publish(SigningKey key, Instant date) throws IOException, PGPException {
    byte[] index = TestDeb.xz(packages.toString().getBytes(StandardCharsets.UTF_8));
    write(indexFile(), index);
    Files.write(release(), key.clearsign(releaseText(index, date), date));
  }

  /** The text of a release file for the index as it is. */
  String releaseText(byte[] index, Instant date) {
    return """
        Origin: Test
        Suite: stable
        Codename: %s
        Date: %s
        %sArchitectures: riscv64
        Components: main
        SHA256:
         %s %d main/binary-riscv64/Packages.xz
        """
        .formatted(
            SUITE,
            DATE.format(date),
            extraReleaseFields,
            Sha256.digestOf(index).hex(),
            index.length);
  }

  /** The signed release file. */
  Path release() {
    return root.resolve("dists/" + SUITE + "/InRelease");
  }

  private static String indexFile() {
    return "dists/" + SUITE + "/main/binary-riscv64/Packages.xz";
  }

  /** The compressed index. */
  Path index() {
    return root.resolve(indexFile());
  }

  /** A package's file. */
  Path deb(String name, String version) {
    return root.resolve("pool/main/" + name + "_" + version + ".deb");
  }

  /** Changes one byte in the middle of a file. */
  static void alter(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
  }

  private void write(String path, byte[] content) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    Files.write(file, content);
  }

  /** Where it is, as a mirror. */
  Mirror mirror() {
    return new Mirror(java.util.List.of(Mirror.folder(root.toUri())), true);
  }
}
