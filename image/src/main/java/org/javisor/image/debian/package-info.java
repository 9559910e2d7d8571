/**
 * The Debian archive as a source of images: where it is ({@link org.javisor.image.debian.Mirror}),
 * what it says it holds ({@link org.javisor.image.debian.Release}, {@link
 * org.javisor.image.debian.PackageIndex}), what a set of packages needs ({@link
 * org.javisor.image.debian.Resolver}), and the packages themselves ({@link
 * org.javisor.image.debian.DebFile}).
 *
 * <p>Nothing in here trusts a byte that is not covered by the archive's signature: the release file
 * is verified first, it vouches for the index, the index vouches for each package.
 */
@org.jspecify.annotations.NullMarked
package org.javisor.image.debian;
