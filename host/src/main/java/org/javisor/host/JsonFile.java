package org.javisor.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.javisor.storage.store.DurableRename;
import tools.jackson.databind.json.JsonMapper;

/** Records that are kept as JSON, for people to read too. */
public final class JsonFile {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private JsonFile() {}

  /**
   * Writes a record; after a crash the file has it wholly, or is as before.
   *
   * @throws IOException if it cannot be written
   */
  public static void write(Path file, Object value) throws IOException {
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.write(fresh, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(value));
    DurableRename.move(fresh, file);
  }

  /**
   * Reads a record.
   *
   * @throws tools.jackson.core.JacksonException if it is none of this form
   * @throws IOException if the file is not there or cannot be read
   */
  public static <T> T read(Path file, Class<T> form) throws IOException {
    return JSON.readValue(Files.readAllBytes(file), form);
  }

  /** A record as text, for another host. */
  public static String text(Object value) {
    return JSON.writeValueAsString(value);
  }

  /**
   * A record from the text of another host.
   *
   * @throws tools.jackson.core.JacksonException if it is none of this form
   */
  public static <T> T parse(String text, Class<T> form) {
    return JSON.readValue(text, form);
  }
}
