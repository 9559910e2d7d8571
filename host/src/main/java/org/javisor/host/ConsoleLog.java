package org.javisor.host;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The last lines a guest wrote to its serial console, for the day it fails. Holds at most a fixed
 * number of lines of a bounded length, whatever the guest writes. Safe from any thread.
 */
public final class ConsoleLog {
  private static final int MAX_LINE = 1000;

  private final int capacity;
  private final Deque<String> lines = new ArrayDeque<>();
  private final byte[] line = new byte[MAX_LINE];
  private int length;

  /** A log of the last {@code capacity} lines. */
  public ConsoleLog(int capacity) {
    this.capacity = capacity;
  }

  /** The guest wrote these bytes. */
  public synchronized void write(byte[] bytes, int offset, int count) {
    for (int i = offset; i < offset + count; i++) {
      byte b = bytes[i];
      if (b == '\n') {
        endLine();
      } else if (length < MAX_LINE) {
        line[length++] = b;
      }
    }
  }

  /** The last lines, oldest first, without control characters; an unfinished line is the last. */
  public synchronized List<String> lastLines() {
    List<String> all = new ArrayList<>(lines);
    if (length > 0) {
      all.add(text());
    }
    return all.size() > capacity ? all.subList(all.size() - capacity, all.size()) : all;
  }

  private void endLine() {
    if (lines.size() == capacity) {
      lines.removeFirst();
    }
    lines.addLast(text());
    length = 0;
  }

  /** Safe to print: a guest's escape sequences do not reach the terminal of who reads the log. */
  private String text() {
    String raw = new String(line, 0, length, StandardCharsets.UTF_8);
    return raw.replaceAll("\u001b\\[[0-9;?]*[A-Za-z]", "").replaceAll("\\p{Cntrl}", "");
  }
}
