package org.javisor.image.debian;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The proxies named by {@code http_proxy}, {@code https_proxy}, {@code no_proxy}. */
final class EnvironmentProxies extends ProxySelector {
  private final @Nullable URI http;
  private final @Nullable URI https;
  private final List<String> exceptions;

  EnvironmentProxies(Map<String, String> environment) {
    // HTTP_PROXY in capitals is not looked at: a CGI's client could set it.
    http = proxy(environment.get("http_proxy"));
    URI secure = proxy(environment.get("https_proxy"));
    https = secure != null ? secure : proxy(environment.get("HTTPS_PROXY"));
    String none = environment.getOrDefault("no_proxy", environment.getOrDefault("NO_PROXY", ""));
    exceptions =
        List.of(none.toLowerCase(Locale.ROOT).split("[,\\s]+", -1)).stream()
            .filter(e -> !e.isBlank())
            .toList();
  }

  private static @Nullable URI proxy(@Nullable String value) {
    if (value == null || value.isBlank()) {
      return null;
    }
    try {
      URI uri = URI.create(value.contains("://") ? value : "http://" + value);
      return uri.getHost() == null ? null : uri;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  @Override
  public List<Proxy> select(URI uri) {
    URI proxy = "https".equals(uri.getScheme()) ? https : http;
    String host = uri.getHost();
    if (proxy == null || host == null || excepted(host.toLowerCase(Locale.ROOT))) {
      return List.of(Proxy.NO_PROXY);
    }
    int port = proxy.getPort() < 0 ? 80 : proxy.getPort();
    return List.of(
        new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(proxy.getHost(), port)));
  }

  private boolean excepted(String host) {
    for (String exception : exceptions) {
      String domain = exception.startsWith(".") ? exception.substring(1) : exception;
      if (exception.equals("*") || host.equals(domain) || host.endsWith("." + domain)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void connectFailed(URI uri, SocketAddress address, IOException failure) {
    // The caller sees the failure and tries again.
  }
}
