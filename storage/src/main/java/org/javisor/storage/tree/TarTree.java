package org.javisor.storage.tree;

import java.io.IOException;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/** Reads tar archives (ustar, GNU, POSIX pax) as file trees. */
public final class TarTree {

  private static final String SCHILY = "SCHILY.xattr.";
  private static final String LIBARCHIVE = "LIBARCHIVE.xattr.";

  private TarTree() {}

  /** Takes the entries of a tree one by one; a regular file's contents are valid only meanwhile. */
  @FunctionalInterface
  public interface Visitor {
    void visit(FileTreeEntry entry) throws IOException;
  }

  /**
   * Hands every entry of {@code archive} to {@code visitor}, in order.
   *
   * @throws IOException if the archive is malformed or holds a kind of entry that trees have not
   */
  public static void forEach(TarArchiveInputStream archive, Visitor visitor) throws IOException {
    for (TarArchiveEntry e = archive.getNextEntry(); e != null; e = archive.getNextEntry()) {
      if (!e.isGlobalPaxHeader()) {
        visitor.visit(entry(e, archive));
      }
    }
  }

  private static FileTreeEntry entry(TarArchiveEntry e, TarArchiveInputStream archive)
      throws IOException {
    String path = e.getName();
    if (e.isLink()) {
      return new FileTreeEntry.HardLink(path, e.getLinkName());
    }
    FileMetadata metadata = metadata(e);
    if (e.isSymbolicLink()) {
      return new FileTreeEntry.SymbolicLink(path, metadata, e.getLinkName());
    }
    if (e.isDirectory()) {
      return new FileTreeEntry.Directory(path, metadata);
    }
    if (e.isCharacterDevice() || e.isBlockDevice()) {
      return new FileTreeEntry.DeviceNode(
          path,
          metadata,
          e.isBlockDevice() ? FileTreeEntry.DeviceKind.BLOCK : FileTreeEntry.DeviceKind.CHARACTER,
          e.getDevMajor(),
          e.getDevMinor());
    }
    if (e.isFIFO()) {
      return new FileTreeEntry.Fifo(path, metadata);
    }
    if (e.isFile() && archive.canReadEntryData(e)) {
      return new FileTreeEntry.Regular(path, metadata, e.getRealSize(), archive);
    }
    throw new IOException("tar entry " + path + " is of an unknown kind");
  }

  private static FileMetadata metadata(TarArchiveEntry e) {
    Map<String, byte[]> attributes = new HashMap<>();
    e.getExtraPaxHeaders()
        .forEach(
            (key, value) -> {
              if (key.startsWith(SCHILY)) {
                attributes.put(
                    key.substring(SCHILY.length()),
                    value.getBytes(java.nio.charset.StandardCharsets.UTF_8));
              } else if (key.startsWith(LIBARCHIVE)) {
                attributes.put(
                    key.substring(LIBARCHIVE.length()), Base64.getMimeDecoder().decode(value));
              }
            });
    return new FileMetadata(
        e.getLongUserId(),
        e.getLongGroupId(),
        e.getMode() & FileMetadata.PERMISSION_BITS,
        e.getLastModifiedTime().toInstant(),
        attributes);
  }
}
