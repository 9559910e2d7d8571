package org.javisor.virtio.block;

/** Feature bits of the block device (virtio 1.2, section 5.2.3). */
final class BlockFeature {
  static final int SEG_MAX = 2;
  static final int RO = 5;
  static final int BLK_SIZE = 6;
  static final int FLUSH = 9;
  static final int TOPOLOGY = 10;
  static final int CONFIG_WCE = 11;
  static final int MQ = 12;
  static final int DISCARD = 13;
  static final int WRITE_ZEROES = 14;

  private BlockFeature() {}
}
