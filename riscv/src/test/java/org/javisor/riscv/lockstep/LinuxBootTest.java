package org.javisor.riscv.lockstep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.javisor.riscv.board.boot.BootFile;
import org.javisor.riscv.board.boot.KernelImage;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Debian's kernel and busybox by the translator and by the interpreter. {@code
 * -Dorg.javisor.lockstep.kernel=FILE} and {@code -Dorg.javisor.lockstep.initrd=FILE} are those of
 * the busybox image; {@code -Dorg.javisor.lockstep.seed=S} is where lengths of turns and the
 * guest's entropy come from.
 */
@Tag("long")
class LinuxBootTest {
  private static final String KERNEL = System.getProperty("org.javisor.lockstep.kernel", "");
  private static final String INITRD = System.getProperty("org.javisor.lockstep.initrd", "");
  private static final long SEED = Long.getLong("org.javisor.lockstep.seed", 2_026_112_300_000L);

  private static final long LIMIT = 4_000_000_000L;
  private static final long STACK_BYTES = 16L << 20;
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
  void translatorAndInterpreterBootAlike(int harts) throws Exception {
    assumeTrue(
        !KERNEL.isEmpty() && !INITRD.isEmpty(),
        "needs a kernel: -Dorg.javisor.lockstep.kernel=FILE -Dorg.javisor.lockstep.initrd=FILE");
    KernelImage kernel = KernelImage.open(Path.of(KERNEL));
    byte[] disk =
        new CpioArchive(Files.readAllBytes(Path.of(INITRD)))
            .file("init", EXECUTABLE_FILE, INIT.getBytes(StandardCharsets.UTF_8))
            .bytes();
    onLargeStack(() -> boot(harts, kernel, BootFile.of("initial RAM disk", disk)));
  }

  private static void boot(int harts, KernelImage kernel, BootFile disk) {
    try (LinuxBoot boot = new LinuxBoot(SEED, harts, kernel, disk)) {
      boot.runUntilWritten(DONE, LIMIT);
      System.out.printf(
          "%d harts: %d instructions compared, %.1f %% of them translated%n",
          harts, boot.executed(), 100 * boot.translatedPart());
      assertThat(boot.output()).contains("first program, " + harts + " harts");
      assertThat(boot.translatedPart()).isGreaterThan(0.5);
    }
  }

  /** Units call units, deep into the stack of their thread. */
  private static void onLargeStack(Runnable task) throws InterruptedException {
    FutureTask<?> future = new FutureTask<>(task, null);
    Thread.ofPlatform().stackSize(STACK_BYTES).start(future);
    try {
      future.get();
    } catch (ExecutionException e) {
      throw new AssertionError(e.getCause());
    }
  }
}
