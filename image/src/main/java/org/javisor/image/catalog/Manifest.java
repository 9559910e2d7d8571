package org.javisor.image.catalog;

import java.io.IOException;
import java.io.Serial;
import java.io.StringReader;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.javisor.image.debian.ControlParagraph;
import org.javisor.storage.store.Sha256;
import org.jspecify.annotations.Nullable;

/**
 * What an image consists of. Its written form is a paragraph of fields as Debian's control files
 * have them, so that a person can read it.
 *
 * @param name the image's name
 * @param description what it is, in one line
 * @param created when it was made
 * @param kernel digest of the kernel
 * @param initialRamDisk digest of the initial RAM disk
 * @param disk digest of the root disk, if it has one
 * @param commandLine the kernel command line
 * @param memory bytes of memory by default
 * @param minimumMemory bytes of memory below which it does not boot; 0 where that is not known
 * @param packages the packages in it, each as name and version separated by a blank
 */
public record Manifest(
    String name,
    String description,
    Instant created,
    Sha256 kernel,
    Sha256 initialRamDisk,
    Optional<Sha256> disk,
    String commandLine,
    long memory,
    long minimumMemory,
    List<String> packages) {

  /**
   * What an image and the Javisor that runs it agree on: this text, and what the scripts in the
   * initial RAM disk expect of the machine. Raised when images made before do not work any more.
   */
  private static final String FORMAT = "2";

  /** A manifest that another version of Javisor wrote. */
  static final class OtherFormatException extends IOException {
    @Serial private static final long serialVersionUID = 1L;

    private OtherFormatException(@Nullable String format) {
      super("the manifest is of format " + format + ", not " + FORMAT);
    }
  }

  /** Keeps its own copy of the packages. */
  public Manifest {
    packages = List.copyOf(packages);
  }

  /** The digests of the files it names. */
  public List<Sha256> files() {
    return Stream.concat(Stream.of(kernel, initialRamDisk), disk.stream()).toList();
  }

  /** The written form. */
  public String text() {
    StringBuilder text = new StringBuilder();
    field(text, "Format", FORMAT);
    field(text, "Name", name);
    field(text, "Description", description);
    field(text, "Created", created.toString());
    field(text, "Kernel", kernel.toString());
    field(text, "Initial-Ram-Disk", initialRamDisk.toString());
    disk.ifPresent(digest -> field(text, "Disk", digest.toString()));
    field(text, "Command-Line", commandLine);
    field(text, "Memory", Long.toString(memory));
    if (minimumMemory > 0) {
      field(text, "Minimum-Memory", Long.toString(minimumMemory));
    }
    field(text, "Packages", "");
    packages.forEach(one -> text.append(' ').append(one).append('\n'));
    return text.toString();
  }

  private static void field(StringBuilder text, String name, String value) {
    text.append(name).append(": ").append(value.replace('\n', ' ')).append('\n');
  }

  /**
   * Reads the written form.
   *
   * @throws OtherFormatException if it is of another format
   * @throws IOException if it is damaged
   */
  public static Manifest parse(String text) throws IOException {
    List<ControlParagraph> found = new ArrayList<>();
    ControlParagraph.read(new StringReader(text), _ -> true, found::add);
    if (found.size() != 1) {
      throw new IOException("the manifest has " + found.size() + " paragraphs");
    }
    ControlParagraph fields = found.getFirst();
    if (!FORMAT.equals(fields.get("Format"))) {
      throw new OtherFormatException(fields.get("Format"));
    }
    try {
      String disk = fields.get("Disk");
      String minimumMemory = fields.get("Minimum-Memory");
      return new Manifest(
          fields.require("Name"),
          fields.require("Description"),
          Instant.parse(fields.require("Created")),
          Sha256.parse(fields.require("Kernel")),
          Sha256.parse(fields.require("Initial-Ram-Disk")),
          disk == null ? Optional.empty() : Optional.of(Sha256.parse(disk)),
          fields.require("Command-Line"),
          Long.parseLong(fields.require("Memory")),
          minimumMemory == null ? 0 : Long.parseLong(minimumMemory),
          fields.require("Packages").lines().filter(line -> !line.isBlank()).toList());
    } catch (IllegalArgumentException | DateTimeException e) {
      throw new IOException("the manifest is damaged: " + e.getMessage(), e);
    }
  }
}
