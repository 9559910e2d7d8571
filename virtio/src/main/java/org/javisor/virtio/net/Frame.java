package org.javisor.virtio.net;

/**
 * An Ethernet frame on its way. It is handed over by reference: nobody changes the bytes from the
 * moment a frame is made of them.
 *
 * @param bytes from the destination address to the end of the payload, without checksum, {@value
 *     #MINIMUM_BYTES} to {@value #MAXIMUM_BYTES} bytes
 * @param offload what is still to be done before it could go over a real wire
 */
@SuppressWarnings("ArrayRecordComponent") // Frames are not compared.
public record Frame(byte[] bytes, Offload offload) {
  /** Bytes of the header: two addresses and a type. */
  public static final int MINIMUM_BYTES = 14;

  /** A header, and 64 KiB. */
  public static final int MAXIMUM_BYTES = MINIMUM_BYTES + 65536;

  /** Checks the length. */
  public Frame {
    if (bytes.length < MINIMUM_BYTES || bytes.length > MAXIMUM_BYTES) {
      throw new IllegalArgumentException("frame of " + bytes.length + " bytes");
    }
  }

  /** A whole frame. */
  public static Frame of(byte[] bytes) {
    return new Frame(bytes, Offload.NONE);
  }

  /** A copy of the bytes with the checksum computed; segments in one frame stay that. */
  public byte[] checksummed() {
    return offload.checksum() == Offload.Checksum.PARTIAL
        ? SoftwareOffload.complete(this).bytes()
        : bytes.clone();
  }

  /** Bytes in it. */
  public int length() {
    return bytes.length;
  }
}
