package org.javisor.network.tcp;

/** How many bytes may be on their way (RFC 5681, RFC 6928). */
final class CongestionWindow {
  private static final int FIRST_SEGMENTS = 10;
  private static final int MAXIMUM = 1 << 20;
  private static final int DUPLICATES = 3;

  private final int segment;
  private int bytes;
  private int threshold = MAXIMUM;
  private int duplicates;

  /** As it is at the beginning, for segments of so many bytes. */
  CongestionWindow(int segment) {
    this.segment = segment;
    bytes = FIRST_SEGMENTS * segment;
  }

  int bytes() {
    return bytes;
  }

  /** More of what was sent has come. */
  void acknowledged(int count) {
    duplicates = 0;
    long more =
        bytes < threshold
            ? Math.min(count, segment)
            : Math.max(1, (long) segment * segment / bytes);
    bytes = (int) Math.min(MAXIMUM, bytes + more);
  }

  /** Something came that was not the next; true if what was should be sent again. */
  boolean duplicate(int inFlight) {
    duplicates++;
    if (duplicates == DUPLICATES) {
      threshold = Math.max(inFlight / 2, 2 * segment);
      bytes = threshold;
    }
    return duplicates == DUPLICATES;
  }

  /** Nothing has come in time. */
  void lost(int inFlight) {
    threshold = Math.max(inFlight / 2, 2 * segment);
    bytes = segment;
    duplicates = 0;
  }
}
