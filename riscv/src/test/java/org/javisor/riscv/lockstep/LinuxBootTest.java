package org.javisor.riscv.lockstep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.javisor.riscv.board.boot.BootFile;
import org.javisor.riscv.board.boot.KernelImage;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Debian's kernel by the translator and by the interpreter, with busybox or with all of Debian in
 * its initial RAM disk, since only a disk in memory takes the same time each time.
 *
 * <ul>
 *   <li>{@code -Dorg.javisor.lockstep.kernel=FILE} is the kernel of our images
 *   <li>{@code -Dorg.javisor.lockstep.initrd=FILE} is the initial RAM disk of the busybox image
 *   <li>{@code -Dorg.javisor.lockstep.debian=FILE} is a cpio archive with a Debian root file system
 *       and {@code /init}, a link to {@code sbin/init}
 *   <li>{@code -Dorg.javisor.lockstep.seed=S} is where lengths of turns and the guest's entropy
 *       come from
 * </ul>
 */
@Tag("long")
class LinuxBootTest {
  private static final String KERNEL = System.getProperty("org.javisor.lockstep.kernel", "");
  private static final String INITRD = System.getProperty("org.javisor.lockstep.initrd", "");
  private static final String DEBIAN = System.getProperty("org.javisor.lockstep.debian", "");
  private static final long SEED = Long.getLong("org.javisor.lockstep.seed", 2_026_112_300_000L);

  private static final long LIMIT = 40_000_000_000L;
  private static final long STACK_BYTES = 16L << 20;
  private static final long BUSYBOX_BYTES = 192L << 20;
  private static final long DEBIAN_BYTES = 2048L << 20;
  private static final int EXECUTABLE_FILE = 0100755;

  private static final String DONE = "lockstep: all done";

  /** Processes, pipes, signals, floating point, and work in loops. */
  private static final String INIT =
      """
      #!/bin/busybox sh
      export PATH=/usr/sbin:/usr/bin:/sbin:/bin
      /bin/busybox mount -t proc proc /proc
      /bin/busybox mount -t devtmpfs devtmpfs /dev
      /bin/busybox --install -s
      exec < /dev/console > /dev/console 2>&1
      echo "lockstep: first program, $(nproc) harts"
      mkdir -p /tmp; cd /tmp
      seq 1 4000 | awk '{ s += sqrt($1) * sin($1); print $1, s }' > numbers
      (sort -k 2 -n numbers | sha256sum) &
      (gzip -c /bin/busybox | gunzip | md5sum) &
      (for i in 1 2 3 4 5 6 7 8; do sh -c 'kill -USR1 $$' ; done; echo signals) &
      i=0; while [ $i -lt 2000 ]; do i=$((i + 1)); done; echo $i
      wait
      cat /proc/interrupts
      echo "lockstep: all" done
      sleep 1000
      """;

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void busyboxIsAlike(int harts) throws Exception {
    KernelImage kernel = KernelImage.open(given("kernel", KERNEL));
    byte[] disk =
        new CpioArchive(Files.readAllBytes(given("initrd", INITRD)))
            .file("init", EXECUTABLE_FILE, INIT.getBytes(StandardCharsets.UTF_8))
            .bytes();
    BootFile initrd = BootFile.of("initial RAM disk", disk);
    String output = boot(harts, BUSYBOX_BYTES, kernel, initrd, DONE);
    assertThat(output).contains("first program, " + harts + " harts");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void debianIsAlike(int harts) throws Exception {
    KernelImage kernel = KernelImage.open(given("kernel", KERNEL));
    BootFile initrd = BootFile.map(given("debian", DEBIAN));
    boot(harts, DEBIAN_BYTES, kernel, initrd, " login: ");
  }

  private static Path given(String name, String value) {
    assumeTrue(!value.isEmpty(), "needs -Dorg.javisor.lockstep." + name + "=FILE");
    return Path.of(value);
  }

  /** Boots until something is written, and returns all that was. */
  private static String boot(
      int harts, long memoryBytes, KernelImage kernel, BootFile initrd, String until)
      throws InterruptedException {
    return onLargeStack(
        () -> {
          try (LinuxBoot boot = new LinuxBoot(SEED, harts, memoryBytes, kernel, initrd)) {
            boot.runUntilWritten(until, LIMIT);
            System.out.printf(
                "%d harts: %d instructions compared, %.1f %% of them translated%n",
                harts, boot.executed(), 100 * boot.translatedPart());
            assertThat(boot.translatedPart()).isGreaterThan(0.5);
            return boot.output();
          }
        });
  }

  /** Units call units, deep into the stack of their thread. */
  private static <T> T onLargeStack(Callable<T> task) throws InterruptedException {
    FutureTask<T> future = new FutureTask<>(task);
    Thread.ofPlatform().stackSize(STACK_BYTES).start(future);
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw new AssertionError(e.getCause());
    }
  }
}
