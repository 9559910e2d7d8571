/**
 * What of OpenPGP (RFC 9580) a Debian archive needs: certificates of trusted signers and the
 * cleartext signature framework.
 */
@org.jspecify.annotations.NullMarked
package org.javisor.image.openpgp;
