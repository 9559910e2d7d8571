package org.javisor.virtio.net;

import org.javisor.virtio.net.Offload.Checksum;
import org.javisor.virtio.net.Offload.Segmentation;
import org.jspecify.annotations.Nullable;

/**
 * The header before each frame in a queue (virtio 1.2, section 5.1.6): flags u8, GSO type u8,
 * header length u16, GSO size u16, checksum start u16, checksum offset u16, buffers u16.
 */
final class FrameHeader {
  static final int BYTES = 12;

  private static final int BUFFER_COUNT = 10;
  private static final int NEEDS_CHECKSUM = 1;
  private static final int DATA_VALID = 2;
  private static final int GSO_NONE = 0;
  private static final int GSO_TCP4 = 1;
  private static final int GSO_TCP6 = 4;

  private FrameHeader() {}

  /**
   * What a header says of a frame.
   *
   * @param offered what the guest may leave undone
   * @return null if that does not hold of this frame, or has not been agreed on
   */
  static @Nullable Offload parse(byte[] header, byte[] frame, OffloadSupport offered) {
    Segmentation segmentation =
        switch (header[1]) {
          case GSO_NONE -> Segmentation.NONE;
          case GSO_TCP4 -> Segmentation.TCP4;
          case GSO_TCP6 -> Segmentation.TCP6;
          default -> null;
        };
    if (segmentation == null) {
      return null;
    }
    if ((header[0] & NEEDS_CHECKSUM) == 0) {
      return segmentation == Segmentation.NONE ? Offload.NONE : null;
    }
    int start = shortAt(header, 6);
    int offset = shortAt(header, 8);
    int size = segmentation == Segmentation.NONE ? 0 : shortAt(header, 4);
    Offload offload = new Offload(Checksum.PARTIAL, start, offset, segmentation, size);
    if (!offered.takes(offload)
        || start < Frame.MINIMUM_BYTES
        || start + offset + 2 > frame.length) {
      return null;
    }
    return segmentation == Segmentation.NONE || SoftwareOffload.consistent(frame, offload)
        ? offload
        : null;
  }

  /** Writes the header of a frame, of which the receiver takes the offload. */
  static void write(byte[] header, Frame frame, int buffers, boolean checksums) {
    Offload offload = frame.offload();
    boolean partial = offload.checksum() == Checksum.PARTIAL;
    boolean valid = checksums && offload.checksum() == Checksum.VALID;
    header[0] = (byte) (partial ? NEEDS_CHECKSUM : valid ? DATA_VALID : 0);
    header[1] =
        (byte)
            switch (offload.segmentation()) {
              case NONE -> GSO_NONE;
              case TCP4 -> GSO_TCP4;
              case TCP6 -> GSO_TCP6;
            };
    boolean whole = offload.segmentation() == Segmentation.NONE;
    int length = whole ? 0 : SoftwareOffload.headerLength(frame.bytes(), offload.segmentation());
    putShort(header, 2, length);
    putShort(header, 4, offload.segmentSize());
    putShort(header, 6, offload.checksumStart());
    putShort(header, 8, offload.checksumOffset());
    putShort(header, BUFFER_COUNT, buffers);
  }

  private static int shortAt(byte[] header, int position) {
    return (header[position + 1] & 0xff) << 8 | (header[position] & 0xff);
  }

  private static void putShort(byte[] header, int position, int value) {
    header[position] = (byte) value;
    header[position + 1] = (byte) (value >>> 8);
  }
}
