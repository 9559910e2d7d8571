package org.javisor.image.openpgp;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import org.bouncycastle.bcpg.ArmoredInputStream;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureList;
import org.bouncycastle.openpgp.PGPUtil;
import org.bouncycastle.openpgp.api.OpenPGPCertificate;
import org.bouncycastle.openpgp.api.OpenPGPCertificate.OpenPGPComponentKey;
import org.bouncycastle.openpgp.api.OpenPGPDetachedSignatureProcessor;
import org.bouncycastle.openpgp.api.OpenPGPImplementation;
import org.bouncycastle.openpgp.api.OpenPGPKeyReader;
import org.bouncycastle.openpgp.api.OpenPGPSignature.OpenPGPDocumentSignature;
import org.bouncycastle.openpgp.api.bc.BcOpenPGPImplementation;
import org.bouncycastle.openpgp.bc.BcPGPObjectFactory;
import org.jspecify.annotations.Nullable;

/** The certificates of the signers we trust. */
public final class Keyring {
  private static final OpenPGPImplementation IMPLEMENTATION = new BcOpenPGPImplementation();

  private final List<OpenPGPCertificate> certificates;

  private Keyring(List<OpenPGPCertificate> certificates) {
    this.certificates = List.copyOf(certificates);
  }

  /**
   * Reads certificates from one or several ASCII-armoured blocks, or from binary packets.
   *
   * @throws IOException if there is no certificate or one cannot be read
   */
  public static Keyring parse(byte[] encoded) throws IOException {
    List<OpenPGPCertificate> found = new ArrayList<>();
    OpenPGPKeyReader reader = new OpenPGPKeyReader(IMPLEMENTATION);
    InputStream rest = new ByteArrayInputStream(encoded);
    try {
      if (encoded.length > 0 && encoded[0] == '-') {
        while (rest.available() > 0) {
          byte[] block = new ArmoredInputStream(rest).readAllBytes();
          if (block.length > 0) {
            found.addAll(reader.parseCertificates(block));
          }
        }
      } else {
        found.addAll(reader.parseCertificates(PGPUtil.getDecoderStream(rest).readAllBytes()));
      }
    } catch (RuntimeException e) {
      // The library reports malformed packets with unchecked exceptions of many kinds.
      throw new IOException("the keyring cannot be read: " + e.getMessage(), e);
    }
    if (found.isEmpty()) {
      throw new IOException("the keyring holds no certificate");
    }
    return new Keyring(found);
  }

  /**
   * Reads certificates from a file.
   *
   * @throws IOException if the file cannot be read or holds none
   */
  public static Keyring read(Path file) throws IOException {
    return parse(Files.readAllBytes(file));
  }

  /** The fingerprints of the primary keys, lower-case hexadecimal. */
  public List<String> fingerprints() {
    return certificates.stream().map(c -> HexFormat.of().formatHex(c.getFingerprint())).toList();
  }

  /**
   * Verifies a cleartext-signed text (RFC 9580 section 7) and returns what is signed.
   *
   * <p>One good signature of a trusted signer is enough; signatures of strangers are ignored, since
   * an archive signs with old and new keys side by side. A signature counts if its key was able to
   * sign when it was made (bound to its certificate, neither expired nor revoked), is not revoked
   * since, uses SHA-256 or better, and does not come from the future.
   *
   * @param now the time to judge dates by
   * @throws SignatureException if no signature counts, or the text is not framed as it must be
   */
  public String verify(byte[] signed, Instant now) throws SignatureException {
    CleartextMessage message = CleartextMessage.parse(signed);
    List<String> reasons = new ArrayList<>();
    for (PGPSignature signature : signatures(message)) {
      String reason = judge(signature, message, now);
      if (reason == null) {
        return message.text();
      }
      reasons.add(reason);
    }
    throw new SignatureException(
        reasons.isEmpty() ? "there is no signature" : String.join("; ", reasons));
  }

  private static List<PGPSignature> signatures(CleartextMessage message) throws SignatureException {
    List<PGPSignature> found = new ArrayList<>();
    try (ArmoredInputStream armor =
        new ArmoredInputStream(
            new ByteArrayInputStream(
                message.armoredSignatures().getBytes(StandardCharsets.US_ASCII)))) {
      BcPGPObjectFactory packets = new BcPGPObjectFactory(armor);
      for (Object packet = packets.nextObject(); packet != null; packet = packets.nextObject()) {
        if (packet instanceof PGPSignatureList list) {
          list.forEach(found::add);
        }
      }
    } catch (IOException | RuntimeException e) {
      throw new SignatureException("the signature cannot be read: " + e.getMessage());
    }
    return found;
  }

  /** Null if the signature counts, else why it does not. */
  private @Nullable String judge(PGPSignature signature, CleartextMessage message, Instant now) {
    String keyId = HexFormat.of().toHexDigits(signature.getKeyID());
    for (OpenPGPCertificate certificate : certificates) {
      OpenPGPComponentKey key = certificate.getSigningKeyFor(signature);
      if (key == null) {
        continue;
      }
      if (signature.getSignatureType() != PGPSignature.CANONICAL_TEXT_DOCUMENT) {
        return "the signature by " + keyId + " is not one over text";
      }
      int hash = signature.getHashAlgorithm();
      if (hash != HashAlgorithmTags.SHA256
          && hash != HashAlgorithmTags.SHA384
          && hash != HashAlgorithmTags.SHA512) {
        return "the signature by " + keyId + " uses a weak hash";
      }
      Date made = signature.getCreationTime();
      if (made.toInstant().isAfter(now.plusSeconds(CLOCK_SLACK_SECONDS))) {
        return "the signature by " + keyId + " is from the future (" + made.toInstant() + ")";
      }
      try {
        OpenPGPDocumentSignature checked = check(certificate, signature, message);
        if (checked == null || !checked.isTestedCorrect()) {
          return "the signature by " + keyId + " is not good";
        }
        if (!checked.isValidAt(made)) {
          return "the key " + keyId + " was not valid when it signed";
        }
        if (!key.isSigningKey(made)) {
          return "the key " + keyId + " may not sign";
        }
        if (!key.isBoundAt(Date.from(now))) {
          return "the key " + keyId + " has expired or is revoked";
        }
        return null;
      } catch (IOException | PGPException | RuntimeException e) {
        return "the signature by " + keyId + " cannot be checked: " + e.getMessage();
      }
    }
    return "the signer " + keyId + " is not known";
  }

  private static @Nullable OpenPGPDocumentSignature check(
      OpenPGPCertificate certificate, PGPSignature signature, CleartextMessage message)
      throws IOException {
    List<OpenPGPDocumentSignature> checked =
        new OpenPGPDetachedSignatureProcessor(IMPLEMENTATION)
            .addSignature(signature)
            .addVerificationCertificate(certificate)
            .process(new ByteArrayInputStream(message.canonicalBytes()));
    return checked.isEmpty() ? null : checked.getFirst();
  }

  /** How far a signer's clock may run ahead of ours. */
  private static final long CLOCK_SLACK_SECONDS = 24 * 3600;
}
