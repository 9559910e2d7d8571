package org.javisor.machine;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Cleaner;
import java.lang.ref.WeakReference;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A file that machines have their memory from, each a private copy. It is one for all machines of
 * this JVM, so that what is found out about its content once serves them all; it goes when the last
 * of them does.
 */
@SuppressWarnings("restricted") // A segment at an address is the point.
public final class MemoryImage {
  private static final int NO_DESCRIPTOR = -1;
  private static final Cleaner CLEANER = Cleaner.create();
  private static final Map<Identity, WeakReference<MemoryImage>> KNOWN = new HashMap<>();

  /** What tells the content of a file from that of every other one, now or later. */
  private record Identity(Object file, long length, FileTime modified, long size) {
    static @Nullable Identity of(Path path, long size) throws IOException {
      BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
      if (attributes.size() < size) {
        throw new IOException(
            path + " has " + attributes.size() + " bytes, too few for guest memory of " + size);
      }
      Object file = attributes.fileKey();
      return file == null
          ? null
          : new Identity(file, attributes.size(), attributes.lastModifiedTime(), size);
    }
  }

  private final long size;
  private final MemorySegment content;
  private final int descriptor;
  private final Map<Class<?>, Object> knowledge = new HashMap<>();

  private MemoryImage(long size, MemorySegment content, int descriptor) {
    this.size = size;
    this.content = content;
    this.descriptor = descriptor;
  }

  /**
   * The first {@code size} bytes of a file, which must not change as long as the image is in use.
   *
   * @throws IOException if the file is shorter, or cannot be mapped
   */
  static synchronized MemoryImage of(Path path, long size) throws IOException {
    Identity identity = Identity.of(path, size);
    WeakReference<MemoryImage> reference = identity == null ? null : KNOWN.get(identity);
    MemoryImage known = reference == null ? null : reference.get();
    if (known != null) {
      return known;
    }
    MemoryImage opened = open(path, size);
    KNOWN.values().removeIf(each -> each.get() == null);
    // Another file may have come under the same name meanwhile.
    if (identity != null && identity.equals(Identity.of(path, size))) {
      KNOWN.put(identity, new WeakReference<>(opened));
    }
    return opened;
  }

  private static MemoryImage open(Path path, long size) throws IOException {
    MappingCalls calls = MappingCalls.available();
    if (calls == null) {
      try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
        return new MemoryImage(
            size, channel.map(MapMode.READ_ONLY, 0, size, Arena.ofAuto()), NO_DESCRIPTOR);
      }
    }
    int descriptor = calls.open(path);
    long address;
    try {
      address = calls.readOnly(size, descriptor);
    } catch (IOException e) {
      calls.close(descriptor);
      throw new IOException(path + ": " + e.getMessage(), e);
    }
    MemorySegment content = MemorySegment.ofAddress(address).reinterpret(size).asReadOnly();
    MemoryImage image = new MemoryImage(size, content, descriptor);
    var _ = CLEANER.register(image, () -> release(calls, address, size, descriptor));
    return image;
  }

  private static void release(MappingCalls calls, long address, long size, int descriptor) {
    calls.unmap(address, size);
    calls.close(descriptor);
  }

  /** Bytes of memory. */
  public long size() {
    return size;
  }

  /**
   * The machine address of the content, as long as the image is reachable. Not to be written to.
   */
  public long machineAddress() {
    return content.address();
  }

  MemorySegment content() {
    return content;
  }

  /** Where another process of the same user finds the file, whatever became of its name. */
  Path descriptorPath() throws IOException {
    if (descriptor == NO_DESCRIPTOR) {
      throw new IOException("this host does not share open files");
    }
    return SharedMemory.path(descriptor);
  }

  long privateCopy(MappingCalls calls, long at) throws IOException {
    return calls.privateCopy(at, size, descriptor);
  }

  /**
   * What is known about the content, kept as long as the image.
   *
   * @param maker makes it when it is first asked for
   */
  public <T> T knowledge(Class<T> type, Supplier<T> maker) {
    synchronized (knowledge) {
      return type.cast(knowledge.computeIfAbsent(type, _ -> maker.get()));
    }
  }
}
