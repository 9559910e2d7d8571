package org.javisor.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.javisor.host.CommandRun;
import org.javisor.host.DataFolder;
import org.javisor.host.EngineKind;
import org.javisor.host.GuestCommand;
import org.javisor.host.Host;
import org.javisor.host.Instance;
import org.javisor.host.MachineSpec;
import org.javisor.host.NetworkCard;
import org.javisor.image.Progress;
import org.javisor.network.MachinePort;
import org.javisor.network.PortRequest;
import org.javisor.network.VirtualNetwork;
import org.javisor.virtio.net.FramePort;

/** A busybox machine in a network, with a shell that takes one command after the other. */
final class NetworkedMachine implements AutoCloseable {
  private static final long PATIENCE = TimeUnit.MINUTES.toNanos(4);

  private final MachinePort port;
  private final Instance instance;
  private final CommandRun run;
  private final PipedOutputStream input = new PipedOutputStream();
  private final ByteArrayOutputStream output = new ByteArrayOutputStream();
  private int commands;

  /** Boots one; the image must be there. */
  NetworkedMachine(Path home, VirtualNetwork network, PortRequest request) throws Exception {
    this(home, network.attach(request));
  }

  private NetworkedMachine(Path home, MachinePort port) throws Exception {
    this(home, port, port);
  }

  /** Boots one whose cable does not lead straight to its port. */
  NetworkedMachine(Path home, MachinePort port, FramePort cable) throws Exception {
    this.port = port;
    PipedInputStream piped = new PipedInputStream(input, 1 << 16);
    OutputStream collected =
        new OutputStream() {
          @Override
          public void write(int value) {
            write(new byte[] {(byte) value}, 0, 1);
          }

          @Override
          public void write(byte[] bytes, int start, int length) {
            synchronized (output) {
              output.write(bytes, start, length);
              output.notifyAll();
            }
          }
        };
    InputStream stdin = piped;
    GuestCommand shell =
        new GuestCommand(
            List.of("sh".getBytes(UTF_8)), Map.of(), Optional.empty(), false, Optional.empty());
    run = new CommandRun(shell, new CommandRun.Streams(stdin, collected, collected));
    Host host = new Host(DataFolder.open(home), System.getenv(), Optional.empty(), Progress.NONE);
    MachineSpec spec =
        new MachineSpec(
            new MachineSpec.Boot.Image("busybox"),
            1,
            OptionalLong.of(128 << 20),
            OptionalLong.empty(),
            EngineKind.TRANSLATOR,
            "",
            Optional.empty(),
            false);
    instance =
        host.build(
            spec, run.ports(), run.bootWords(), NetworkCard.of(port.mac(), port.mtu(), cable));
    instance.stopOnGuestReset();
    instance.start();
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                run.await(instance);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
  }

  MachinePort port() {
    return port;
  }

  /** What a command writes to both outputs, and its exit code in a last line of its own. */
  String run(String command) throws IOException, InterruptedException {
    String end = "=end-" + ++commands + "=";
    synchronized (output) {
      output.reset();
    }
    input.write(("{ " + command + "\n} 2>&1; echo $? " + end + "\n").getBytes(UTF_8));
    input.flush();
    long patience = System.nanoTime() + PATIENCE;
    synchronized (output) {
      while (true) {
        String text = output.toString(UTF_8);
        int at = text.indexOf(" " + end + "\n");
        if (at >= 0) {
          return text.substring(0, at);
        }
        long left = (patience - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
          throw new AssertionError(
              command
                  + " has not ended; so far: "
                  + text
                  + String.join("\n", instance.lastConsoleLines()));
        }
        output.wait(left);
      }
    }
  }

  /** Waits until the DHCP client has set its address. */
  void awaitAddress() throws IOException, InterruptedException {
    run("until ip addr show dev eth0 | grep -q ' inet '; do sleep 1; done");
  }

  @Override
  public void close() throws IOException {
    run.close();
    input.close();
    instance.close();
    port.close();
  }
}
