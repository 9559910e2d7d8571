/** Live migration: a running machine moves from one host process to another, in six stages. */
module org.javisor.migration {
  requires transitive org.javisor.machine;
  requires transitive org.javisor.storage;
  requires com.github.luben.zstd_jni;
  requires static transitive org.jspecify;

  exports org.javisor.migration;
  exports org.javisor.migration.file;
  exports org.javisor.migration.protocol;

  opens org.javisor.migration.protocol to
      org.javisor.machine;
}
