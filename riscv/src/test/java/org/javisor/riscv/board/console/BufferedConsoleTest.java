package org.javisor.riscv.board.console;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class BufferedConsoleTest {
  /** A stream whose writer waits for the test. */
  private static final class Gate extends OutputStream {
    private final Semaphore open = new Semaphore(0);
    private final ByteArrayOutputStream content = new ByteArrayOutputStream();

    @Override
    public void write(int octet) {
      write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      open.acquireUninterruptibly();
      content.write(bytes, offset, length);
    }
  }

  @Test
  void outputArrivesInOrder() throws Exception {
    ByteArrayOutputStream sink = new ByteArrayOutputStream();
    try (BufferedConsole console = new BufferedConsole(sink)) {
      for (int i = 0; i < 1000; i++) {
        byte[] line = (i + "\n").getBytes(ISO_8859_1);
        assertThat(console.write(line, 0, line.length)).isEqualTo(line.length);
      }
      console.awaitWritten();
    }
    assertThat(sink.toString(ISO_8859_1)).startsWith("0\n1\n2\n").endsWith("998\n999\n");
  }

  @Test
  void writerNeverWaitsForAStalledSink() throws Exception {
    Gate gate = new Gate();
    CountDownLatch room = new CountDownLatch(1);
    try (BufferedConsole console = new BufferedConsole(gate)) {
      console.onReady(room::countDown);
      byte[] block = new byte[BufferedConsole.OUTPUT_BYTES];
      int taken = 0;
      int last = 1;
      // The output thread may take a burst in between; then it stalls and the buffer fills.
      while (last > 0) {
        last = console.write(block, 0, block.length);
        taken += last;
        if (taken > 4 * block.length) {
          break;
        }
      }
      assertThat(taken).isLessThanOrEqualTo(2 * block.length);
      gate.open.release(1000);
      assertThat(room.await(20, TimeUnit.SECONDS)).isTrue();
      console.awaitWritten();
      assertThat(gate.content.size()).isEqualTo(taken);
    }
  }

  @Test
  void typingWaitsForTheGuest() throws Exception {
    try (BufferedConsole console = new BufferedConsole(OutputStream.nullOutputStream())) {
      byte[] text = new byte[BufferedConsole.INPUT_BYTES + 100];
      text[text.length - 1] = 'z';
      AtomicBoolean all = new AtomicBoolean();
      Thread typist =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      all.set(console.type(text, 0, text.length));
                    } catch (InterruptedException e) {
                      Thread.currentThread().interrupt();
                    }
                  });
      byte[] read = new byte[text.length];
      int count = 0;
      while (count < read.length) {
        count += console.read(read, count, Math.min(50, read.length - count));
        Thread.onSpinWait();
      }
      typist.join();
      assertThat(all).isTrue();
      assertThat(read).isEqualTo(text);
    }
  }

  @Test
  void closingReleasesTheTypist() throws Exception {
    BufferedConsole console = new BufferedConsole(OutputStream.nullOutputStream());
    byte[] text = new byte[BufferedConsole.INPUT_BYTES + 1];
    AtomicBoolean all = new AtomicBoolean(true);
    CountDownLatch typing = new CountDownLatch(1);
    console.onReady(typing::countDown);
    Thread typist =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    all.set(console.type(text, 0, text.length));
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                });
    typing.await();
    console.close();
    typist.join();
    assertThat(all).isFalse();
    assertThat(console.write(text, 0, 10)).as("discarded").isEqualTo(10);
  }

  @Test
  void failingSinkDoesNotStopTheGuest() throws Exception {
    OutputStream broken =
        new OutputStream() {
          @Override
          public void write(int octet) throws IOException {
            throw new IOException("broken pipe");
          }
        };
    try (BufferedConsole console = new BufferedConsole(broken)) {
      for (int i = 0; i < 100; i++) {
        assertThat(console.write(new byte[8192], 0, 8192)).isEqualTo(8192);
        console.awaitWritten();
      }
    }
  }
}
