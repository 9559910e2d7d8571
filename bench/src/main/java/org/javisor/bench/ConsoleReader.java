package org.javisor.bench;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Understands what a benchmark machine prints on its console: lines that contain {@code @bench}
 * (see {@code init.c}, {@code bench.c} and {@code guest/run.sh}); all others are kept only as
 * evidence, the last few.
 */
final class ConsoleReader {
  private static final int KEPT_LINES = 40;
  private static final int LONGEST_LINE = 500;
  private static final Pattern MARK = Pattern.compile("@bench ([a-z-]+)(.*)");
  private static final Pattern RESULT =
      Pattern.compile(
          " ([a-z]+) threads=(\\d{1,2}) iterations=(\\d{1,18}) checksum=([0-9a-f]{16}) work=(\\d{1,18})"
              + " nanoseconds=(\\d{1,18}) steady=(\\d{1,18}) settled=(\\d{1,18})"
              + " instructions=(\\d{1,18})\\s*");

  private static final Pattern WORKLOAD =
      Pattern.compile(
          " ([a-z0-9-]+) unit=(s|B/s|op/s) value=(\\d{1,15}(?:\\.\\d{1,9})?)"
              + " checksum=([0-9a-f]{16}|-)\\s*");

  private final List<Workload> workloads = new ArrayList<>();
  private final List<ProgramResult> results = new ArrayList<>();
  private final List<String> complaints = new ArrayList<>();
  private final Deque<String> lastLines = new ArrayDeque<>();
  private @Nullable Duration firstProgram;
  private boolean ended;

  /**
   * Takes the next line.
   *
   * @param sinceStart when it arrived, counted from the start of the machine's process
   */
  void line(String line, Duration sinceStart) {
    if (lastLines.size() == KEPT_LINES) {
      lastLines.removeFirst();
    }
    String kept = line.length() > LONGEST_LINE ? line.substring(0, LONGEST_LINE) : line;
    lastLines.addLast(kept.replaceAll("\\p{Cntrl}", ""));
    Matcher mark = MARK.matcher(line);
    if (!mark.find()) {
      return;
    }
    String rest = mark.group(2).strip();
    switch (mark.group(1)) {
      case "first-program" -> firstProgram = sinceStart;
      case "result" -> result(mark.group(2));
      case "workload" -> workload(mark.group(2));
      case "wrong" -> complaints.add(rest + " found its own result wrong");
      case "failed" -> complaints.add(rest);
      case "end" -> ended = true;
      default -> complaints.add("not understood: " + kept);
    }
  }

  private void result(String text) {
    Matcher fields = RESULT.matcher(text);
    if (!fields.matches()) {
      complaints.add("not understood:" + text);
      return;
    }
    results.add(
        new ProgramResult(
            fields.group(1),
            Integer.parseInt(fields.group(2)),
            Long.parseLong(fields.group(3)),
            Long.parseUnsignedLong(fields.group(4), 16),
            Long.parseLong(fields.group(5)),
            Long.parseLong(fields.group(6)),
            Long.parseLong(fields.group(7)),
            Long.parseLong(fields.group(8)),
            Long.parseLong(fields.group(9))));
  }

  private void workload(String text) {
    Matcher fields = WORKLOAD.matcher(text);
    if (!fields.matches()) {
      complaints.add("not understood:" + text);
      return;
    }
    workloads.add(
        new Workload(
            fields.group(1),
            Workload.Unit.of(fields.group(2)),
            Double.parseDouble(fields.group(3)),
            fields.group(4)));
  }

  /** What Debian's programs printed so far. */
  List<Workload> workloads() {
    return List.copyOf(workloads);
  }

  /** When the first user program spoke, counted from the start of the machine's process. */
  Optional<Duration> firstProgram() {
    return Optional.ofNullable(firstProgram);
  }

  /** The programs' results so far. */
  List<ProgramResult> results() {
    return List.copyOf(results);
  }

  /** What the guest said went wrong. */
  List<String> complaints() {
    return List.copyOf(complaints);
  }

  /** Whether all programs have run. */
  boolean ended() {
    return ended;
  }

  /** The last lines, oldest first, without control characters. */
  List<String> lastLines() {
    return List.copyOf(lastLines);
  }
}
