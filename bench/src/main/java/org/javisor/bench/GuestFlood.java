package org.javisor.bench;

import org.javisor.host.ProblemException;

/**
 * A command in a machine that does not end by itself.
 *
 * @param commands how the machine is reached
 * @param machine where it runs
 * @param name what is flooded
 * @param unit of what the counter counts
 * @param command a line of shell
 * @param counter a line of shell that writes a number; {@code $pid} is the command's process
 */
record GuestFlood(
    HostCommands commands, String machine, String name, String unit, String command, String counter)
    implements Flood {
  @Override
  public Running start() throws InterruptedException {
    String pid =
        commands
            .shell(machine, "(exec %s) </dev/null >/dev/null 2>&1 & echo $!".formatted(command))
            .strip();
    return new Running() {
      @Override
      public long count() throws InterruptedException {
        String said = commands.shell(machine, "pid=%s; %s".formatted(pid, counter)).strip();
        try {
          return Long.parseLong(said);
        } catch (NumberFormatException e) {
          throw ProblemException.failed(
              "the flood of the %s does not run: %s".formatted(name, said), "", e);
        }
      }

      @Override
      public void stop() throws InterruptedException {
        String ignored = commands.shell(machine, "kill -9 " + pid);
        assert ignored.isEmpty();
      }
    };
  }
}
