package org.javisor.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code javisor version}. */
@Command(
    name = "version",
    description = "Show the version of javisor and of the JDK it runs on.",
    footerHeading = "%nExample:%n",
    footer = "  javisor version")
final class VersionCommand implements Callable<Integer> {
  @Mixin HelpOption help = new HelpOption();

  @Override
  public Integer call() {
    return print();
  }

  static int print() {
    System.out.println("javisor " + version() + " (JDK " + Runtime.version() + ")");
    return ExitCode.DONE;
  }

  /** The version of javisor. */
  static String version() {
    String version = Javisor.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
