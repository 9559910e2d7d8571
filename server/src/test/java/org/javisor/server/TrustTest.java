package org.javisor.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Map;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.javisor.server.RunningServer.Response;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may use a host over the network, and how somebody becomes one of them. */
class TrustTest {
  @TempDir private static Path folder;
  private static RunningServer server;

  @BeforeAll
  static void start() throws Exception {
    server = new RunningServer(folder);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  /** A client with a certificate that is valid so long from a day ago on. */
  private static SSLContext client(Duration life) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    KeyPair pair = generator.generateKeyPair();
    X500Name name = new X500Name("CN=client");
    Instant from = Instant.now().minus(Duration.ofDays(1));
    X509Certificate certificate =
        new JcaX509CertificateConverter()
            .getCertificate(
                new JcaX509v3CertificateBuilder(
                        name,
                        BigInteger.ONE,
                        Date.from(from),
                        Date.from(from.plus(life)),
                        name,
                        pair.getPublic())
                    .build(
                        new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate())));
    KeyStore keys = KeyStore.getInstance("PKCS12");
    keys.load(null, null);
    keys.setKeyEntry("x", pair.getPrivate(), new char[0], new X509Certificate[] {certificate});
    KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
    factory.init(keys, new char[0]);
    return context(factory.getKeyManagers());
  }

  private static SSLContext context(KeyManager... keys) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    TrustManager anybody =
        new X509TrustManager() {
          @Override
          public void checkClientTrusted(X509Certificate[] chain, String type) {}

          @Override
          public void checkServerTrusted(X509Certificate[] chain, String type) {}

          @Override
          public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
          }
        };
    context.init(keys, new TrustManager[] {anybody}, new SecureRandom());
    return context;
  }

  private static Response call(SSLContext client, String method, String target, String body)
      throws IOException {
    String[] address = server.server.addresses().getFirst().split(":", -1);
    try (var socket =
        client.getSocketFactory().createSocket(address[0], Integer.parseInt(address[1]))) {
      return RunningServer.call(
          socket.getInputStream(),
          socket.getOutputStream(),
          method,
          target,
          Map.of(),
          body.getBytes(StandardCharsets.UTF_8));
    }
  }

  private static String token() throws IOException {
    Response made = server.call("POST", "/1.0/certificates", "{\"name\":\"c\",\"token\":true}");
    assertThat(made.status()).isEqualTo(202);
    return made.json().at("/metadata/metadata/secret").asString();
  }

  private static String with(String token) {
    return "{\"type\":\"client\",\"trust_token\":\"" + token + "\"}";
  }

  @Test
  void strangersSeeNothing() throws Exception {
    for (SSLContext stranger : new SSLContext[] {context(), client(Duration.ofDays(9))}) {
      assertThat(call(stranger, "GET", "/1.0", "").json().at("/metadata/auth").asString())
          .isEqualTo("untrusted");
      assertThat(
              call(stranger, "GET", "/1.0", "").json().at("/metadata/environment").isMissingNode())
          .isTrue();
      for (var route : server.server.routes()) {
        String path = route.getValue();
        if (!path.equals("/") && !path.equals("/1.0") && !path.equals("/1.0/openapi.yaml")) {
          Response answer = call(stranger, route.getKey(), path.replaceAll("[{}]", ""), "");
          assertThat(answer.status()).as(route + answer.text()).isIn(403, 404);
        }
      }
    }
  }

  @Test
  void expiredCertificatesDoNotConnect() throws Exception {
    SSLContext expired = client(Duration.ofHours(1));
    assertThatThrownBy(() -> call(expired, "GET", "/1.0", "")).isInstanceOf(IOException.class);
  }

  @Test
  void aTokenWorksOnce() throws Exception {
    String token = token();
    SSLContext first = client(Duration.ofDays(9));
    SSLContext second = client(Duration.ofDays(9));
    assertThat(call(first, "POST", "/1.0/certificates", with("0".repeat(64))).status())
        .isEqualTo(403);
    assertThat(call(first, "POST", "/1.0/certificates", with("no token")).status()).isEqualTo(403);
    assertThat(call(first, "POST", "/1.0/certificates", with("")).status()).isEqualTo(403);
    assertThat(call(first, "POST", "/1.0/certificates", "{\"token\":true}").status())
        .isEqualTo(403);
    assertThat(call(first, "GET", "/1.0/instances", "").status()).isEqualTo(403);
    assertThat(call(first, "POST", "/1.0/certificates", with(token)).status()).isEqualTo(201);
    assertThat(call(first, "GET", "/1.0/instances", "").status()).isEqualTo(200);
    assertThat(call(second, "POST", "/1.0/certificates", with(token)).status()).isEqualTo(403);
    assertThat(call(second, "GET", "/1.0/instances", "").status()).isEqualTo(403);
  }

  @Test
  void aTokenThatWasTakenBackDoesNotWork() throws Exception {
    Response made = server.call("POST", "/1.0/certificates", "{\"name\":\"c\",\"token\":true}");
    String operation = made.json().get("operation").asString();
    assertThat(server.call("DELETE", operation, "").status()).isEqualTo(200);
    server.call("GET", operation + "/wait", "");
    String secret = made.json().at("/metadata/metadata/secret").asString();
    SSLContext client = client(Duration.ofDays(9));
    assertThat(call(client, "POST", "/1.0/certificates", with(secret)).status()).isEqualTo(403);
  }

  @Test
  void aCertificateWithoutTrustIsOutAtOnce() throws Exception {
    SSLContext client = client(Duration.ofDays(9));
    Response added = call(client, "POST", "/1.0/certificates", with(token()));
    assertThat(call(client, "GET", "/1.0/instances", "").status()).isEqualTo(200);
    assertThat(server.call("DELETE", added.headers().getOrDefault("location", ""), "").status())
        .isEqualTo(200);
    assertThat(call(client, "GET", "/1.0/instances", "").status()).isEqualTo(403);
  }
}
