package org.javisor.virtio.block;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.BooleanSupplier;
import org.javisor.virtio.Activation;
import org.javisor.virtio.queue.DescriptorChain;
import org.javisor.virtio.queue.GuestBuffer;
import org.javisor.virtio.queue.MalformedQueueException;

/**
 * Executes the requests of one queue, one at a time (virtio 1.2, section 5.2.6).
 *
 * <pre>
 * readable   type u32, reserved u32, sector u64, then data to write
 * writable   data read, then one byte of status
 * </pre>
 */
final class BlockRequest {
  /** Returned by {@link #execute}: stopped half-way, to be executed again from its start. */
  static final long INTERRUPTED = -1;

  /** The most bytes of one range of a discard or write-zeroes request. */
  static final int MAXIMUM_RANGE = 1 << 30;

  /** The most ranges of one discard or write-zeroes request. */
  static final int MAXIMUM_RANGES = 16;

  private static final int HEADER_BYTES = 16;
  private static final int RANGE_BYTES = 16;
  private static final int UNMAP = 1;

  /** Bytes moved between looks at whether the worker is wanted to return. */
  private static final long CHUNK = 1 << 20;

  /** As {@link #CHUNK}, for ranges that no data is moved for. */
  private static final long RANGE_CHUNK = 64 << 20;

  private final BlockBackend backend;
  private final BlockConfiguration configuration;
  private final BlockMetrics metrics;
  private final Activation activation;
  private final BooleanSupplier writeBack;
  private final BooleanSupplier yielding;
  private final byte[] ranges = new byte[RANGE_BYTES * MAXIMUM_RANGES];
  private boolean interrupted;

  BlockRequest(
      BlockBackend backend,
      BlockConfiguration configuration,
      BlockMetrics metrics,
      Activation activation,
      BooleanSupplier writeBack,
      BooleanSupplier yielding) {
    this.backend = backend;
    this.configuration = configuration;
    this.metrics = metrics;
    this.activation = activation;
    this.writeBack = writeBack;
    this.yielding = yielding;
  }

  /**
   * What a request may use of the disk, by the shape of its chain alone: the guest can change its
   * type until it is executed.
   */
  static IoLimiter.Cost cost(DescriptorChain chain) {
    long read = chain.writable().length() - 1;
    long write = chain.readable().length() - HEADER_BYTES;
    return new IoLimiter.Cost(Math.max(0, read), Math.max(0, write));
  }

  /**
   * Executes a request and writes its status.
   *
   * @return bytes written, or {@link #INTERRUPTED}
   * @throws MalformedQueueException if there is no header, or no room for the status
   */
  long execute(DescriptorChain chain) throws MalformedQueueException {
    GuestBuffer request = chain.readable();
    GuestBuffer response = chain.writable();
    if (request.length() < HEADER_BYTES || response.length() < 1) {
      throw new MalformedQueueException("a block request without header or status");
    }
    int type = request.readInt();
    request.skip(4);
    long sector = request.readLong();
    interrupted = false;
    int status;
    try {
      status = execute(type, sector, request, response);
    } catch (IOException e) {
      status = RequestType.STATUS_IO_ERROR;
    }
    if (interrupted) {
      return INTERRUPTED;
    }
    if (status != RequestType.STATUS_OK) {
      metrics.failures.increment();
    }
    long data = response.length() - 1;
    // After an error the bytes before the status may be unwritten, so none are claimed.
    boolean whole = status == RequestType.STATUS_OK && response.position() == data;
    long written = whole || data == 0 ? response.length() : response.position();
    response.skip(response.remaining() - 1);
    response.writeByte(status);
    return written;
  }

  private int execute(int type, long sector, GuestBuffer request, GuestBuffer response)
      throws IOException {
    return switch (type) {
      case RequestType.IN -> read(sector, response);
      case RequestType.OUT -> write(sector, request);
      case RequestType.FLUSH -> flush();
      case RequestType.GET_ID -> identify(response);
      case RequestType.DISCARD ->
          activation.negotiated(BlockFeature.DISCARD)
              ? ranges(request, false)
              : RequestType.STATUS_UNSUPPORTED;
      case RequestType.WRITE_ZEROES ->
          activation.negotiated(BlockFeature.WRITE_ZEROES)
              ? ranges(request, true)
              : RequestType.STATUS_UNSUPPORTED;
      default -> RequestType.STATUS_UNSUPPORTED;
    };
  }

  private int read(long sector, GuestBuffer response) throws IOException {
    long length = response.length() - 1;
    if (!inside(sector, length)) {
      return RequestType.STATUS_IO_ERROR;
    }
    long offset = sector * BlockDevice.SECTOR;
    for (long done = 0; done < length; done += CHUNK) {
      if (done > 0 && interrupt()) {
        return RequestType.STATUS_IO_ERROR;
      }
      long start = offset + done;
      response.transfer(
          Math.min(CHUNK, length - done),
          (position, segment) -> backend.read(start + position, segment));
    }
    metrics.reads.increment();
    metrics.bytesRead.add(length);
    return RequestType.STATUS_OK;
  }

  private int write(long sector, GuestBuffer request) throws IOException {
    long length = request.remaining();
    if (backend.readOnly() || !inside(sector, length)) {
      return RequestType.STATUS_IO_ERROR;
    }
    long offset = sector * BlockDevice.SECTOR;
    for (long done = 0; done < length; done += CHUNK) {
      if (done > 0 && interrupt()) {
        return RequestType.STATUS_IO_ERROR;
      }
      long start = offset + done;
      request.transfer(
          Math.min(CHUNK, length - done),
          (position, segment) -> backend.write(start + position, segment));
    }
    writeThrough();
    metrics.writes.increment();
    metrics.bytesWritten.add(length);
    return RequestType.STATUS_OK;
  }

  private int flush() throws IOException {
    backend.flush();
    metrics.flushes.increment();
    return RequestType.STATUS_OK;
  }

  private int identify(GuestBuffer response) {
    // Padded with zeroes; not terminated if it fills all 20 bytes (section 5.2.6.1).
    byte[] id = new byte[BlockConfiguration.ID_BYTES];
    byte[] text = configuration.id().getBytes(StandardCharsets.UTF_8);
    System.arraycopy(text, 0, id, 0, text.length);
    if (response.length() - 1 < id.length) {
      return RequestType.STATUS_IO_ERROR;
    }
    response.write(id, 0, id.length);
    return RequestType.STATUS_OK;
  }

  /**
   * Discard and write-zeroes: a list of {sector u64, sectors u32, flags u32}. All ranges are
   * checked before the first is touched.
   */
  private int ranges(GuestBuffer request, boolean zeroes) throws IOException {
    long bytes = request.remaining();
    if (backend.readOnly()
        || bytes == 0
        || bytes % RANGE_BYTES != 0
        || bytes > (long) RANGE_BYTES * MAXIMUM_RANGES) {
      return RequestType.STATUS_IO_ERROR;
    }
    // Copied first: the guest may change a range between the check and the use.
    int count = request.read(ranges, 0, (int) bytes) / RANGE_BYTES;
    RangeList list = new RangeList(ranges);
    for (int i = 0; i < count; i++) {
      int flags = list.flags(i);
      if ((flags & ~UNMAP) != 0 || (!zeroes && flags != 0)) {
        return RequestType.STATUS_UNSUPPORTED;
      }
      if (list.length(i) > MAXIMUM_RANGE || !inside(list.sector(i), list.length(i))) {
        return RequestType.STATUS_IO_ERROR;
      }
    }
    for (int i = 0; i < count; i++) {
      long offset = list.sector(i) * BlockDevice.SECTOR;
      for (long done = 0; done < list.length(i); done += RANGE_CHUNK) {
        if (done + i > 0 && interrupt()) {
          return RequestType.STATUS_IO_ERROR;
        }
        long length = Math.min(RANGE_CHUNK, list.length(i) - done);
        if (zeroes) {
          backend.writeZeroes(offset + done, length, (list.flags(i) & UNMAP) != 0);
        } else {
          backend.discard(offset + done, length);
        }
      }
    }
    if (zeroes) {
      writeThrough();
    }
    metrics.discards.increment();
    return RequestType.STATUS_OK;
  }

  /** Whether to stop here. Requests are repeatable, so they then start over. */
  private boolean interrupt() {
    interrupted = yielding.getAsBoolean();
    return interrupted;
  }

  private void writeThrough() throws IOException {
    if (!writeBack.getAsBoolean()) {
      backend.flush();
    }
  }

  /** Whether a range is a whole number of blocks within the disk. */
  private boolean inside(long sector, long length) {
    long size = backend.sizeBytes();
    return length % configuration.blockSize() == 0
        && sector >= 0
        && sector <= size / BlockDevice.SECTOR
        && length <= size - sector * BlockDevice.SECTOR
        && sector * BlockDevice.SECTOR % configuration.blockSize() == 0;
  }
}
