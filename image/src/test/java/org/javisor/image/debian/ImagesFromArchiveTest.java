package org.javisor.image.debian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.javisor.image.Image;
import org.javisor.image.ImageException;
import org.javisor.image.ImageInfo;
import org.javisor.image.ImageLibrary;
import org.javisor.image.MachineRunner;
import org.javisor.image.Progress;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images made from a small archive, with somebody who claims to have configured them. */
class ImagesFromArchiveTest {
  private static final String KERNEL = "linux-image-1.2-riscv64";
  private static final MachineRunner.Outcome OFF =
      new MachineRunner.Outcome(true, "it switched itself off");

  @TempDir Path temporary;
  private final List<MachineRunner.Task> tasks = new ArrayList<>();
  private MachineRunner machines =
      task -> {
        tasks.add(task);
        task.console().accept("Setting up base-files (1.0) ...");
        task.console().accept("javisor: done");
        return OFF;
      };
  private TestArchive archive;
  private SigningKey key;

  @BeforeEach
  void makeArchive() throws Exception {
    key = new SigningKey(Instant.now().minus(Duration.ofDays(9)), 0);
    archive = new TestArchive(temporary.resolve("mirror"));
    archive.add(
        "linux-image-riscv64",
        "1.2-1",
        "Depends: " + KERNEL + " (= 1.2-1)\n",
        deb("linux-image-riscv64", ""));
    archive.add(KERNEL, "1.2-1", "", kernel());
    archive.add(
        "busybox-static",
        "1.37",
        "",
        deb("busybox-static", "").file("./usr/bin/busybox", "not really"));
    archive.add(
        "base-files",
        "1.0",
        "Essential: yes\n",
        deb("base-files", "")
            .control("conffiles", "/etc/issue\n")
            .control("postinst", "#!/bin/sh\n")
            .control("triggers", "interest-noawait /usr/share/things\n")
            .file("./etc/issue", "Hello\n")
            .file("./usr/lib/os-release", "ID=debian\n"));
    for (String name :
        List.of(
            "systemd",
            "systemd-sysv",
            "udev",
            "dbus",
            "kmod",
            "iproute2",
            "iputils-ping",
            "netbase",
            "qemu-guest-agent")) {
      archive.add(name, "1.0", "", deb(name, "").file("./usr/share/doc/" + name, name));
    }
    archive.add("libextra", "1.0", "Multi-Arch: same\n", deb("libextra", "Multi-Arch: same\n"));
    archive.add("extra", "1.0", "Depends: libextra\n", deb("extra", "").file("./usr/x", "x"));
    archive.publish(key, Instant.now().minus(Duration.ofHours(1)));
  }

  @Test
  void busyboxIsAKernelAndARamDisk() throws Exception {
    Image image = library().obtain("busybox", Progress.NONE);
    assertThat(image.kernel()).hasContent("the kernel");
    assertThat(image.disk()).isEmpty();
    assertThat(image.commandLine()).contains("cryptomgr.notests=1");
    String ramDisk =
        Files.readString(image.initialRamDisk(), java.nio.charset.StandardCharsets.ISO_8859_1);
    assertThat(ramDisk)
        .startsWith("070701")
        .contains("bin/busybox", "not really", "insmod /lib/modules/1.2-riscv64/failover.ko");
    assertThat(tasks).isEmpty();
  }

  @Test
  void aSecondStartNeedsNoArchive() throws Exception {
    Image first = library().obtain("busybox", Progress.NONE);
    archive.release().toFile().delete();
    assertThat(library().obtain("busybox", Progress.NONE)).isEqualTo(first);
    assertThat(library().find("debian")).isEmpty();
  }

  @Test
  void debianIsConfiguredInAMachine() throws Exception {
    Image image = library().obtain("debian", Progress.NONE);
    assertThat(image.name()).isEqualTo("debian:trixie");
    assertThat(tasks).hasSize(1);
    assertThat(tasks.getFirst().commandLine()).contains("console=ttyS0");
    Path disk = image.disk().orElseThrow();
    assertThat(checked("e2fsck", "-fn", disk.toString())).contains("javisor-root");
    assertThat(read(disk, "/etc/issue")).isEqualTo("Hello\n");
    assertThat(read(disk, "/etc/hostname")).isEqualTo("debian\n");
    assertThat(read(disk, "/var/lib/dpkg/status"))
        .contains(
            "Package: base-files\nStatus: install ok unpacked\n"
                + "Conffiles:\n /etc/issue 09f7e02f1290be211da707a266f153b3\n")
        .contains("Package: systemd\n")
        .doesNotContain("Package: extra\n", KERNEL);
    assertThat(read(disk, "/var/lib/dpkg/info/base-files.list"))
        .contains("/.\n", "/etc/issue\n", "/usr/lib/os-release\n");
    assertThat(read(disk, "/var/lib/dpkg/triggers/File"))
        .isEqualTo("/usr/share/things base-files/noawait\n");
    assertThat(read(disk, "/usr/lib/modules/1.2-riscv64/modules.dep"))
        .contains("kernel/net_failover.ko.xz: kernel/failover.ko.xz\n");
  }

  @Test
  void aVariantStandsOnDebian() throws Exception {
    Image image = library().build("mine", List.of("extra"), Progress.NONE);
    assertThat(tasks).hasSize(2);
    assertThat(tasks.getLast().disks()).hasSize(2);
    Image base = library().find("debian").orElseThrow();
    assertThat(image.kernel()).isEqualTo(base.kernel()).exists();
    assertThat(image.initialRamDisk()).isEqualTo(base.initialRamDisk()).exists();
    ImageInfo info =
        library().list().stream().filter(i -> i.name().equals("mine")).findFirst().orElseThrow();
    assertThat(info.packages()).contains("extra 1.0", "libextra 1.0", "base-files 1.0");
    assertThat(info.description()).contains("extra");
    assertThat(info.sizeOnDisk()).isPositive().isLessThan(info.diskSize());
    assertThat(image.minimumMemory()).isPositive().isEqualTo(base.minimumMemory());
  }

  @Test
  void whatAnotherImageSharesStaysWhenOneIsRemoved() throws Exception {
    library().build("mine", List.of("extra"), Progress.NONE);
    library().remove("debian");
    Image image = library().find("mine").orElseThrow();
    assertThat(image.kernel()).exists();
    assertThat(library().list()).extracting(ImageInfo::name).containsExactly("mine");
    library().remove("mine");
    assertThat(image.kernel()).doesNotExist();
    assertThatThrownBy(() -> library().remove("mine"))
        .isInstanceOf(ImageException.UnknownImage.class)
        .hasMessageContaining("mine");
  }

  @Test
  void anImageOfOursThatAnotherVersionMadeIsMadeAgain() throws Exception {
    Image image = library().obtain("busybox", Progress.NONE);
    makeOtherFormat("busybox");
    assertThat(library().find("busybox")).isEmpty();
    Image again = library().obtain("busybox", Progress.NONE);
    assertThat(again.kernel()).isEqualTo(image.kernel()).exists();
    assertThat(library().find("busybox")).contains(again);
  }

  @Test
  void anImageOfYourOwnThatAnotherVersionMadeIsSaidToBe() throws Exception {
    Image image = library().build("mine", List.of("extra"), Progress.NONE);
    makeOtherFormat("mine");
    assertThatThrownBy(() -> library().obtain("mine", Progress.NONE))
        .isInstanceOf(ImageException.OtherFormat.class)
        .hasMessageContaining("javisor image build --packages PACKAGES mine");
    // The version that made it may want it yet.
    library().obtain("busybox", Progress.NONE);
    assertThat(image.disk().orElseThrow()).exists();
    ImageInfo info =
        library().list().stream().filter(i -> i.name().equals("mine")).findFirst().orElseThrow();
    assertThat(info.description()).isEqualTo("made by another version of javisor");
    assertThat(info.sizeOnDisk()).isPositive();
    Image again = library().build("mine", List.of("extra"), Progress.NONE);
    assertThat(library().find("mine")).contains(again);
    makeOtherFormat("mine");
    library().remove("mine");
    assertThat(library().list()).extracting(ImageInfo::name).doesNotContain("mine");
  }

  private void makeOtherFormat(String name) throws IOException {
    Path manifest = temporary.resolve("images/names").resolve(name);
    String text = Files.readString(manifest);
    assertThat(text).startsWith("Format: ");
    Files.writeString(manifest, "Format: other" + text.substring(text.indexOf('\n')));
  }

  @Test
  void aFailedConfigurationLeavesNothingAndShowsTheConsole() throws Exception {
    machines =
        task -> {
          task.console().accept("dpkg: error processing package base-files (--configure):");
          task.console().accept("javisor: failed: configure");
          return OFF;
        };
    assertThatThrownBy(() -> library().obtain("debian", Progress.NONE))
        .isInstanceOfSatisfying(
            ImageException.PreparationFailed.class,
            e -> assertThat(e.console()).anyMatch(line -> line.startsWith("dpkg: error")));
    assertNothingHalfMade();
  }

  @Test
  void anInterruptedBuildLeavesNothing() throws Exception {
    machines =
        _ -> {
          throw new InterruptedException();
        };
    assertThatThrownBy(() -> library().obtain("debian", Progress.NONE))
        .isInstanceOf(InterruptedException.class);
    assertNothingHalfMade();
  }

  @Test
  void whatAKilledProcessLeftIsRemoved() throws Exception {
    Path leftover = temporary.resolve("images/unfinished/image123");
    Files.createDirectories(leftover);
    Files.write(leftover.resolve("disk"), new byte[100]);
    library().obtain("busybox", Progress.NONE);
    assertNothingHalfMade();
  }

  @Test
  void anAlteredPackageIsNamedAndLeavesNothing() throws Exception {
    TestArchive.alter(archive.deb(KERNEL, "1.2-1"));
    assertThatThrownBy(() -> library().obtain("busybox", Progress.NONE))
        .isInstanceOf(ImageException.DigestMismatch.class)
        .hasMessageContaining(KERNEL);
    assertNothingHalfMade();
    assertThat(library().list()).isEmpty();
  }

  @Test
  void refusesNamesAndPackagesThatMakeNoSense() {
    assertThatThrownBy(() -> library().obtain("nonsense", Progress.NONE))
        .isInstanceOf(ImageException.UnknownImage.class);
    for (String name : List.of("", "UP", "a b", "../x", "a/b", "a:b:c", "-x")) {
      assertThatThrownBy(() -> library().find(name))
          .isInstanceOf(ImageException.InvalidRequest.class);
    }
    assertThatThrownBy(() -> library().build("debian:mine", List.of("extra"), Progress.NONE))
        .isInstanceOf(ImageException.InvalidRequest.class);
    assertThatThrownBy(() -> library().build("mine", List.of("nonsense"), Progress.NONE))
        .isInstanceOf(ImageException.InvalidRequest.class)
        .hasMessageContaining("nonsense");
    assertThatThrownBy(() -> library().build("mine", List.of(), Progress.NONE))
        .isInstanceOf(ImageException.InvalidRequest.class);
  }

  @Test
  void aFullDiskIsNamedAndNothingIsLeft() throws Exception {
    Path small = Files.createDirectories(temporary.resolve("images"));
    assumeTrue(
        new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", small.toString())
                .redirectErrorStream(true)
                .start()
                .waitFor()
            == 0,
        "skipped: a small file system can only be mounted by root");
    try {
      assertThatThrownBy(() -> library().obtain("busybox", Progress.NONE))
          .isInstanceOf(ImageException.DiskFull.class)
          .hasMessageContaining(small.toString());
      assertNothingHalfMade();
    } finally {
      new ProcessBuilder("umount", small.toString()).start().waitFor();
    }
  }

  private ImageLibrary library() throws IOException {
    Path keyring = temporary.resolve("keyring");
    Files.write(keyring, key.certificate());
    return new ImageLibrary(
        new ImageLibrary.Settings(
            temporary.resolve("images"),
            archive.mirror().candidates().getFirst().toString(),
            keyring,
            Map.of(),
            temporary.resolve("apt"),
            task -> machines.run(task),
            Set::of));
  }

  private void assertNothingHalfMade() throws IOException {
    for (String folder : List.of("unfinished", "archive/unfinished")) {
      Path path = temporary.resolve("images").resolve(folder);
      if (Files.isDirectory(path)) {
        try (Stream<Path> files = Files.list(path)) {
          assertThat(files.filter(f -> !f.getFileName().toString().startsWith("."))).isEmpty();
        }
      }
    }
  }

  private static TestDeb kernel() throws IOException {
    TestDeb deb = deb(KERNEL, "").file("./boot/vmlinux-1.2-riscv64", "the kernel");
    Map<String, String> modules =
        Map.of(
            "virtio_mmio",
            "",
            "virtio_blk",
            "",
            "crc32c_generic",
            "",
            "ext4",
            "",
            "failover",
            "",
            "net_failover",
            "failover",
            "virtio_net",
            "net_failover",
            "virtio-rng",
            "",
            "virtio_balloon",
            "");
    for (Map.Entry<String, String> module : modules.entrySet()) {
      deb.file(
          "./usr/lib/modules/1.2-riscv64/kernel/" + module.getKey() + ".ko.xz",
          TestDeb.xz(TestModule.dependingOn(module.getValue())));
    }
    return deb;
  }

  private static TestDeb deb(String name, String fields) throws IOException {
    return new TestDeb("Package: " + name + "\nVersion: 1.0\nArchitecture: riscv64\n" + fields);
  }

  private static String read(Path disk, String path) throws Exception {
    return checked("debugfs", "-R", "cat " + path, disk.toString());
  }

  private static String checked(String... command) throws Exception {
    assumeTrue(
        Stream.of("/usr/sbin", "/sbin", "/usr/bin")
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, command[0]))),
        "skipped: the package e2fsprogs is not here");
    List<String> words = new ArrayList<>(Arrays.asList(command));
    ProcessBuilder builder = new ProcessBuilder(words);
    builder.environment().merge("PATH", "/usr/sbin:/sbin", (a, b) -> a + ":" + b);
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).as("%s: %s", words, output).isZero();
    return output;
  }
}
