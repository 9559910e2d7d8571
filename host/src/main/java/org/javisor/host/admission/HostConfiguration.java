package org.javisor.host.admission;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.javisor.host.JsonFile;
import org.javisor.host.ProblemException;
import tools.jackson.core.JacksonException;

/** Keys and values that a host is configured with, kept in a file. Safe from any thread. */
public final class HostConfiguration {
  private final Path file;
  private volatile Kept kept;

  /**
   * What the file holds.
   *
   * @param version of its form
   * @param config keys and values
   */
  private record Kept(int version, Map<String, String> config) {
    static final int VERSION = 1;

    Kept {
      config = Map.copyOf(config);
    }
  }

  /**
   * Reads the configuration; without the file it is empty.
   *
   * @throws IOException if the file cannot be read
   */
  public HostConfiguration(Path file) throws IOException {
    this.file = file;
    try {
      kept =
          Files.exists(file) ? JsonFile.read(file, Kept.class) : new Kept(Kept.VERSION, Map.of());
      AdmissionLimits.of(kept.config);
    } catch (JacksonException | ProblemException e) {
      throw new IOException(file + ": " + e.getMessage() + "; mend it, or remove it", e);
    }
  }

  /** What was said; what is missing is as {@link AdmissionLimits} has it. */
  public Map<String, String> config() {
    return new TreeMap<>(kept.config);
  }

  /** What it means for who may start. */
  public AdmissionLimits limits() {
    return AdmissionLimits.of(kept.config);
  }

  /**
   * Changes it; keys with an empty value are left out.
   *
   * @throws ProblemException if a key or value is not possible; nothing is changed then
   */
  public synchronized void update(UnaryOperator<Map<String, String>> change) {
    Map<String, String> changed = new TreeMap<>(change.apply(config()));
    changed.values().removeIf(String::isEmpty);
    AdmissionLimits.of(changed);
    Kept fresh = new Kept(Kept.VERSION, changed);
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      JsonFile.write(file, fresh);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    kept = fresh;
  }
}
