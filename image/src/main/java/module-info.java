/**
 * Images of machines, made from the Debian archive: verified from its signature down to each
 * package, unpacked here, configured inside a machine.
 */
module org.javisor.image {
  requires transitive org.javisor.storage;
  requires static transitive org.jspecify;
  requires com.github.luben.zstd_jni;
  requires java.net.http;
  requires org.apache.commons.compress;
  requires org.bouncycastle.pg;
  requires org.bouncycastle.provider;
  requires org.tukaani.xz;

  exports org.javisor.image;
  exports org.javisor.image.catalog;
  exports org.javisor.image.debian;
  exports org.javisor.image.initramfs;
  exports org.javisor.image.openpgp;
}
