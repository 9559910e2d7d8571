package org.javisor.storage.store;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/** A process that fills a store: folder, own name, rounds. */
final class StoreChild {

  private StoreChild() {}

  public static void main(String[] arguments) throws Exception {
    ContentStore store = ContentStore.open(Path.of(arguments[0]));
    for (int i = 0; i < Integer.parseInt(arguments[2]); i++) {
      try (StoreSession session = store.begin()) {
        Sha256 own = session.put(bytes(arguments[1] + i));
        Sha256 common = session.put(bytes("common" + i));
        session.setManifest(
            arguments[1] + ":" + i, Manifest.of(Map.of("own", own, "common", common), Map.of()));
      }
    }
  }

  private static ByteArrayInputStream bytes(String text) {
    return new ByteArrayInputStream(text.repeat(1000).getBytes(StandardCharsets.UTF_8));
  }
}
