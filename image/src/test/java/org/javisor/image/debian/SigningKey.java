package org.javisor.image.debian;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.bcpg.ArmoredOutputStream;
import org.bouncycastle.bcpg.BCPGOutputStream;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.bouncycastle.bcpg.PublicKeyAlgorithmTags;
import org.bouncycastle.bcpg.sig.KeyFlags;
import org.bouncycastle.crypto.generators.Ed25519KeyPairGenerator;
import org.bouncycastle.crypto.params.Ed25519KeyGenerationParameters;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPKeyPair;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPPublicKeyRing;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureGenerator;
import org.bouncycastle.openpgp.PGPSignatureSubpacketGenerator;
import org.bouncycastle.openpgp.operator.bc.BcPGPContentSignerBuilder;
import org.bouncycastle.openpgp.operator.bc.BcPGPKeyPair;

/** A signer of a test's own archive. */
final class SigningKey {
  private static final String USER = "Test Archive <archive@example.org>";

  private final PGPKeyPair pair;
  private PGPPublicKey certified;

  /**
   * @param made when the key comes into being
   * @param validSeconds how long it is valid, 0 for ever
   */
  SigningKey(Instant made, long validSeconds) throws PGPException {
    this(made, validSeconds, KeyFlags.CERTIFY_OTHER | KeyFlags.SIGN_DATA);
  }

  SigningKey(Instant made, long validSeconds, int flags) throws PGPException {
    Ed25519KeyPairGenerator generator = new Ed25519KeyPairGenerator();
    generator.init(new Ed25519KeyGenerationParameters(new SecureRandom()));
    pair =
        new BcPGPKeyPair(
            4, PublicKeyAlgorithmTags.EDDSA_LEGACY, generator.generateKeyPair(), Date.from(made));
    PGPSignatureSubpacketGenerator subpackets = new PGPSignatureSubpacketGenerator();
    subpackets.setSignatureCreationTime(true, Date.from(made));
    subpackets.setKeyFlags(true, flags);
    subpackets.setIssuerFingerprint(false, pair.getPublicKey());
    if (validSeconds > 0) {
      subpackets.setKeyExpirationTime(true, validSeconds);
    }
    PGPSignatureGenerator certification = generator(PGPSignature.POSITIVE_CERTIFICATION);
    certification.setHashedSubpackets(subpackets.generate());
    PGPPublicKey key = pair.getPublicKey();
    certified =
        PGPPublicKey.addCertification(key, USER, certification.generateCertification(USER, key));
  }

  /** Declares the key void from a time on. */
  void revoke(Instant when) throws PGPException {
    PGPSignatureSubpacketGenerator subpackets = new PGPSignatureSubpacketGenerator();
    subpackets.setSignatureCreationTime(true, Date.from(when));
    subpackets.setIssuerFingerprint(false, pair.getPublicKey());
    subpackets.setRevocationReason(true, (byte) 2, "stolen");
    PGPSignatureGenerator revocation = generator(PGPSignature.KEY_REVOCATION);
    revocation.setHashedSubpackets(subpackets.generate());
    certified =
        PGPPublicKey.addCertification(
            certified, revocation.generateCertification(pair.getPublicKey()));
  }

  private PGPSignatureGenerator generator(int type) throws PGPException {
    PGPSignatureGenerator generator =
        new PGPSignatureGenerator(
            new BcPGPContentSignerBuilder(
                pair.getPublicKey().getAlgorithm(), HashAlgorithmTags.SHA256),
            pair.getPublicKey());
    generator.init(type, pair.getPrivateKey());
    return generator;
  }

  /** The certificate, ASCII-armoured. */
  byte[] certificate() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ArmoredOutputStream armor = ArmoredOutputStream.builder().build(out)) {
      new PGPPublicKeyRing(List.of(certified)).encode(armor);
    }
    return out.toByteArray();
  }

  /** The text with a cleartext signature, as {@code gpg --clearsign} makes it. */
  byte[] clearsign(String text, Instant when) throws IOException, PGPException {
    PGPSignatureGenerator generator = generator(PGPSignature.CANONICAL_TEXT_DOCUMENT);
    PGPSignatureSubpacketGenerator subpackets = new PGPSignatureSubpacketGenerator();
    subpackets.setSignatureCreationTime(true, Date.from(when));
    subpackets.setIssuerFingerprint(false, pair.getPublicKey());
    generator.setHashedSubpackets(subpackets.generate());
    generator.update(
        String.join("\r\n", text.lines().map(String::stripTrailing).toList())
            .getBytes(StandardCharsets.UTF_8));
    ByteArrayOutputStream signature = new ByteArrayOutputStream();
    try (ArmoredOutputStream armor = ArmoredOutputStream.builder().build(signature)) {
      generator.generate().encode(new BCPGOutputStream(armor));
    }
    StringBuilder message =
        new StringBuilder("-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n");
    text.lines()
        .forEach(
            line -> message.append(line.startsWith("-") ? "- " : "").append(line).append('\n'));
    message.append(signature.toString(StandardCharsets.US_ASCII));
    return message.toString().getBytes(StandardCharsets.UTF_8);
  }
}
