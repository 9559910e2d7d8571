package org.javisor.riscv.board.sbi;

/** One extension of the supervisor binary interface. */
sealed interface SbiExtension
    permits BaseExtension,
        TimeExtension,
        InterProcessorInterruptExtension,
        RemoteFenceExtension,
        HartStateExtension,
        SystemResetExtension,
        DebugConsoleExtension,
        PerformanceMonitoringExtension,
        SystemSuspendExtension {
  /** The extension id: its name in ASCII, or 0x10 for the base extension. */
  long id();

  /** Answers a call; a function that does not exist is {@link SbiError#NOT_SUPPORTED}. */
  SbiResult call(SbiCall call);
}
