package org.javisor.riscv.board.plic;

import java.util.Arrays;
import java.util.List;
import org.javisor.machine.Device;
import org.javisor.machine.InterruptLine;
import org.javisor.machine.MmioHandler;
import org.javisor.machine.SavedStateException;
import org.javisor.machine.Snapshottable;

/**
 * A platform-level interrupt controller (RISC-V PLIC specification 1.0.0).
 *
 * <p>Every source has a level gateway: a high wire makes the source pending once, and again only
 * after its handler has completed it with the wire still high. One lock guards all registers; it is
 * held for a few dozen instructions and never while anything waits. The wires to the harts are
 * driven under it, so that their levels follow the registers in order.
 */
public final class Plic implements Device, MmioHandler, Snapshottable<PlicState> {
  /** Highest priority and threshold; the registers keep three bits. */
  public static final int MAXIMUM_PRIORITY = 7;

  static final long PENDING_BASE = 0x1000;
  static final long ENABLE_BASE = 0x2000;
  static final long ENABLE_STRIDE = 0x80;
  static final long CONTEXT_BASE = 0x20_0000;
  static final long CONTEXT_STRIDE = 0x1000;

  private final PlicConfiguration configuration;
  private final InterruptLine[] harts;
  private final Object lock = new Object();

  private final int[] priorities;
  private final int[] levels;
  private final int[] pending;
  private final int[] inService;
  private final int[][] enables;
  private final int[] thresholds;
  private final boolean[] driven;

  private long claims;
  private long emptyClaims;
  private long completions;

  /**
   * A PLIC after power-on.
   *
   * @param harts the external interrupt input of each hart, by context
   */
  public Plic(PlicConfiguration configuration, List<InterruptLine> harts) {
    if (harts.size() != configuration.contexts()) {
      throw new IllegalArgumentException("one interrupt line per PLIC context is needed");
    }
    this.configuration = configuration;
    this.harts = harts.toArray(InterruptLine[]::new);
    priorities = new int[configuration.sources() + 1];
    levels = new int[configuration.words()];
    pending = new int[configuration.words()];
    inService = new int[configuration.words()];
    enables = new int[configuration.contexts()][configuration.words()];
    thresholds = new int[configuration.contexts()];
    driven = new boolean[configuration.contexts()];
  }

  /**
   * The wire of a source.
   *
   * @param source 1 to {@link PlicConfiguration#sources}
   */
  public InterruptLine source(int source) {
    if (source < 1 || source > configuration.sources()) {
      throw new IllegalArgumentException("no PLIC source " + source);
    }
    return asserted -> drive(source, asserted);
  }

  private void drive(int source, boolean asserted) {
    int word = source / Integer.SIZE;
    int bit = 1 << source;
    synchronized (lock) {
      boolean high = (levels[word] & bit) != 0;
      if (high == asserted) {
        return;
      }
      levels[word] ^= bit;
      if (asserted && (inService[word] & bit) == 0) {
        pending[word] |= bit;
        signalAll();
      }
    }
  }

  @Override
  public long read(long offset, int size) {
    if (size != Integer.BYTES || (offset & 3) != 0) {
      return 0;
    }
    synchronized (lock) {
      if (offset < PENDING_BASE) {
        int source = (int) (offset >> 2);
        return source < priorities.length ? priorities[source] : 0;
      }
      if (offset < ENABLE_BASE) {
        int word = (int) ((offset - PENDING_BASE) >> 2);
        return word < pending.length ? pending[word] : 0;
      }
      if (offset < CONTEXT_BASE) {
        int context = (int) ((offset - ENABLE_BASE) / ENABLE_STRIDE);
        int word = (int) (((offset - ENABLE_BASE) % ENABLE_STRIDE) >> 2);
        return context < enables.length && word < pending.length ? enables[context][word] : 0;
      }
      long context = (offset - CONTEXT_BASE) / CONTEXT_STRIDE;
      if (context >= thresholds.length) {
        return 0;
      }
      return switch ((int) ((offset - CONTEXT_BASE) % CONTEXT_STRIDE)) {
        case 0 -> thresholds[(int) context];
        case 4 -> claim((int) context);
        default -> 0;
      };
    }
  }

  @Override
  public void write(long offset, int size, long value) {
    if (size != Integer.BYTES || (offset & 3) != 0) {
      return;
    }
    synchronized (lock) {
      if (offset < PENDING_BASE) {
        int source = (int) (offset >> 2);
        if (source > 0 && source < priorities.length) {
          priorities[source] = (int) value & MAXIMUM_PRIORITY;
          signalAll();
        }
      } else if (offset < ENABLE_BASE) {
        return; // Pending bits are read-only.
      } else if (offset < CONTEXT_BASE) {
        long context = (offset - ENABLE_BASE) / ENABLE_STRIDE;
        int word = (int) (((offset - ENABLE_BASE) % ENABLE_STRIDE) >> 2);
        if (context < enables.length && word < pending.length) {
          enables[(int) context][word] = (int) value & existing(word);
          signal((int) context);
        }
      } else {
        long context = (offset - CONTEXT_BASE) / CONTEXT_STRIDE;
        if (context < thresholds.length) {
          contextWrite((int) context, (offset - CONTEXT_BASE) % CONTEXT_STRIDE, (int) value);
        }
      }
    }
  }

  private void contextWrite(int context, long register, int value) {
    if (register == 0) {
      thresholds[context] = value & MAXIMUM_PRIORITY;
      signal(context);
    } else if (register == 4) {
      complete(context, value);
    }
  }

  /** Bits of the sources that exist in a word. */
  private int existing(int word) {
    int mask = -1;
    if (word == 0) {
      mask &= ~1;
    }
    int last = configuration.sources();
    if (word == last / Integer.SIZE) {
      mask &= -1 >>> (Integer.SIZE - 1 - last % Integer.SIZE);
    }
    return mask;
  }

  /** Section 9 of the specification: the best pending source, whatever the threshold. */
  private int claim(int context) {
    int source = best(context, 0);
    if (source == 0) {
      emptyClaims++;
      return 0;
    }
    int bit = 1 << source;
    pending[source / Integer.SIZE] &= ~bit;
    inService[source / Integer.SIZE] |= bit;
    claims++;
    signalAll();
    return source;
  }

  /** Section 10: ignored unless the source is enabled for the context. */
  private void complete(int context, int source) {
    if (source < 1 || source > configuration.sources()) {
      return;
    }
    int word = source / Integer.SIZE;
    int bit = 1 << source;
    if ((enables[context][word] & bit) == 0 || (inService[word] & bit) == 0) {
      return;
    }
    inService[word] &= ~bit;
    completions++;
    if ((levels[word] & bit) != 0) {
      pending[word] |= bit;
      signalAll();
    }
  }

  /** The pending, enabled source of the highest priority above a floor, the lowest number first. */
  private int best(int context, int floor) {
    int best = 0;
    int bestPriority = floor;
    for (int word = 0; word < pending.length; word++) {
      int candidates = pending[word] & enables[context][word];
      while (candidates != 0) {
        int source = word * Integer.SIZE + Integer.numberOfTrailingZeros(candidates);
        if (priorities[source] > bestPriority) {
          best = source;
          bestPriority = priorities[source];
        }
        candidates &= candidates - 1;
      }
    }
    return best;
  }

  private void signalAll() {
    for (int context = 0; context < harts.length; context++) {
      signal(context);
    }
  }

  private void signal(int context) {
    boolean level = best(context, thresholds[context]) != 0;
    if (driven[context] != level) {
      driven[context] = level;
      harts[context].set(level);
    }
  }

  /** As {@link #signalAll}, whatever the harts were last told: they have been reset as well. */
  private void driveAll() {
    for (int context = 0; context < harts.length; context++) {
      driven[context] = best(context, thresholds[context]) != 0;
      harts[context].set(driven[context]);
    }
  }

  /** Counters since the PLIC was made. */
  public PlicMetrics metrics() {
    synchronized (lock) {
      return new PlicMetrics(claims, emptyClaims, completions);
    }
  }

  @Override
  public String name() {
    return "plic";
  }

  /** Clears every register; the wires from the devices keep their levels. */
  @Override
  public void reset() {
    synchronized (lock) {
      Arrays.fill(priorities, 0);
      Arrays.fill(inService, 0);
      for (int[] enable : enables) {
        Arrays.fill(enable, 0);
      }
      Arrays.fill(thresholds, 0);
      System.arraycopy(levels, 0, pending, 0, levels.length);
      driveAll();
    }
  }

  @Override
  public void pause() {
    // Acts only when a hart or a device does.
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
  public Class<PlicState> stateType() {
    return PlicState.class;
  }

  @Override
  public PlicState save() {
    synchronized (lock) {
      int[] allEnables = new int[enables.length * pending.length];
      for (int context = 0; context < enables.length; context++) {
        System.arraycopy(enables[context], 0, allEnables, context * pending.length, pending.length);
      }
      return new PlicState(
          priorities.clone(),
          levels.clone(),
          pending.clone(),
          inService.clone(),
          allEnables,
          thresholds.clone());
    }
  }

  @Override
  public void restore(PlicState state) {
    int words = configuration.words();
    requireLength("priorities", state.priorities(), priorities.length);
    requireLength("levels", state.levels(), words);
    requireLength("pending", state.pending(), words);
    requireLength("in service", state.inService(), words);
    requireLength("enables", state.enables(), words * enables.length);
    requireLength("thresholds", state.thresholds(), thresholds.length);
    synchronized (lock) {
      for (int source = 1; source < priorities.length; source++) {
        priorities[source] = state.priorities()[source] & MAXIMUM_PRIORITY;
      }
      for (int word = 0; word < words; word++) {
        levels[word] = state.levels()[word] & existing(word);
        pending[word] = state.pending()[word] & existing(word);
        inService[word] = state.inService()[word] & existing(word);
        for (int context = 0; context < enables.length; context++) {
          enables[context][word] = state.enables()[context * words + word] & existing(word);
        }
      }
      for (int context = 0; context < thresholds.length; context++) {
        thresholds[context] = state.thresholds()[context] & MAXIMUM_PRIORITY;
      }
      driveAll();
    }
  }

  private static void requireLength(String what, int[] values, int expected) {
    if (values.length != expected) {
      throw new SavedStateException(
          "plic: %s has %d elements, not %d".formatted(what, values.length, expected));
    }
  }
}
