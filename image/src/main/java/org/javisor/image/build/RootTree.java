package org.javisor.image.build;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import org.javisor.image.debian.DebFile;
import org.javisor.storage.ext4.Ext4Writer;
import org.javisor.storage.tree.FileMetadata;
import org.javisor.storage.tree.FileTreeEntry;

/** A root file system being filled: packages, files of ours, and at last dpkg's database. */
final class RootTree {
  private final Ext4Writer writer;
  private final Instant time;
  private final DpkgDatabase database = new DpkgDatabase();

  /**
   * @param writer takes the files
   * @param time the time stamp of files of ours
   */
  RootTree(Ext4Writer writer, Instant time) {
    this.writer = writer;
    this.time = time;
  }

  /** Unpacks a package. The one with the links {@code /bin}, {@code /lib} must come first. */
  void unpack(DebFile file) throws IOException {
    DpkgDatabase.Entry entry = database.add(file.control());
    file.forEachEntry(
        item -> {
          entry.unpacked(item.path());
          if (item instanceof FileTreeEntry.Regular regular
              && entry.isConfigurationFile(regular.path())) {
            addWithDigest(regular, entry);
          } else {
            writer.add(item);
          }
        });
    entry.finish();
  }

  private void addWithDigest(FileTreeEntry.Regular file, DpkgDatabase.Entry entry)
      throws IOException {
    MessageDigest md5 = md5();
    // The stream is the archive's, which goes on after this file: it is not ours to close.
    InputStream content = new DigestInputStream(file.content(), md5);
    writer.add(new FileTreeEntry.Regular(file.path(), file.metadata(), file.size(), content));
    entry.configurationDigest(file.path(), HexFormat.of().formatHex(md5.digest()));
  }

  private static MessageDigest md5() {
    try {
      return MessageDigest.getInstance("MD5");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has MD5", e);
    }
  }

  /** Adds a directory of root's. */
  void directory(String path, int permissions) throws IOException {
    writer.add(new FileTreeEntry.Directory(path, FileMetadata.ofRoot(permissions, time)));
  }

  /** Adds a file of root's. */
  void file(String path, int permissions, byte[] content) throws IOException {
    writer.add(
        new FileTreeEntry.Regular(
            path,
            FileMetadata.ofRoot(permissions, time),
            content.length,
            new ByteArrayInputStream(content)));
  }

  /** Adds a file of root's, mode 0644. */
  void text(String path, String content) throws IOException {
    file(path, 0644, content.getBytes(StandardCharsets.UTF_8));
  }

  /** Adds a symbolic link. */
  void link(String path, String target) throws IOException {
    writer.add(new FileTreeEntry.SymbolicLink(path, FileMetadata.ofRoot(0777, time), target));
  }

  /** Adds what came from elsewhere. */
  void add(FileTreeEntry entry) throws IOException {
    writer.add(entry);
  }

  /** The packages, as dpkg names them, that want to run a script before anything is configured. */
  List<String> withPreinst() {
    return database.withPreinst();
  }

  /** Writes dpkg's database; no package may follow. */
  void finish() throws IOException {
    directory("var/lib/dpkg/updates", 0755);
    directory("var/lib/dpkg/alternatives", 0755);
    for (var file : database.files().entrySet()) {
      file(
          "var/lib/dpkg/" + file.getKey(),
          file.getValue().permissions(),
          DpkgDatabase.bytes(file.getValue()));
    }
  }
}
