package org.javisor.virtio.net;

import java.util.List;

/**
 * What a receiver of frames does by itself; the rest is done in software before it gets them.
 *
 * @param checksum takes partial checksums
 * @param tcp4 takes segments of TCP over IPv4 in one frame; so must its {@code checksum}
 * @param tcp6 the same of TCP over IPv6
 */
public record OffloadSupport(boolean checksum, boolean tcp4, boolean tcp6) {
  /** Takes whole frames only, as a real wire does. */
  public static final OffloadSupport NONE = new OffloadSupport(false, false, false);

  /** Takes everything. */
  public static final OffloadSupport ALL = new OffloadSupport(true, true, true);

  /** Whether a frame can be taken as it is. */
  public boolean takes(Offload offload) {
    return switch (offload.segmentation()) {
      case NONE -> checksum || offload.checksum() != Offload.Checksum.PARTIAL;
      case TCP4 -> checksum && tcp4;
      case TCP6 -> checksum && tcp6;
    };
  }

  /** The frames that the receiver gets instead of this one; none if it is not what it says. */
  public List<Frame> adapt(Frame frame) {
    if (takes(frame.offload())) {
      return List.of(frame);
    }
    return frame.offload().segmentation() == Offload.Segmentation.NONE
        ? List.of(SoftwareOffload.complete(frame))
        : SoftwareOffload.segment(frame);
  }
}
