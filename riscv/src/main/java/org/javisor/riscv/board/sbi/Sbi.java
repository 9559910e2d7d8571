package org.javisor.riscv.board.sbi;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.javisor.machine.Device;
import org.javisor.machine.SavedStateException;
import org.javisor.machine.Snapshottable;

/**
 * The supervisor binary interface, version 2.0: BASE, TIME, IPI, RFENCE, HSM, SRST, DBCN, PMU and
 * SUSP. The legacy functions of version 0.1 are absent.
 *
 * <p>Harts call from their own threads, several at once.
 */
public final class Sbi implements Device, Snapshottable<SbiState> {
  private record Entry(SbiExtension extension, LongAdder calls) {}

  private final List<HartCounters> counters;
  private final Map<Long, Entry> extensions = new LinkedHashMap<>();
  private final LongAdder unknown = new LongAdder();

  /** The interface to a machine. */
  public Sbi(SbiPlatform platform) {
    counters = Stream.generate(HartCounters::new).limit(platform.harts().size()).toList();
    List.of(
            new BaseExtension(this::exists),
            new TimeExtension(counters),
            new InterProcessorInterruptExtension(platform, counters),
            new RemoteFenceExtension(platform, counters),
            new HartStateExtension(platform),
            new SystemResetExtension(platform),
            new DebugConsoleExtension(platform),
            new PerformanceMonitoringExtension(counters),
            new SystemSuspendExtension(platform))
        .forEach(
            extension -> extensions.put(extension.id(), new Entry(extension, new LongAdder())));
  }

  private boolean exists(long extension) {
    return extensions.containsKey(extension);
  }

  /** Answers a call; never throws. */
  public SbiResult call(SbiCall call) {
    Entry entry = extensions.get(call.extension());
    // Function ids are 32 bits wide; those of the extensions here are small and positive.
    if (entry == null || call.function() != (int) call.function()) {
      unknown.increment();
      return SbiError.NOT_SUPPORTED.result();
    }
    entry.calls.increment();
    return entry.extension.call(call);
  }

  /** Counters since the interface was made. */
  public SbiMetrics metrics() {
    Map<Long, Long> calls = new LinkedHashMap<>();
    extensions.forEach((id, entry) -> calls.put(id, entry.calls.sum()));
    return new SbiMetrics(calls, unknown.sum());
  }

  @Override
  public String name() {
    return "sbi";
  }

  @Override
  public void reset() {
    counters.forEach(HartCounters::reset);
  }

  @Override
  public void pause() {
    // Acts only when a hart calls.
  }

  @Override
  public void resume() {
    // See pause().
  }

  @Override
  public void close() {
    // Holds nothing.
  }

  @Override
  public Class<SbiState> stateType() {
    return SbiState.class;
  }

  @Override
  public SbiState save() {
    return new SbiState(counters.stream().map(HartCounters::save).toList());
  }

  @Override
  public void restore(SbiState state) {
    if (state.counters().size() != counters.size()) {
      throw new SavedStateException("sbi: saved with " + state.counters().size() + " harts");
    }
    for (int hart = 0; hart < counters.size(); hart++) {
      counters.get(hart).restore(state.counters().get(hart));
    }
  }
}
