package org.javisor.storage.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContentStoreTest {

  @TempDir Path folder;
  private ContentStore store;

  @BeforeEach
  void open() throws IOException {
    store = ContentStore.open(folder.resolve("store"));
  }

  private static InputStream stream(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  private static Sha256 digest(String text) {
    return Sha256.digestOf(text.getBytes(StandardCharsets.UTF_8));
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> walk = Files.walk(folder)) {
      return walk.filter(Files::isRegularFile)
          .filter(file -> !file.toString().contains("locks"))
          .toList();
    }
  }

  @Test
  void aBlobIsFoundByItsDigestAndReadOnly() throws IOException {
    assertThat(store.find(digest("hello"))).isEmpty();
    try (StoreSession session = store.begin()) {
      assertThat(session.put(stream("hello"))).isEqualTo(digest("hello"));
      Path again = session.put(stream("not read"), digest("hello"));
      assertThat(again).hasContent("hello");
      assertThat(store.find(digest("hello"))).contains(again);
      assertThat(again.toFile().canExecute()).isFalse();
      assertThat(Files.getPosixFilePermissions(again))
          .noneMatch(permission -> permission.name().endsWith("WRITE"));
    }
  }

  @Test
  void contentsOfAnotherDigestAreRefusedAndBothDigestsNamed() throws IOException {
    try (StoreSession session = store.begin()) {
      assertThatThrownBy(() -> session.put(stream("altered"), digest("hello")))
          .isInstanceOf(DigestMismatchException.class)
          .hasMessageContaining(digest("hello").hex())
          .hasMessageContaining(digest("altered").hex());
    }
    assertThat(files()).isEmpty();
  }

  @Test
  void aFailureInTheMiddleLeavesNothing() throws IOException {
    InputStream breaks =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("connection lost");
          }
        };
    try (StoreSession session = store.begin()) {
      assertThatThrownBy(
              () -> session.put(new SequenceInputStream(stream("hel"), breaks), digest("hello")))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("connection lost");
    }
    assertThat(files()).isEmpty();
  }

  @Test
  void aFileThatWasMadeInTheStoreIsAdopted() throws IOException {
    try (StoreSession session = store.begin()) {
      Path file = session.partial();
      Files.writeString(file, "disk image");
      assertThat(session.adopt(file)).isEqualTo(digest("disk image"));
      assertThat(file).doesNotExist();
      assertThat(store.find(digest("disk image"))).isPresent();
    }
  }

  @Test
  void namesStandForManifests() throws IOException {
    Manifest manifest;
    try (StoreSession session = store.begin()) {
      Sha256 kernel = session.put(stream("kernel"));
      manifest = Manifest.of(Map.of("kernel", kernel), Map.of("note", "two words"));
      session.setManifest("debian:trixie", manifest);
      session.setManifest("../../evil", manifest);
      assertThatThrownBy(
              () ->
                  session.setManifest(
                      "missing", Manifest.of(Map.of("k", digest("nowhere")), Map.of())))
          .isInstanceOf(IOException.class);
    }
    assertThat(store.manifest("debian:trixie")).contains(manifest);
    assertThat(store.manifests()).containsOnlyKeys("../../evil", "debian:trixie");
    try (StoreSession session = store.begin()) {
      assertThat(session.deleteManifest("debian:trixie")).isTrue();
      assertThat(session.deleteManifest("debian:trixie")).isFalse();
    }
    assertThat(store.manifest("debian:trixie")).isEmpty();
  }

  @Test
  void collectingKeepsWhatANameRefersTo() throws IOException {
    try (StoreSession session = store.begin()) {
      Sha256 kept = session.put(stream("kept"));
      session.put(stream("garbage"));
      session.setManifest("name", Manifest.of(Map.of("it", kept), Map.of()));
      Files.writeString(session.partial(), "left by a writer that died");
      assertThat(store.collect()).as("while a session is open").isEmpty();
    }
    assertThat(store.collect()).hasValue("garbage".length() + 26L);
    assertThat(store.find(digest("kept"))).isPresent();
    assertThat(store.find(digest("garbage"))).isEmpty();
  }

  @Test
  void aDamagedManifestStopsCollecting() throws IOException {
    try (StoreSession session = store.begin()) {
      Sha256 blob = session.put(stream("blob"));
      session.setManifest("name", Manifest.of(Map.of("it", blob), Map.of()));
    }
    Files.writeString(store.namePath("name"), "blob it\n");
    assertThatThrownBy(() -> store.collect())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("name");
    assertThat(store.find(digest("blob"))).isPresent();
  }

  @Test
  void aNamedLockIsHeldByOneAtATime() throws Exception {
    Closeable lock = store.lock("debian");
    CompletableFuture<Void> second =
        CompletableFuture.runAsync(
            () -> {
              try (Closeable _ = store.lock("debian")) {
                assertThat(lock).isNotNull();
              } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            });
    store.lock("other").close();
    assertThat(second).isNotDone();
    lock.close();
    second.get();
  }

  @Test
  void severalProcessesFillTheStoreWhileItIsCollected() throws Exception {
    int rounds = 40;
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String classes =
        String.join(File.pathSeparator, location(ContentStore.class), location(StoreChild.class));
    List<Process> children =
        Stream.of("a", "b")
            .map(
                name -> {
                  try {
                    return new ProcessBuilder(
                            java,
                            "-XX:TieredStopAtLevel=1",
                            "-cp",
                            classes,
                            StoreChild.class.getName(),
                            folder.resolve("store").toString(),
                            name,
                            "" + rounds)
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
                  } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                  }
                })
            .toList();
    while (children.stream().anyMatch(Process::isAlive)) {
      store.collect();
    }
    for (Process child : children) {
      assertThat(child.waitFor()).isZero();
    }
    store.collect();
    assertThat(store.manifests()).hasSize(2 * rounds);
    for (Manifest manifest : store.manifests().values()) {
      for (Sha256 digest : manifest.blobs().values()) {
        assertThat(Sha256.digestOf(Files.readAllBytes(store.find(digest).orElseThrow())))
            .isEqualTo(digest);
      }
    }
  }

  private static String location(Class<?> type) throws Exception {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
  }
}
