package org.javisor.server.http;

import java.util.Optional;

/**
 * Who calls.
 *
 * @param trusted whether the caller may use everything
 * @param method how the caller proved it: {@code unix} or {@code tls}; in the API's words
 * @param fingerprint of the caller's certificate, in hexadecimal, if it gave one
 * @param certificate that certificate, base64 of its DER form
 * @param local whether the call came over the Unix socket
 */
public record Caller(
    boolean trusted,
    String method,
    Optional<String> fingerprint,
    Optional<String> certificate,
    boolean local) {}
