package org.javisor.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.javisor.host.ProblemException;
import org.javisor.image.Image;

/**
 * The same machine in QEMU, its state written to a file by a migration and read from it by
 * processes that begin with an incoming one. QEMU for RISC-V does not arm the guest's timer again
 * after that; the machine has no Sstc, as QEMU then gets the least wrong, and a byte on its serial
 * port wakes the guest.
 */
final class QemuSnapshots implements SnapshotSide {
  private static final Duration BETWEEN_TRIES = Duration.ofMillis(20);

  private final List<String> command;
  private final Path folder;
  private final Set<Running> running = new LinkedHashSet<>();

  private QemuSnapshots(List<String> command, Path folder) {
    this.command = List.copyOf(command);
    this.folder = folder;
  }

  /**
   * Boots the machine of an image and writes its state.
   *
   * @param peer QEMU as it is installed here
   */
  static QemuSnapshots take(Peer.Qemu peer, Image image, int cpus, long memory)
      throws InterruptedException {
    QemuSnapshots side =
        new QemuSnapshots(peer.snapshotCommand(image, cpus, memory), temporaryFolder());
    boolean taken = false;
    try {
      side.writeState();
      taken = true;
      return side;
    } finally {
      if (!taken) {
        side.close();
      }
    }
  }

  private static Path temporaryFolder() {
    try {
      return Files.createTempDirectory("javisor-bench");
    } catch (IOException e) {
      throw ProblemException.hostLacks(
          "no temporary folder can be made (" + e.getMessage() + ")",
          "make room or set another java.io.tmpdir");
    }
  }

  private Path state() {
    return folder.resolve("state");
  }

  private void writeState() throws InterruptedException {
    Path socket = folder.resolve("monitor");
    Running machine =
        start(List.of("-monitor", "unix:" + socket + ",server=on,wait=off"), System.nanoTime());
    try {
      machine.console.require(PROMPT, PATIENCE);
      try (SocketChannel monitor = SocketChannel.open(StandardProtocolFamily.UNIX)) {
        monitor.connect(UnixDomainSocketAddress.of(socket));
        // Not stopped: a machine that was would be stopped again where its state is read.
        String text = "migrate \"exec:cat > " + state() + "\"\nquit\n";
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
        while (bytes.hasRemaining()) {
          monitor.write(bytes);
        }
        // Its end is that of QEMU; what it says is of no interest.
        ByteBuffer said = ByteBuffer.allocate(4096);
        while (monitor.read(said) >= 0) {
          said.clear();
        }
      }
      if (!Files.exists(state()) || Files.size(state()) == 0) {
        throw machine.console.failure("in qemu did not write its state");
      }
    } catch (IOException e) {
      throw ProblemException.failed("qemu's monitor cannot be used: " + e.getMessage(), "", e);
    } finally {
      machine.close();
    }
  }

  private Running start(List<String> more, long start) {
    List<String> whole = new ArrayList<>(command);
    whole.addAll(more);
    try {
      Process process =
          new ProcessBuilder(whole).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      Running machine = new Running(process, start);
      Thread.ofVirtual().name("qemu console").start(machine::read);
      return machine;
    } catch (IOException e) {
      throw ProblemException.failed("qemu does not start: " + e.getMessage(), "", e);
    }
  }

  @Override
  public String name() {
    return "qemu";
  }

  @Override
  public Copy copy() throws InterruptedException {
    Running machine = start(List.of("-incoming", "exec:cat " + state()), System.nanoTime());
    boolean answered = false;
    try {
      // What arrives before the state has been read is lost.
      long end = System.nanoTime() + PATIENCE.toNanos();
      while (!answered && System.nanoTime() - end < 0) {
        machine.type(COMMAND);
        answered = machine.console.await(ANSWER, BETWEEN_TRIES);
      }
      if (!answered) {
        throw machine.console.failure("in qemu did not go on from its state");
      }
      machine.seconds = (System.nanoTime() - machine.start) / 1e9;
      running.add(machine);
      return machine;
    } finally {
      if (!answered) {
        machine.close();
      }
    }
  }

  @Override
  public long memory() {
    long sum = 0;
    for (Running machine : running) {
      sum += ProcessMaps.of(machine.process.pid()).proportional();
    }
    return sum;
  }

  @Override
  public void close() {
    List.copyOf(running).forEach(Running::close);
    try {
      Files.deleteIfExists(state());
      Files.deleteIfExists(folder.resolve("monitor"));
      Files.deleteIfExists(folder);
    } catch (IOException e) {
      folder.toFile().deleteOnExit();
    }
  }

  /** A process with a machine. */
  private final class Running implements Copy {
    private final Process process;
    private final long start;
    private final GuestConsole console = new GuestConsole();
    private final Thread atExit;
    private double seconds;

    Running(Process process, long start) {
      this.process = process;
      this.start = start;
      // Whoever ends this process ends the machine too.
      atExit = Thread.ofPlatform().unstarted(process::destroyForcibly);
      Runtime.getRuntime().addShutdownHook(atExit);
    }

    void read() {
      try (InputStream in = process.getInputStream()) {
        in.transferTo(console);
      } catch (IOException e) {
        // The process is gone.
      } finally {
        console.end();
      }
    }

    void type(String text) {
      try {
        OutputStream out = process.getOutputStream();
        out.write(text.getBytes(StandardCharsets.US_ASCII));
        out.flush();
      } catch (IOException e) {
        throw console.failure("in qemu ended");
      }
    }

    @Override
    public double seconds() {
      return seconds;
    }

    @Override
    public void close() {
      running.remove(this);
      process.destroyForcibly();
      try {
        Runtime.getRuntime().removeShutdownHook(atExit);
      } catch (IllegalStateException e) {
        // This process is ending already, and the hook has run or will.
      }
    }
  }
}
