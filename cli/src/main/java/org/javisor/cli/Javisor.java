package org.javisor.cli;

/** The {@code javisor} command. */
public final class Javisor {
  private Javisor() {}

  public static void main(String[] arguments) throws Exception {
    boolean onlyVersion =
        arguments.length == 1
            && (arguments[0].equals("version") || arguments[0].equals("--version"));
    // The option parser is half of the start-up time, and there is nothing here to parse.
    int code;
    if (onlyVersion) {
      code = VersionCommand.print();
    } else if (arguments.length == 1 && arguments[0].equals("rehearse")) {
      code = Rehearsal.run();
    } else {
      try (Interruption _ = new Interruption()) {
        code = Commands.execute(arguments);
      }
    }
    System.exit(code);
  }
}
