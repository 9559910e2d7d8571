package org.javisor.image.debian;

import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One package as the archive's index describes it.
 *
 * @param name the package's name
 * @param version its version
 * @param architecture {@code riscv64} or {@code all}
 * @param multiArch the Multi-Arch field, empty if there is none
 * @param essential whether it is marked essential
 * @param priority {@code required}, {@code important}, {@code standard}, {@code optional}
 * @param preDepends the Pre-Depends field as written, or null
 * @param depends the Depends field as written, or null
 * @param provides the Provides field as written, or null
 * @param conflicts the Conflicts field as written, or null
 * @param breaks the Breaks field as written, or null
 * @param file where it lies, relative to the archive's root
 * @param size the file's length in bytes
 * @param sha256 the file's SHA-256 digest, lower-case hexadecimal
 * @param installedKib the estimated room it takes when installed, in KiB
 */
public record DebianPackage(
    String name,
    DebianVersion version,
    String architecture,
    String multiArch,
    boolean essential,
    String priority,
    @Nullable String preDepends,
    @Nullable String depends,
    @Nullable String provides,
    @Nullable String conflicts,
    @Nullable String breaks,
    String file,
    long size,
    String sha256,
    long installedKib) {

  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9+.-]*");
  private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");

  /**
   * Reads a paragraph of a Packages index.
   *
   * @throws IOException if a field is missing or cannot be what it claims to be
   */
  static DebianPackage of(ControlParagraph paragraph) throws IOException {
    String name = paragraph.require("package");
    try {
      String installed = paragraph.get("installed-size");
      DebianPackage found =
          new DebianPackage(
              name,
              DebianVersion.parse(paragraph.require("version")),
              paragraph.require("architecture"),
              orEmpty(paragraph.get("multi-arch")),
              "yes".equals(paragraph.get("essential")),
              orEmpty(paragraph.get("priority")),
              paragraph.get("pre-depends"),
              paragraph.get("depends"),
              paragraph.get("provides"),
              paragraph.get("conflicts"),
              paragraph.get("breaks"),
              paragraph.require("filename"),
              Long.parseLong(paragraph.require("size")),
              paragraph.require("sha256"),
              installed == null ? 0 : Long.parseLong(installed));
      if (!NAME.matcher(name).matches() || !DIGEST.matcher(found.sha256).matches()) {
        throw new IOException("the index entry of " + name + " is malformed");
      }
      return found;
    } catch (IllegalArgumentException e) {
      throw new IOException("the index entry of " + name + " is malformed: " + e.getMessage(), e);
    }
  }

  private static String orEmpty(@Nullable String value) {
    return value == null ? "" : value;
  }

  /** Everything that must be there for the package to work: Pre-Depends, then Depends. */
  public List<List<Relation>> requirements() {
    List<List<Relation>> all = Relation.parseField(preDepends);
    all.addAll(Relation.parseField(depends));
    return all;
  }

  /** What may not be there beside it: Conflicts and Breaks. */
  public List<Relation> exclusions() {
    List<List<Relation>> all = Relation.parseField(conflicts);
    all.addAll(Relation.parseField(breaks));
    return all.stream().map(List::getFirst).toList();
  }

  /** The virtual packages it stands for. */
  public List<Relation> provided() {
    return Relation.parseField(provides).stream().map(List::getFirst).toList();
  }

  /**
   * Whether this package satisfies a relationship: by its own name, or by a virtual name, which a
   * versioned relationship accepts only with a version (policy section 7.5).
   */
  public boolean satisfies(Relation relation) {
    if (name.equals(relation.name())) {
      return relation.accepts(version) && qualifierFits(relation);
    }
    if (provides == null || !provides.contains(relation.name())) {
      return false;
    }
    for (Relation virtual : provided()) {
      if (virtual.name().equals(relation.name())) {
        DebianVersion offered = virtual.version();
        if (offered == null ? relation.version() == null : relation.accepts(offered)) {
          return true;
        }
      }
    }
    return false;
  }

  /** {@code pkg:any} is only satisfied by a package that allows it; everything here is native. */
  private boolean qualifierFits(Relation relation) {
    String qualifier = relation.qualifier();
    return qualifier == null
        || qualifier.equals("native")
        || qualifier.equals(architecture)
        || (qualifier.equals("any") && multiArch.equals("allowed"));
  }

  @Override
  public String toString() {
    return name + " " + version;
  }
}
