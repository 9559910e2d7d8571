/**
 * Images of machines: a kernel, an initial RAM disk and perhaps a root disk, made from the Debian
 * archive without trusting anything its signature does not cover. {@link
 * org.javisor.image.ImageLibrary} is the way in; {@link org.javisor.image.MachineRunner} is what it
 * needs from whoever can boot machines.
 */
@org.jspecify.annotations.NullMarked
package org.javisor.image;
