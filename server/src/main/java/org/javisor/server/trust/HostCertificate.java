package org.javisor.server.trust;

import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.HexFormat;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.javisor.storage.store.DurableRename;

/**
 * The host's own key and self-signed certificate. Clients know the host by the certificate's
 * SHA-256 digest, which a join token tells them.
 *
 * @param certificate X.509, ECDSA on P-384
 * @param key its private key
 */
public record HostCertificate(X509Certificate certificate, PrivateKey key) {
  private static final Duration LIFE = Duration.ofDays(3650);
  private static final String CERTIFICATE_FILE = "host.crt";
  private static final String KEY_FILE = "host.key";

  /** Reads key and certificate from this folder, or makes them there. */
  public static HostCertificate in(Path folder) throws IOException {
    Path certificate = folder.resolve(CERTIFICATE_FILE);
    try {
      if (!Files.exists(certificate)) {
        make(folder, certificate);
      }
      X509Certificate read;
      try (var in = Files.newInputStream(certificate)) {
        read = (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
      }
      byte[] key = unarmored(Files.readString(folder.resolve(KEY_FILE)));
      return new HostCertificate(
          read, KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(key)));
    } catch (GeneralSecurityException | OperatorCreationException e) {
      throw new IOException("the certificate in " + folder + " cannot be used", e);
    }
  }

  private static void make(Path folder, Path certificateFile)
      throws IOException, GeneralSecurityException, OperatorCreationException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp384r1"));
    KeyPair pair = generator.generateKeyPair();
    String host = hostName();
    var name =
        new X500NameBuilder(BCStyle.INSTANCE)
            .addRDN(BCStyle.O, "Javisor")
            .addRDN(BCStyle.CN, "root@" + host)
            .build();
    // A little in the past, for clients whose clocks are behind.
    Instant from = Instant.now().minus(Duration.ofMinutes(10));
    var builder =
        new JcaX509v3CertificateBuilder(
            name,
            new BigInteger(127, new SecureRandom()),
            Date.from(from),
            Date.from(from.plus(LIFE)),
            name,
            pair.getPublic());
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
    builder.addExtension(
        Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
    builder.addExtension(
        Extension.subjectAlternativeName,
        false,
        new GeneralNames(
            new GeneralName[] {
              new GeneralName(GeneralName.dNSName, host),
              new GeneralName(GeneralName.iPAddress, "127.0.0.1"),
              new GeneralName(GeneralName.iPAddress, "::1")
            }));
    X509Certificate certificate =
        new JcaX509CertificateConverter()
            .getCertificate(
                builder.build(
                    new JcaContentSignerBuilder("SHA384withECDSA").build(pair.getPrivate())));
    write(folder.resolve(KEY_FILE), armored("PRIVATE KEY", pair.getPrivate().getEncoded()));
    // Last, since its presence says that the key is there too.
    write(certificateFile, armored("CERTIFICATE", certificate.getEncoded()));
  }

  private static String hostName() {
    try {
      String name = InetAddress.getLocalHost().getHostName();
      return name.matches("[A-Za-z0-9.-]{1,63}") ? name : "javisor";
    } catch (IOException e) {
      return "javisor";
    }
  }

  private static void write(Path file, String text) throws IOException {
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(fresh);
    Files.createFile(
        fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(fresh, text);
    DurableRename.move(fresh, file);
  }

  private static String armored(String what, byte[] der) {
    String lines =
        Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(der);
    return "-----BEGIN " + what + "-----\n" + lines + "\n-----END " + what + "-----\n";
  }

  private static byte[] unarmored(String text) {
    return Base64.getMimeDecoder().decode(text.replaceAll("-----[A-Z ]+-----", ""));
  }

  /** The certificate as text. */
  public String pem() {
    return pem(certificate);
  }

  /** A certificate as text. */
  public static String pem(X509Certificate certificate) {
    try {
      return armored("CERTIFICATE", certificate.getEncoded());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a certificate that was read can be written", e);
    }
  }

  /** Its SHA-256 digest in hexadecimal. */
  public String fingerprint() {
    return fingerprint(certificate);
  }

  /** The SHA-256 digest of a certificate in hexadecimal. */
  public static String fingerprint(X509Certificate certificate) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
      return HexFormat.of().formatHex(digest);
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("a certificate without digest", e);
    }
  }

  /** For a TLS server: key and certificate under a password that nobody needs to know. */
  public KeyStore keyStore(String password) throws IOException {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry("host", key, password.toCharArray(), new X509Certificate[] {certificate});
      return store;
    } catch (GeneralSecurityException e) {
      throw new IOException("the host's certificate cannot be used", e);
    }
  }
}
