package org.javisor.network.dns;

/** How messages travel. */
public enum DnsTransport {
  /** By UDP: an answer may be no longer than the client says (RFC 1035, section 4.2.1). */
  DATAGRAM,
  /** By TCP: a message of any length is behind its length in two bytes (RFC 7766). */
  STREAM;

  /** Bytes of the longest message. */
  static final int LONGEST_MESSAGE = 65_535;
}
