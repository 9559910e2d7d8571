module org.javisor.riscv {
  requires transitive org.javisor.machine;
  requires static transitive org.jspecify;

  exports org.javisor.riscv.board;
  exports org.javisor.riscv.board.boot;
  exports org.javisor.riscv.board.console;
  exports org.javisor.riscv.board.devicetree;
  exports org.javisor.riscv.board.generation;
  exports org.javisor.riscv.board.plic;
  exports org.javisor.riscv.board.rtc;
  exports org.javisor.riscv.board.sbi;
  exports org.javisor.riscv.board.uart;
  exports org.javisor.riscv.fp;
  exports org.javisor.riscv.hart;
  exports org.javisor.riscv.interpreter;
  exports org.javisor.riscv.isa;
  exports org.javisor.riscv.translator;
}
