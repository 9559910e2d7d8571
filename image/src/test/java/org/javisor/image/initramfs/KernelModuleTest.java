package org.javisor.image.initramfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Modules made slim still mean the same; binutils is the judge. */
class KernelModuleTest {
  private static final String SOURCE =
      """
      __attribute__((section(".modinfo"), used))
      static const char info[] = "license=GPL\\0alias=fs-test\\0depends=one,two-three\\0";
      __attribute__((section(".BTF"), used)) static const char types[] = "ballast";
      extern int outside(int);
      static int table[64] = {1, 2, 3};
      int *place = &table[3];
      static int inner(int x) { return x > 3 ? outside(table[x & 63]) : x; }
      int __ksymtab_offered;
      int offered(int x) { int s = 0; for (int i = 0; i < x; i++) s += inner(i); return s; }
      """;

  @TempDir Path folder;

  @Test
  void readsWhatAModuleSaysOfItself() throws Exception {
    KernelModule module = KernelModule.parse(module());
    assertThat(module.information("alias")).containsExactly("fs-test");
    assertThat(module.dependencies()).containsExactly("one", "two-three");
    assertThat(module.exportedSymbols()).containsExactly("offered");
  }

  @Test
  void slimItHasTheSameCodeAndTheSameRelocations() throws Exception {
    byte[] fat = module();
    byte[] slim = KernelModule.parse(fat).slim();
    assertThat(slim.length).isLessThan(fat.length);
    Path fatFile = Files.write(folder.resolve("fat.o"), fat);
    Path slimFile = Files.write(folder.resolve("slim.o"), slim);
    // Linked at the same address, both must give the same bytes and the same global symbols.
    assertThat(linked(slimFile)).isEqualTo(linked(fatFile));
    assertThat(run("riscv64-linux-gnu-readelf", "-SW", slimFile.toString()))
        .doesNotContain(".BTF")
        .contains(".modinfo");
    assertThat(run("riscv64-linux-gnu-nm", "-g", slimFile.toString()))
        .isEqualTo(run("riscv64-linux-gnu-nm", "-g", fatFile.toString()));
    assertThat(KernelModule.parse(slim).dependencies()).containsExactly("one", "two-three");
  }

  @Test
  void damageEndsInAnIoException() throws Exception {
    byte[] good = module();
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int round = 0; round < 500; round++) {
      byte[] bytes =
          Arrays.copyOf(good, random.nextInt(10) == 0 ? random.nextInt(good.length) : good.length);
      for (int i = 0; i < 3 && bytes.length > 0; i++) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      try {
        KernelModule module = KernelModule.parse(bytes);
        module.dependencies();
        module.exportedSymbols();
        module.slim();
      } catch (IOException e) {
        assertThat(e).as("seed %d", seed).hasMessageNotContaining("null");
      }
    }
  }

  @Test
  void refusesWhatIsNoModule() {
    assertThatThrownBy(() -> KernelModule.parse(new byte[100])).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> KernelModule.parse(new byte[0])).isInstanceOf(IOException.class);
  }

  @Test
  void loadsDependenciesFirst() throws Exception {
    ModuleSet set = new ModuleSet();
    KernelModule module = KernelModule.parse(module());
    set.add("a", module);
    assertThat(set.missing()).containsExactly("one", "two_three");
    assertThatThrownBy(() -> set.loadOrder(List.of("a"))).isInstanceOf(IOException.class);
  }

  private byte[] module() throws Exception {
    assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/riscv64-linux-gnu-gcc")),
        "skipped: the package gcc-riscv64-linux-gnu is not here");
    Path source = Files.writeString(folder.resolve("module.c"), SOURCE);
    Path object = folder.resolve("module.o");
    run(
        "riscv64-linux-gnu-gcc",
        "-O1",
        "-c",
        "-ffreestanding",
        "-fno-pic",
        "-mcmodel=medany",
        "-o",
        object.toString(),
        source.toString());
    return Files.readAllBytes(object);
  }

  private byte[] linked(Path object) throws Exception {
    Path out = folder.resolve("linked");
    run(
        "riscv64-linux-gnu-ld",
        "--no-relax",
        "-s",
        "-e",
        "offered",
        "-Ttext=0x10000",
        "-Tdata=0x30000",
        "-Tbss=0x40000",
        "--section-start=.sdata=0x50000",
        "--section-start=.sbss=0x60000",
        "--defsym=outside=0x20000",
        "-o",
        out.toString(),
        object.toString());
    Path binary = folder.resolve("binary");
    run(
        "riscv64-linux-gnu-objcopy",
        "-O",
        "binary",
        "-j",
        ".text",
        "-j",
        ".rodata",
        "-j",
        ".data",
        "-j",
        ".sdata",
        out.toString(),
        binary.toString());
    return Files.readAllBytes(binary);
  }

  private static String run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }
}
