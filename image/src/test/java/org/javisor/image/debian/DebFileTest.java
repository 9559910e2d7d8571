package org.javisor.image.debian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.javisor.image.ImageException;
import org.javisor.storage.tree.FileTreeEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Packages taken apart, honest ones and others. */
class DebFileTest {
  private static final String FIELDS = "Package: hello\nVersion: 1.0\nArchitecture: riscv64\n";

  @TempDir Path folder;

  @Test
  void handsOnTreeAndControlInformation() throws Exception {
    DebFile deb =
        write(
            new TestDeb(FIELDS)
                .control("postinst", "#!/bin/sh\n")
                .entry("./usr/bin/", TarConstants.LF_DIR, "")
                .file("./usr/bin/hello", "hello")
                .entry("./usr/bin/hi", TarConstants.LF_SYMLINK, "hello")
                .entry("./usr/bin/hey", TarConstants.LF_LINK, "./usr/bin/hello"));
    assertThat(deb.control()).containsOnlyKeys("control", "postinst");
    assertThat(deb.control().get("control").text()).isEqualTo(FIELDS);
    assertThat(deb.control().get("postinst").permissions()).isEqualTo(0755);
    List<String> seen = new ArrayList<>();
    deb.forEachEntry(entry -> seen.add(describe(entry)));
    assertThat(seen)
        .containsExactly(
            "Directory ",
            "Directory usr/bin",
            "Regular usr/bin/hello hello",
            "SymbolicLink usr/bin/hi hello",
            "HardLink usr/bin/hey usr/bin/hello");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/etc/passwd",
        "../etc/passwd",
        "./../etc/passwd",
        "./usr/../../etc/passwd",
        "./usr//bin/x",
        "./usr/./x",
        "./usr/new\nline",
        "./usr/tab\tulator"
      })
  void refusesPathsThatLeadElsewhere(String path) throws Exception {
    assertRefused(new TestDeb(FIELDS).file(path, "x"));
    assertRefused(new TestDeb(FIELDS).entry(path, TarConstants.LF_SYMLINK, "x"));
  }

  @Test
  void refusesHardLinksToElsewhere() throws Exception {
    assertRefused(new TestDeb(FIELDS).entry("./x", TarConstants.LF_LINK, "/etc/shadow"));
    assertRefused(new TestDeb(FIELDS).entry("./x", TarConstants.LF_LINK, "./../shadow"));
  }

  @Test
  void refusesKindsOfFilesThatPolicyForbids() throws Exception {
    assertRefused(new TestDeb(FIELDS).entry("./dev/x", TarConstants.LF_CHR, ""));
    assertRefused(new TestDeb(FIELDS).entry("./dev/x", TarConstants.LF_BLK, ""));
    assertRefused(new TestDeb(FIELDS).entry("./run/x", TarConstants.LF_FIFO, ""));
  }

  @Test
  void refusesWhatIsCutShortAnywhere() throws Exception {
    byte[] bytes = new TestDeb(FIELDS).file("./usr/bin/hello", "hello".repeat(99)).bytes();
    for (int length = 0; length < bytes.length - 1; length += 7) {
      DebFile deb = write(Arrays.copyOf(bytes, length));
      assertThatThrownBy(() -> deb.forEachEntry(DebFileTest::read))
          .as("cut after %d bytes", length)
          .isInstanceOf(ImageException.Malformed.class)
          .hasMessageContaining("hello 1.0");
    }
  }

  @Test
  void damageOfAnyKindEndsInOneKindOfFailure() throws Exception {
    byte[] good = new TestDeb(FIELDS).file("./usr/bin/hello", "hello".repeat(99)).bytes();
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int round = 0; round < 300; round++) {
      byte[] bytes = good.clone();
      for (int i = 0; i <= random.nextInt(4); i++) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      DebFile deb = write(bytes);
      try {
        deb.control();
        deb.forEachEntry(DebFileTest::read);
      } catch (ImageException.Malformed e) {
        assertThat(e).as("seed %d", seed).hasMessageContaining("hello 1.0");
      }
    }
  }

  @Test
  void aFailureOfTheVisitorStaysItsOwn() throws Exception {
    DebFile deb = write(new TestDeb(FIELDS).file("./x", "x"));
    IOException full = new IOException("No space left on device");
    assertThatThrownBy(
            () ->
                deb.forEachEntry(
                    _ -> {
                      throw full;
                    }))
        .isSameAs(full);
  }

  @Test
  void uncompressedItIsTheSamePackage() throws Exception {
    DebFile deb =
        write(
            new TestDeb(FIELDS)
                .file("./usr/bin/hello", "hello")
                .entry("./usr/bin/hi", TarConstants.LF_SYMLINK, "hello"));
    Path plain = folder.resolve("plain.deb");
    deb.writeUncompressed(plain);
    DebFile again = new DebFile(plain, "hello 1.0");
    assertThat(again.control().get("control").text()).isEqualTo(FIELDS);
    List<String> expected = new ArrayList<>();
    List<String> actual = new ArrayList<>();
    deb.forEachEntry(entry -> expected.add(describe(entry)));
    again.forEachEntry(entry -> actual.add(describe(entry)));
    assertThat(actual).isEqualTo(expected);
    assertThat(Files.readString(plain, StandardCharsets.ISO_8859_1)).contains("data.tar ");
  }

  private static String describe(FileTreeEntry entry) throws IOException {
    String text = entry.getClass().getSimpleName() + " " + entry.path();
    return switch (entry) {
      case FileTreeEntry.Regular r ->
          text + " " + new String(r.content().readAllBytes(), StandardCharsets.UTF_8);
      case FileTreeEntry.SymbolicLink l -> text + " " + l.target();
      case FileTreeEntry.HardLink h -> text + " " + h.existing();
      default -> text;
    };
  }

  private static void read(FileTreeEntry entry) throws IOException {
    if (entry instanceof FileTreeEntry.Regular regular) {
      regular.content().readAllBytes();
    }
  }

  private void assertRefused(TestDeb package_) throws IOException {
    DebFile deb = write(package_);
    assertThatCode(() -> deb.forEachEntry(DebFileTest::read))
        .isInstanceOf(ImageException.Malformed.class)
        .hasMessageContaining("hello 1.0");
  }

  private DebFile write(TestDeb deb) throws IOException {
    return write(deb.bytes());
  }

  private DebFile write(byte[] bytes) throws IOException {
    Path file = folder.resolve("hello.deb");
    Files.write(file, bytes);
    return new DebFile(file, "hello 1.0");
  }
}
