package org.javisor.image.debian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.javisor.image.ImageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who says where the archive is, and who is asked first. */
class MirrorTest {
  @TempDir Path folder;

  @Test
  void whatIsNamedComesFirst() throws Exception {
    configure("mirror=http://config.example/debian");
    sources("sources.list", "deb http://apt.example/debian trixie main\n");
    Map<String, String> environment = environment("http://variable.example/debian");
    assertThat(find("http://option.example/debian", environment))
        .isEqualTo("[http://option.example/debian/]");
    assertThat(find(null, environment)).isEqualTo("[http://variable.example/debian/]");
    assertThat(find(null, environment(""))).isEqualTo("[http://config.example/debian/]");
  }

  @Test
  void elseTheHostsOwnSourcesAreCandidates() throws Exception {
    sources(
        "sources.list",
        """
        # deb http://comment.example/debian trixie main
        deb-src http://source.example/debian trixie main
        deb [arch=amd64 signed-by=/usr/share/keyrings/x.gpg] http://a.example/debian/ trixie main
        deb http://b.example/debian trixie contrib non-free
        deb cdrom:[Debian]/ trixie main
        deb https://c.example/debian trixie contrib main # why
        """);
    sources(
        "sources.list.d/debian.sources",
        """
        Types: deb deb-src
        # a comment
        URIs: http://d.example/debian
         http://e.example/debian
        Suites: trixie trixie-updates
        Components: main

        Enabled: no
        Types: deb
        URIs: http://f.example/debian
        Suites: trixie
        Components: main

        Types: deb-src
        URIs: http://g.example/debian
        Suites: trixie
        Components: main
        """);
    sources("sources.list.d/README", "deb http://h.example/debian trixie main\n");
    assertThat(find(null, environment("")))
        .isEqualTo(
            "[http://a.example/debian/, https://c.example/debian/, "
                + "http://d.example/debian/, http://e.example/debian/]");
  }

  @Test
  void withoutAnyItSaysTheThreeWaysToNameOne() {
    assertThatThrownBy(() -> find(null, environment("")))
        .isInstanceOf(ImageException.NoMirror.class)
        .hasMessageContaining("--mirror")
        .hasMessageContaining("JAVISOR_MIRROR")
        .hasMessageContaining(folder.resolve("javisor/config.properties").toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "example.org/debian", "ftp://example.org/debian", "http://", "a b"})
  void refusesWhatIsNoPlace(String text) {
    assertThatThrownBy(() -> find(text, environment("")))
        .isInstanceOf(ImageException.InvalidRequest.class);
  }

  @Test
  void takesFoldersToo() throws Exception {
    assertThat(Mirror.named("file:///srv/debian").candidates())
        .containsExactly(URI.create("file:///srv/debian/"));
  }

  @Test
  void proxiesComeFromTheEnvironment() {
    EnvironmentProxies proxies =
        new EnvironmentProxies(
            Map.of(
                "http_proxy", "http://proxy.example:3128",
                "HTTP_PROXY", "http://wrong.example:1",
                "no_proxy", "localhost,.inside.example"));
    assertThat(proxies.select(URI.create("http://a.example/x")).toString())
        .contains("proxy.example")
        .contains("3128");
    assertThat(proxies.select(URI.create("http://a.inside.example/x")).toString())
        .contains("DIRECT");
    assertThat(proxies.select(URI.create("http://localhost/x")).toString()).contains("DIRECT");
    assertThat(proxies.select(URI.create("https://a.example/x")).toString()).contains("DIRECT");
  }

  private String find(String explicit, Map<String, String> environment) throws IOException {
    return Mirror.find(explicit, environment, folder.resolve("apt")).candidates().toString();
  }

  private Map<String, String> environment(String mirror) {
    return Map.of("XDG_CONFIG_HOME", folder.toString(), Mirror.VARIABLE, mirror);
  }

  private void configure(String text) throws IOException {
    Files.createDirectories(folder.resolve("javisor"));
    Files.writeString(folder.resolve("javisor/config.properties"), text);
  }

  private void sources(String name, String text) throws IOException {
    Path file = folder.resolve("apt").resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }
}
