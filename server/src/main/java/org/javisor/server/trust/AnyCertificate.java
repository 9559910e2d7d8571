package org.javisor.server.trust;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Lets TLS connections be made with any certificate, since clients sign their own: TLS proves that
 * the client has its key, and {@link TrustStore} says whether the certificate is one we know.
 */
public final class AnyCertificate extends X509ExtendedTrustManager {
  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
    requireClient(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, java.net.Socket socket)
      throws CertificateException {
    requireClient(chain);
  }

  @Override
  public void checkClientTrusted(
      X509Certificate[] chain, String type, javax.net.ssl.SSLEngine engine)
      throws CertificateException {
    requireClient(chain);
  }

  private static void requireClient(X509Certificate[] chain) throws CertificateException {
    if (chain.length == 0) {
      throw new CertificateException("no certificate");
    }
    chain[0].checkValidity();
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
    throw new CertificateException("this trust is for clients");
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, java.net.Socket socket)
      throws CertificateException {
    throw new CertificateException("this trust is for clients");
  }

  @Override
  public void checkServerTrusted(
      X509Certificate[] chain, String type, javax.net.ssl.SSLEngine engine)
      throws CertificateException {
    throw new CertificateException("this trust is for clients");
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}
