package org.javisor.image.debian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.javisor.image.ImageException;
import org.junit.jupiter.api.Test;

/** Which packages a set of packages needs. */
class ResolverTest {

  @Test
  void followsDependsAndPreDependsButNotRecommends() throws Exception {
    PackageIndex index = index("a|Depends: b|Recommends: r", "b|Pre-Depends: c", "c", "r");
    assertThat(resolve(index, "a")).containsExactlyInAnyOrder("a", "b", "c");
  }

  @Test
  void takesTheFirstAlternativeThatCanBeHad() throws Exception {
    assertThat(resolve(index("a|Depends: x | b | c", "b", "c"), "a")).containsExactly("a", "b");
  }

  @Test
  void prefersAnAlternativeThatIsAskedForAnyway() throws Exception {
    assertThat(resolve(index("a|Depends: b | c", "b", "c"), "a", "c")).containsExactly("a", "c");
  }

  @Test
  void checksVersions() throws Exception {
    PackageIndex index = index("a|Depends: b (>= 2) | c (<< 2)", "b", "c");
    assertThat(resolve(index, "a")).containsExactly("a", "c");
  }

  @Test
  void acceptsProvidedNames() throws Exception {
    assertThat(resolve(index("a|Depends: mta", "m|Provides: mta"), "a")).containsExactly("a", "m");
  }

  @Test
  void aVersionedDependencyNeedsAVersionedProvision() throws Exception {
    PackageIndex plain = index("a|Depends: v (>= 1)", "m|Provides: v");
    assertThatThrownBy(() -> resolve(plain, "a")).isInstanceOf(ImageException.Unresolvable.class);
    PackageIndex versioned =
        index("a|Depends: v (>= 1)", "m|Provides: v (= 0.5)", "n|Provides: v (= 1.5)");
    assertThat(resolve(versioned, "a")).containsExactly("a", "n");
  }

  @Test
  void doesNotChooseWhatConflicts() throws Exception {
    PackageIndex index = index("a|Depends: b | c", "b|Conflicts: d", "c", "d");
    assertThat(resolve(index, "d", "a")).containsExactlyInAnyOrder("a", "c", "d");
    PackageIndex breaks = index("a|Depends: b | c", "b", "c", "d|Breaks: b (<< 9)");
    assertThat(resolve(breaks, "d", "a")).containsExactlyInAnyOrder("a", "c", "d");
  }

  @Test
  void aPackageDoesNotConflictWithWhatItProvidesItself() throws Exception {
    PackageIndex index = index("a|Provides: v|Conflicts: v", "b|Depends: v");
    assertThat(resolve(index, "b")).containsExactly("b", "a");
  }

  @Test
  void wantingTwoThatConflictIsAnError() {
    assertThatThrownBy(() -> resolve(index("a|Conflicts: b", "b"), "a", "b"))
        .isInstanceOf(ImageException.Unresolvable.class)
        .hasMessageContaining("a")
        .hasMessageContaining("b");
  }

  @Test
  void endsOnCycles() throws Exception {
    assertThat(resolve(index("a|Depends: b", "b|Depends: a"), "a")).containsExactly("a", "b");
  }

  @Test
  void saysWhatIsMissing() {
    assertThatThrownBy(() -> resolve(index("a|Depends: b (>= 3), c", "b", "c"), "a"))
        .isInstanceOf(ImageException.Unresolvable.class)
        .hasMessageContaining("a needs b (>= 3)");
    assertThatThrownBy(() -> resolve(index("a"), "nonsense"))
        .isInstanceOf(ImageException.InvalidRequest.class)
        .hasMessageContaining("nonsense");
  }

  @Test
  void neverChoosesWhatIsExcluded() throws Exception {
    PackageIndex index = index("a|Depends: b | c", "b", "c");
    assertThat(names(Resolver.resolve(index, List.of("a"), Set.of("b")))).containsExactly("a", "c");
  }

  @Test
  void anArchitectureQualifierNeedsPermission() throws Exception {
    PackageIndex index = index("a|Depends: b:any | c", "b", "c");
    assertThat(resolve(index, "a")).containsExactly("a", "c");
    PackageIndex allowed = index("a|Depends: b:any | c", "b|Multi-Arch: allowed", "c");
    assertThat(resolve(allowed, "a")).containsExactly("a", "b");
  }

  @Test
  void addsOnlyWhatIsNotThereYet() throws Exception {
    PackageIndex index = index("a|Depends: b, c", "b", "c");
    List<DebianPackage> present = Resolver.resolve(index, List.of("b"), Set.of());
    assertThat(names(Resolver.resolve(index, List.of("a"), Set.of(), present)))
        .containsExactly("a", "c");
  }

  private static List<String> resolve(PackageIndex index, String... wanted) throws IOException {
    return names(Resolver.resolve(index, List.of(wanted), Set.of()));
  }

  private static List<String> names(List<DebianPackage> packages) {
    return packages.stream().map(DebianPackage::name).toList();
  }

  /** Packages of version 1, each as name and further fields separated by bars without blanks. */
  private static PackageIndex index(String... packages) throws IOException {
    StringBuilder text = new StringBuilder();
    for (String one : packages) {
      String[] parts = one.split("\\|(?! )", -1);
      text.append("Package: ").append(parts[0]).append("\nVersion: 1\nArchitecture: all\n");
      for (int i = 1; i < parts.length; i++) {
        text.append(parts[i]).append('\n');
      }
      text.append("Filename: pool/").append(parts[0]).append(".deb\nSize: 1\n");
      text.append("SHA256: ").append("0".repeat(64)).append("\n\n");
    }
    return PackageIndex.read(
        new ByteArrayInputStream(text.toString().getBytes(StandardCharsets.UTF_8)));
  }
}
