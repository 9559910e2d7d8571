package org.javisor.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "run")
final class RunCommand implements Callable<Integer> {
  @Mixin HelpOption help = new HelpOption();
  private final List<String> command;

  RunCommand(List<String> command) {
    this.command = command;
  }

  @Override
  public Integer call() {
    return command.size();
  }
}
