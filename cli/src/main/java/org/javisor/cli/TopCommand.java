package org.javisor.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.javisor.cli.client.HostClient;
import org.javisor.cli.client.HostProcess;
import org.javisor.cli.top.Reading;
import org.javisor.cli.top.Usage;
import org.javisor.cli.top.UsageTable;
import org.javisor.host.ProblemException;
import org.javisor.host.TerminalSize;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code javisor top}. */
@Command(
    name = "top",
    sortOptions = false,
    description = {
      "Show what the instances take of this host just now: processors, memory, disk and network."
          + " On a terminal until q or Ctrl-C; c m d n a sort by CPU, memory, disk, network, name."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  javisor top",
      "  javisor top --sort memory",
      "  javisor top -b -n 1             once, as text, for scripts",
      "  javisor top --json -n 5 -d 10   five times, 10 s each, a JSON line for each"
    })
final class TopCommand implements Callable<Integer> {
  private static final String ALTERNATE_SCREEN = "\033[?1049h\033[?25l";
  private static final String MAIN_SCREEN = "\033[?25h\033[?1049l";
  private static final String TO_THE_TOP = "\033[H";
  private static final String CLEAR_LINE = "\033[K";
  private static final String CLEAR_BELOW = "\033[J";
  private static final String INVERSE = "\033[7m";
  private static final String PLAIN = "\033[0m";
  private static final TerminalSize USUAL = new TerminalSize(24, 80);
  private static final int CTRL_C = 3;

  /** How long the first table's rates are measured on a terminal, where somebody waits for it. */
  private static final double FIRST_SECONDS = 0.3;

  private static final double MAX_SECONDS = 86_400;

  @Mixin HelpOption help = new HelpOption();

  @Option(
      names = {"-b", "--batch"},
      description = "Write tables one after the other; so it is if standard output is no terminal.")
  boolean batch;

  @Option(
      names = {"-n", "--iterations"},
      paramLabel = "N",
      description = "End after so many tables; by default never, in batch mode after one.")
  @Nullable Integer iterations;

  @Option(
      names = {"-d", "--delay"},
      paramLabel = "SECONDS",
      description = "Time from table to table; by default 2.")
  double delay = 2;

  @Option(
      names = {"-s", "--sort"},
      paramLabel = "KEY",
      description = "cpu, memory, disk, net or name; by default cpu.")
  Usage.Order order = Usage.Order.CPU;

  @Option(names = "--json", description = "Write an array a line; rates are bytes a second.")
  boolean json;

  @Override
  public Integer call() throws InterruptedException, IOException {
    if (!(delay >= 0.1 && delay <= MAX_SECONDS)) {
      throw ProblemException.badInput(
          "the delay cannot be " + delay + " s", "give 0.1 to 86400 seconds");
    }
    if (iterations != null && iterations < 1) {
      throw ProblemException.badInput(
          "there cannot be " + iterations + " tables", "give 1 or more, or leave -n out");
    }
    HostProcess process = HostCommand.process();
    if (!process.isRunning()) {
      throw ProblemException.failed(
          "no host process runs, so no instance does", "see: javisor ps --all", null);
    }
    boolean screen =
        !batch
            && !json
            && Terminal.isTerminal(Terminal.STANDARD_OUTPUT)
            && Terminal.isTerminal(Terminal.STANDARD_INPUT);
    try (HostClient client = process.connect()) {
      if (screen) {
        onScreen(client);
      } else {
        inBatches(client);
      }
    }
    return ExitCode.DONE;
  }

  private static Reading read(HostClient client) throws InterruptedException {
    return Reading.of(
        System.nanoTime(),
        client.get("/1.0/instances?recursion=2"),
        new String(client.bytes("/1.0/metrics"), UTF_8));
  }

  private void inBatches(HostClient client) throws InterruptedException {
    Reading before = read(client);
    int tables = iterations == null ? 1 : iterations;
    for (int i = 0; i < tables; i++) {
      TimeUnit.NANOSECONDS.sleep((long) (delay * 1e9));
      Reading now = read(client);
      List<Usage> usage = Usage.between(before, now, order);
      if (json) {
        System.out.println(HostClient.JSON.writeValueAsString(usage));
      } else {
        UsageTable.lines(usage).forEach(System.out::println);
        if (i + 1 < tables) {
          System.out.println();
        }
      }
      before = now;
    }
  }

  /** Redraws a terminal's other screen, so that what stood on it is back afterwards. */
  private void onScreen(HostClient client) throws InterruptedException, IOException {
    OutputStream output = new FileOutputStream(FileDescriptor.out);
    Thread restoring = new Thread(() -> write(output, MAIN_SCREEN), "screen");
    try (RawTerminal _ = RawTerminal.ofStandardInput()) {
      // However it ends, also by a signal.
      Runtime.getRuntime().addShutdownHook(restoring);
      BlockingQueue<Integer> keys = keys();
      write(output, ALTERNATE_SCREEN);
      Reading before = read(client);
      Optional<Integer> key = wait(keys, Math.min(delay, FIRST_SECONDS));
      Reading now = read(client);
      int drawn = 0;
      while (!key.map(TopCommand::ends).orElse(false)) {
        key.ifPresent(this::sortBy);
        if (key.isEmpty() || drawn == 0) {
          drawn++;
        }
        write(output, picture(Usage.between(before, now, order)));
        if (iterations != null && drawn > iterations) {
          return;
        }
        key = wait(keys, delay);
        if (key.isEmpty()) {
          before = now;
          now = read(client);
        }
      }
    } finally {
      // The hook writes it if the process is ending already.
      if (removed(restoring)) {
        write(output, MAIN_SCREEN);
      }
    }
  }

  private static boolean removed(Thread hook) {
    try {
      return Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      return false;
    }
  }

  private static boolean ends(int key) {
    return key < 0 || key == 'q' || key == 'Q' || key == CTRL_C;
  }

  private void sortBy(int key) {
    order =
        switch (key) {
          case 'c', 'C', 'P' -> Usage.Order.CPU;
          case 'm', 'M' -> Usage.Order.MEMORY;
          case 'd', 'D' -> Usage.Order.DISK;
          case 'n', 'N' -> Usage.Order.NET;
          case 'a', 'A' -> Usage.Order.NAME;
          default -> order;
        };
  }

  private String picture(List<Usage> usage) {
    TerminalSize size = Terminal.size(Terminal.STANDARD_OUTPUT).orElse(USUAL);
    StringBuilder picture = new StringBuilder(TO_THE_TOP);
    double cpu = usage.stream().mapToDouble(Usage::cpuPercent).sum();
    long memory = usage.stream().mapToLong(Usage::memory).sum();
    String head =
        String.format(
            Locale.ROOT,
            "%s  %d instances  CPU %.1f%% of %d  memory %s  by %s  (c m d n a sort, q ends)",
            LocalTime.now(java.time.ZoneId.systemDefault()).truncatedTo(ChronoUnit.SECONDS),
            usage.size(),
            cpu,
            Runtime.getRuntime().availableProcessors() * 100,
            org.javisor.host.ByteSize.format(memory),
            order.word());
    line(picture, head, size);
    List<String> lines = UsageTable.lines(usage);
    int rows = Math.min(lines.size(), size.rows() - 2);
    for (int i = 0; i < rows; i++) {
      picture.append("\r\n").append(i == 0 ? INVERSE : "");
      line(picture, lines.get(i), size);
      picture.append(i == 0 ? PLAIN : "");
    }
    return picture.append(CLEAR_BELOW).toString();
  }

  private static void line(StringBuilder picture, String text, TerminalSize size) {
    picture.append(text, 0, Math.min(text.length(), size.columns() - 1)).append(CLEAR_LINE);
  }

  private static void write(OutputStream output, String text) {
    try {
      output.write(text.getBytes(UTF_8));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static Optional<Integer> wait(BlockingQueue<Integer> keys, double seconds)
      throws InterruptedException {
    return Optional.ofNullable(keys.poll((long) (seconds * 1e9), TimeUnit.NANOSECONDS));
  }

  /** What is typed; -1 is its end. A read may wait for ever, and nothing can interrupt it. */
  private static BlockingQueue<Integer> keys() {
    BlockingQueue<Integer> keys = new LinkedBlockingQueue<>();
    Thread.ofPlatform()
        .daemon()
        .name("keys")
        .start(
            () -> {
              InputStream input = new FileInputStream(FileDescriptor.in);
              try {
                int key = input.read();
                while (key >= 0) {
                  keys.add(key);
                  key = input.read();
                }
              } catch (IOException e) {
                // As its end.
              }
              keys.add(-1);
            });
    return keys;
  }
}
