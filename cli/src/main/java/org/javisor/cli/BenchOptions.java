package org.javisor.cli;

import org.javisor.host.ByteSize;
import org.javisor.host.ProblemException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The options of every benchmark that boots machines, alone or in turn with a peer. */
@Command
final class BenchOptions {
  @Option(
      names = "--against",
      paramLabel = "PEER",
      description = "Compare with this peer: qemu (qemu-system-riscv64).")
  @Nullable String against;

  @Option(
      names = "--runs",
      paramLabel = "N",
      defaultValue = "3",
      description = "How often each machine is booted, by default 3; medians are shown.")
  int runs;

  @Option(
      names = "--cpus",
      paramLabel = "N",
      defaultValue = "1",
      description = "CPUs of each machine, by default 1.")
  int cpus;

  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      defaultValue = "512MiB",
      description = "Memory of each machine, by default 512MiB.")
  String memory = "";

  @Option(names = "--json", description = "Write JSON.")
  boolean json;

  /**
   * Whether to compare with QEMU.
   *
   * @throws ProblemException for a peer that nobody knows
   */
  boolean againstQemu() {
    if (against != null && !against.equals("qemu")) {
      throw ProblemException.badInput("'" + against + "' is no peer known here", "say qemu");
    }
    return against != null;
  }

  /**
   * Bytes of memory of each machine.
   *
   * @throws ProblemException for what is no size
   */
  long memoryBytes() {
    return ByteSize.parse(memory);
  }
}
