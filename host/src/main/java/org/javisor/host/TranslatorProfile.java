package org.javisor.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.javisor.riscv.translator.HotEntries;
import org.javisor.storage.store.DurableRename;

/**
 * The file with the hot code of an image's guests. It is a hint: what cannot be read counts as
 * empty, what cannot be written is not kept, and machines that end at once overwrite each other's.
 */
record TranslatorProfile(Path file) {
  private static final System.Logger LOG = System.getLogger(TranslatorProfile.class.getName());
  private static final long LARGEST = 1 << 20;

  /** What it is kept under. */
  String name() {
    return String.valueOf(file.getFileName());
  }

  /** What is known. */
  HotEntries read() {
    try {
      return Files.size(file) > LARGEST
          ? new HotEntries()
          : HotEntries.of(Files.readAllBytes(file));
    } catch (NoSuchFileException e) {
      return new HotEntries();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "the profile " + file + " cannot be read", e);
      return new HotEntries();
    }
  }

  /** Keeps what has been learnt. */
  void write(HotEntries entries) {
    try {
      Path folder = Files.createDirectories(file.getParent());
      Path fresh = Files.createTempFile(folder, "profile", ".new");
      try {
        Files.write(fresh, entries.toBytes());
        DurableRename.move(fresh, file);
      } finally {
        Files.deleteIfExists(fresh);
      }
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "the profile " + file + " cannot be written", e);
    }
  }
}
