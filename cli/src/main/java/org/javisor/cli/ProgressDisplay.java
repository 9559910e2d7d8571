package org.javisor.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;
import org.javisor.host.ByteSize;
import org.javisor.host.TerminalSize;
import org.javisor.image.Progress;

/**
 * Shows long work on standard error: a bar that moves in one line of a terminal, and a plain line
 * at the begin and end of each phase, and now and then between, anywhere else. Says nothing while
 * nothing long is done.
 */
final class ProgressDisplay implements Progress, AutoCloseable {
  private static final long NANOS = 1_000_000_000L;
  private static final long REDRAW = NANOS / 10;
  private static final long PLAIN_LINE = 15 * NANOS;
  private static final int BAR = 20;
  private static final int SHORTEST_BAR = 5;

  private final PrintStream out;
  private final boolean terminal;
  private final int columns;
  private final LongSupplier nanos;

  /** Phases that are open, the innermost last: that one is drawn. */
  private final List<Bar> open = new ArrayList<>();

  private long drawn = Long.MIN_VALUE;
  private boolean lineOccupied;

  /**
   * A display.
   *
   * @param terminal whether {@code out} is one
   * @param columns of the terminal
   * @param nanos a clock of monotonic nanoseconds
   */
  ProgressDisplay(PrintStream out, boolean terminal, int columns, LongSupplier nanos) {
    this.out = out;
    this.terminal = terminal;
    this.columns = columns;
    this.nanos = nanos;
  }

  /** The display for this process. */
  static ProgressDisplay onStandardError() {
    boolean terminal = Terminal.isTerminal(Terminal.STANDARD_ERROR);
    int columns =
        terminal
            ? Terminal.size(Terminal.STANDARD_ERROR).map(TerminalSize::columns).orElse(80)
            : 80;
    return new ProgressDisplay(System.err, terminal, columns, System::nanoTime);
  }

  @Override
  public synchronized Phase begin(String title, Unit unit, long total) {
    Bar bar = new Bar(title, unit, total, nanos.getAsLong());
    open.add(bar);
    if (terminal) {
      draw(bar, true);
    } else {
      out.println("javisor: " + title + (total > 0 ? " (" + bar.amount(total) + ")" : ""));
    }
    return bar;
  }

  /** Clears the line, so that other words can be written. */
  @Override
  public synchronized void close() {
    open.clear();
    clear();
  }

  private void clear() {
    if (lineOccupied) {
      out.print("\r\033[K");
      out.flush();
      lineOccupied = false;
    }
  }

  private void draw(Bar bar, boolean now) {
    long time = nanos.getAsLong();
    if (!now && time - drawn < (terminal ? REDRAW : PLAIN_LINE)) {
      return;
    }
    drawn = time;
    String line = bar.line(time, terminal ? columns - 1 : 0);
    if (terminal) {
      String fitting = line.length() < columns ? line : line.substring(0, columns - 1);
      out.print("\r" + fitting + "\033[K");
      out.flush();
      lineOccupied = true;
    } else {
      out.println("javisor: " + line);
    }
  }

  /** One phase. All fields are guarded by the display. */
  private final class Bar implements Phase {
    private final String title;
    private final Unit unit;
    private final long total;
    private final long begun;
    private long done;
    private String item = "";

    Bar(String title, Unit unit, long total, long begun) {
      this.title = title;
      this.unit = unit;
      this.total = total;
      this.begun = begun;
      if (!terminal) {
        drawn = begun;
      }
    }

    @Override
    public void advance(long amount) {
      synchronized (ProgressDisplay.this) {
        done += amount;
        if (!open.isEmpty() && open.getLast() == this) {
          draw(this, false);
        }
      }
    }

    @Override
    public void at(String now) {
      synchronized (ProgressDisplay.this) {
        item = now;
      }
    }

    @Override
    public void close() {
      synchronized (ProgressDisplay.this) {
        if (!open.remove(this)) {
          return;
        }
        clear();
        if (terminal && !open.isEmpty()) {
          draw(open.getLast(), true);
        }
      }
    }

    String amount(long units) {
      return unit == Unit.BYTES ? ByteSize.format(units) : Long.toString(units);
    }

    /**
     * The line without line end.
     *
     * @param room characters there are: the bar takes what the words leave, and is left out where
     *     they leave little
     */
    String line(long time, int room) {
      String words = words(time);
      int width = Math.min(BAR, room - title.length() - words.length() - 5);
      if (total <= 0 || width < SHORTEST_BAR) {
        return title + "  " + words;
      }
      int filled = (int) (Math.min(1, (double) done / total) * width);
      return "%s  [%s%s] %s"
          .formatted(title, "#".repeat(filled), ".".repeat(width - filled), words);
    }

    private String words(long time) {
      StringBuilder line = new StringBuilder();
      double seconds = Math.max(1, time - begun) / (double) NANOS;
      if (total > 0) {
        double share = Math.min(1, (double) done / total);
        line.append(String.format(Locale.ROOT, "%3d%%  ", (int) (share * 100)));
        line.append(amount(done)).append(" of ").append(amount(total));
      } else {
        line.append(amount(done));
      }
      if (unit == Unit.BYTES && seconds > 0.5) {
        line.append("  ").append(ByteSize.format((long) (done / seconds))).append("/s");
      }
      if (total > done && done > 0 && seconds > 2) {
        long left = (long) (seconds * (total - done) / done);
        line.append(String.format(Locale.ROOT, "  %d:%02d left", left / 60, left % 60));
      }
      if (!item.isEmpty()) {
        line.append("  ").append(item);
      }
      return line.toString();
    }
  }
}
