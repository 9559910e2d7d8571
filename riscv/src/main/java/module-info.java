module org.javisor.riscv {
  requires transitive org.javisor.machine;
  requires static transitive org.jspecify;

  exports org.javisor.riscv.isa;
}
