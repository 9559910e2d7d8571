package org.javisor.image.debian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.javisor.image.ImageException;
import org.javisor.image.Progress;
import org.javisor.image.openpgp.Keyring;
import org.javisor.storage.store.Sha256;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From the archive's signature down to each package's digest. */
class ArchiveTest {
  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
  private static final Instant YESTERDAY = NOW.minus(Duration.ofDays(1));

  @TempDir Path temporary;
  private TestArchive archive;
  private SigningKey key;

  @BeforeEach
  void makeArchive() throws Exception {
    key = new SigningKey(NOW.minus(Duration.ofDays(100)), 0);
    archive = new TestArchive(temporary.resolve("mirror"));
    String fields = "Package: hello\nVersion: 1.0\nArchitecture: riscv64\n";
    archive.add("hello", "1.0", "", new TestDeb(fields).file("./usr/bin/hello", "hello"));
    archive.publish(key, YESTERDAY);
  }

  @Test
  void fetchesWhatItHasVerified() throws Exception {
    assertThat(fetchHello()).exists();
    assertThat(Files.readAllBytes(fetchHello()))
        .isEqualTo(Files.readAllBytes(archive.deb("hello", "1.0")));
  }

  @Test
  void fetchesNothingTwice() throws Exception {
    fetchHello();
    Files.delete(archive.deb("hello", "1.0"));
    Files.delete(archive.index());
    assertThat(fetchHello()).exists();
  }

  @Test
  void refusesAnAlteredReleaseFile() throws Exception {
    String text = Files.readString(archive.release());
    Files.writeString(archive.release(), text.replace("Origin: Test", "Origin: Tesu"));
    assertRefused(ImageException.Unverified.class, "not good");
  }

  @Test
  void refusesAnUnsignedReleaseFile() throws Exception {
    Files.writeString(
        archive.release(), archive.releaseText(Files.readAllBytes(archive.index()), YESTERDAY));
    assertRefused(ImageException.Unverified.class, "not signed");
  }

  @Test
  void refusesAStrangersSignature() throws Exception {
    SigningKey stranger = new SigningKey(NOW.minus(Duration.ofDays(100)), 0);
    archive.publish(stranger, YESTERDAY);
    assertRefused(ImageException.Unverified.class, "not known");
  }

  @Test
  void refusesAnExpiredKey() throws Exception {
    key = new SigningKey(NOW.minus(Duration.ofDays(100)), Duration.ofDays(50).toSeconds());
    archive.publish(key, YESTERDAY);
    assertRefused(ImageException.Unverified.class, "key");
  }

  @Test
  void refusesAKeyThatHasExpiredSinceItSigned() throws Exception {
    Duration valid = Duration.ofDays(100).minusHours(1);
    key = new SigningKey(NOW.minus(Duration.ofDays(100)), valid.toSeconds());
    archive.publish(key, YESTERDAY);
    assertRefused(ImageException.Unverified.class, "expired");
  }

  @Test
  void refusesARevokedKey() throws Exception {
    key.revoke(NOW.minus(Duration.ofDays(2)));
    assertRefused(ImageException.Unverified.class, "key");
  }

  @Test
  void refusesAKeyThatMayNotSign() throws Exception {
    key =
        new SigningKey(
            NOW.minus(Duration.ofDays(9)), 0, org.bouncycastle.bcpg.sig.KeyFlags.CERTIFY_OTHER);
    archive.publish(key, YESTERDAY);
    assertRefused(ImageException.Unverified.class, "");
  }

  @Test
  void refusesTextAroundTheSignedPart() throws Exception {
    String text = Files.readString(archive.release());
    Files.writeString(archive.release(), "Codename: trixie\n" + text);
    assertRefused(ImageException.Unverified.class, "not signed");
    Files.writeString(archive.release(), text + "Codename: trixie\n");
    assertRefused(ImageException.Unverified.class, "after the signature");
  }

  @Test
  void refusesAReleaseThatIsNoLongerValid() throws Exception {
    archive.releaseFields("Valid-Until: Sat, 21 Nov 2026 13:00:00 UTC\n").publish(key, YESTERDAY);
    assertRefused(ImageException.Unverified.class, "expired");
  }

  @Test
  void refusesAReleaseFromTheFuture() throws Exception {
    archive.publish(key, NOW.plus(Duration.ofDays(9)));
    assertRefused(ImageException.Unverified.class, "future");
  }

  @Test
  void refusesAnotherSuite() throws Exception {
    String text = archive.releaseText(Files.readAllBytes(archive.index()), YESTERDAY);
    Files.write(
        archive.release(),
        key.clearsign(
            text.replace("Codename: trixie", "Codename: forky").replace("stable", "testing"),
            YESTERDAY));
    assertRefused(ImageException.Unverified.class, "forky");
  }

  @Test
  void refusesAnOlderReleaseThanItHasSeen() throws Exception {
    Path earlier = temporary.resolve("earlier");
    Files.copy(archive.release(), earlier);
    archive.publish(key, NOW.minus(Duration.ofHours(1)));
    fetchHello();
    Files.copy(earlier, archive.release(), StandardCopyOption.REPLACE_EXISTING);
    assertRefused(ImageException.Unverified.class, "older");
  }

  @Test
  void refusesAnAlteredIndex() throws Exception {
    TestArchive.alter(archive.index());
    assertRefused(ImageException.DigestMismatch.class, "Packages");
  }

  @Test
  void aMirrorThatIsBeingUpdatedStillHasTheSuiteUnderItsOtherName() throws Exception {
    Path suite = archive.release().getParent();
    Path stable = suite.resolveSibling("stable");
    Files.createDirectories(stable.resolve("main/binary-riscv64"));
    Files.copy(archive.release(), stable.resolve("InRelease"));
    Files.copy(archive.index(), stable.resolve("main/binary-riscv64/Packages.xz"));
    // The release file is newer than the index beside it.
    TestArchive.alter(archive.index());
    fetchHello();
  }

  @Test
  void refusesAnAlteredPackageAndNamesIt() throws Exception {
    TestArchive.alter(archive.deb("hello", "1.0"));
    assertThatThrownBy(this::fetchHello)
        .isInstanceOfSatisfying(
            ImageException.DigestMismatch.class,
            e -> {
              assertThat(e.subject()).isEqualTo("package hello 1.0");
              assertThat(e.expected()).startsWith("sha256:").isNotEqualTo(e.actual());
              assertThat(e.actual()).startsWith("sha256:");
            });
    assertThat(leftovers()).isEmpty();
  }

  @Test
  void refusesATruncatedPackageAndNamesIt() throws Exception {
    Path file = archive.deb("hello", "1.0");
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length - 7));
    assertThatThrownBy(this::fetchHello)
        .isInstanceOf(ImageException.DigestMismatch.class)
        .hasMessageContaining("hello 1.0")
        .hasMessageContaining(bytes.length + " bytes");
    assertThat(leftovers()).isEmpty();
  }

  @Test
  void saysWhichFileIsNotThere() throws Exception {
    Files.delete(archive.deb("hello", "1.0"));
    assertThatThrownBy(this::fetchHello)
        .isInstanceOf(ImageException.Unreachable.class)
        .hasMessageContaining("hello_1.0.deb");
  }

  @Test
  void goesOnWhereATransferBrokeOff() throws Exception {
    byte[] bytes = Files.readAllBytes(archive.deb("hello", "1.0"));
    Path unfinished = Files.createDirectories(temporary.resolve("state/unfinished"));
    Path part = unfinished.resolve(Sha256.digestOf(bytes).hex() + ".part");
    Files.write(part, java.util.Arrays.copyOf(bytes, 100));
    assertThat(Files.readAllBytes(fetchHello())).isEqualTo(bytes);
  }

  @Test
  void doesNotTrustWhatAnEarlierTransferLeft() throws Exception {
    byte[] bytes = Files.readAllBytes(archive.deb("hello", "1.0"));
    Path unfinished = Files.createDirectories(temporary.resolve("state/unfinished"));
    Path part = unfinished.resolve(Sha256.digestOf(bytes).hex() + ".part");
    Files.write(part, new byte[100]);
    assertThat(Files.readAllBytes(fetchHello())).isEqualTo(bytes);
  }

  @Test
  void ofTheHostsOwnSourcesTakesTheFirstThatVerifies() throws Exception {
    Mirror candidates =
        new Mirror(
            List.of(
                temporary.resolve("nothing/").toUri(), archive.mirror().candidates().getFirst()),
            false);
    try (Archive opened = Archive.open(candidates, cache(), settings())) {
      assertThat(opened.root()).isEqualTo(archive.mirror().candidates().getFirst());
    }
  }

  @Test
  void saysHowToNameAMirrorIfNoneOfTheHostsSourcesWillDo() {
    Mirror candidates = new Mirror(List.of(temporary.resolve("nothing/").toUri()), false);
    assertThatThrownBy(() -> Archive.open(candidates, cache(), settings()))
        .isInstanceOf(ImageException.NoMirror.class)
        .hasMessageContaining("--mirror")
        .hasMessageContaining("JAVISOR_MIRROR")
        .hasMessageContaining("config.properties");
  }

  private void assertRefused(Class<? extends ImageException> kind, String why) throws IOException {
    assertThatThrownBy(this::fetchHello).isInstanceOf(kind).hasMessageContaining(why);
    assertThat(leftovers()).isEmpty();
  }

  private Path fetchHello() throws Exception {
    try (Archive opened = Archive.open(archive.mirror(), cache(), settings())) {
      DebianPackage hello = opened.packages(Progress.NONE).get("hello");
      return opened.fetch(List.of(hello), Progress.NONE).get(hello);
    }
  }

  private Archive.Settings settings() throws IOException {
    return new Archive.Settings(
        TestArchive.SUITE,
        "riscv64",
        Keyring.parse(key.certificate()),
        temporary.resolve("state"),
        Map.of(),
        InstantSource.fixed(NOW));
  }

  private List<Path> leftovers() throws IOException {
    Path unfinished = temporary.resolve("state/unfinished");
    if (!Files.isDirectory(unfinished)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(unfinished)) {
      return files.toList();
    }
  }

  private PackageCache cache() {
    return new PackageCache(temporary.resolve("cache"));
  }
}
