package org.javisor.riscv.board.boot;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The content of a file to boot from. It is mapped, not read, so that machines that boot the same
 * file share its pages; the file must not shrink while a machine may be reset.
 *
 * @param name for messages
 * @param content read-only; freed when it is no longer reachable
 */
public record BootFile(String name, MemorySegment content) {
  /** The content of a file. */
  public static BootFile map(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      MemorySegment content = channel.map(MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto());
      return new BootFile(path.toString(), content);
    }
  }

  /** Content that is in memory already; the array must not be changed any more. */
  public static BootFile of(String name, byte[] content) {
    return new BootFile(name, MemorySegment.ofArray(content).asReadOnly());
  }

  /** Bytes of content. */
  public long size() {
    return content.byteSize();
  }
}
