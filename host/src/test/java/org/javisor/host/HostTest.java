package org.javisor.host;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostTest {
  @TempDir private Path folder;

  @Test
  void anInterruptionInTheMiddleOfAFileIsNoFailure() {
    assertThatThrownBy(
            () ->
                Host.explained(
                    () -> {
                      Thread.currentThread().interrupt();
                      return write();
                    }))
        .isInstanceOf(InterruptedException.class);
  }

  @Test
  void otherFailuresOfFilesAreExplained() {
    assertThatThrownBy(
            () ->
                Host.explained(
                    () -> {
                      throw new IOException("the disk is broken");
                    }))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("the disk is broken");
  }

  private int write() throws IOException {
    try (FileChannel file =
        FileChannel.open(
            folder.resolve("file"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      return file.write(ByteBuffer.allocate(1));
    } finally {
      // The interrupt stays set, and the next test runs on the same thread.
      boolean _ = Thread.interrupted();
    }
  }
}
