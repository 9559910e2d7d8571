/**
 * Disks of machines: block back ends, the ext4 writer that turns a stream of files into a root file
 * system, and the durable renames by which files come to their places. Knows nothing of machines.
 */
module org.javisor.storage {
  requires static transitive org.jspecify;
  requires transitive org.apache.commons.compress;
  requires com.github.luben.zstd_jni;

  exports org.javisor.storage.block;
  exports org.javisor.storage.ext4;
  exports org.javisor.storage.fat;
  exports org.javisor.storage.store;
  exports org.javisor.storage.tree;
}
