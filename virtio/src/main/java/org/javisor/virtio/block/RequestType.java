package org.javisor.virtio.block;

/** Request types and status values of the block device (virtio 1.2, section 5.2.6). */
final class RequestType {
  static final int IN = 0;
  static final int OUT = 1;
  static final int FLUSH = 4;
  static final int GET_ID = 8;
  static final int DISCARD = 11;
  static final int WRITE_ZEROES = 13;

  static final int STATUS_OK = 0;
  static final int STATUS_IO_ERROR = 1;
  static final int STATUS_UNSUPPORTED = 2;

  private RequestType() {}
}
