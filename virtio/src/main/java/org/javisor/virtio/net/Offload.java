package org.javisor.virtio.net;

/**
 * What the sender of a frame has left undone, for the receiver or whoever stands before it (virtio
 * 1.2, section 5.1.6.2).
 *
 * @param checksum what is known of the transport's checksum
 * @param checksumStart where a partial checksum's bytes begin, from the start of the frame; they
 *     run to its end
 * @param checksumOffset where the field is, from there; it holds the pseudo-header's sum
 * @param segmentation whether the frame is several segments in one
 * @param segmentSize payload bytes of a segment
 */
public record Offload(
    Checksum checksum,
    int checksumStart,
    int checksumOffset,
    Segmentation segmentation,
    int segmentSize) {
  /** What is known of the checksum of TCP, UDP or the like. */
  public enum Checksum {
    /** It is in the frame, if there is one, and nobody has looked whether it is right. */
    IN_FRAME,
    /** It has still to be computed. */
    PARTIAL,
    /** It is right, as one says who is part of the host. */
    VALID
  }

  /** Segments that a frame has to be cut into. */
  public enum Segmentation {
    /** None: the frame is what is to be sent. */
    NONE,
    /** Of TCP over IPv4. */
    TCP4,
    /** Of TCP over IPv6. */
    TCP6
  }

  /** Nothing is left undone, nothing is known. */
  public static final Offload NONE = new Offload(Checksum.IN_FRAME, 0, 0, Segmentation.NONE, 0);

  /** Nothing is left undone, and the checksum is right. */
  public static final Offload VALID = new Offload(Checksum.VALID, 0, 0, Segmentation.NONE, 0);

  /** A checksum to be computed, nothing else. */
  public static Offload partial(int start, int offset) {
    return new Offload(Checksum.PARTIAL, start, offset, Segmentation.NONE, 0);
  }

  /** Whether the frame can go over a real wire as it is. */
  public boolean complete() {
    return checksum != Checksum.PARTIAL && segmentation == Segmentation.NONE;
  }
}
