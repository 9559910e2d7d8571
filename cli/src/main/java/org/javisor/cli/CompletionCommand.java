package org.javisor.cli;

import java.util.concurrent.Callable;
import org.javisor.cli.completion.CompletionScript;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code javisor completion}. */
@Command(
    name = "completion",
    description = {
      "Print a script by which a shell completes commands, options and names with Tab. It finds the"
          + " names in the data folder, without starting javisor."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  javisor completion bash > ~/.local/share/bash-completion/completions/javisor",
      "  javisor completion zsh > ~/.javisor.zsh    then source it in ~/.zshrc after compinit"
    })
final class CompletionCommand implements Callable<Integer> {
  /** Shells that have a script. */
  enum Shell {
    BASH,
    ZSH
  }

  @Mixin HelpOption help = new HelpOption();

  @Parameters(paramLabel = "SHELL", description = "bash or zsh.")
  Shell shell = Shell.BASH;

  @Override
  public Integer call() {
    String script = CompletionScript.bash(Commands.model());
    System.out.print(shell == Shell.ZSH ? CompletionScript.zsh(script) : script);
    return ExitCode.DONE;
  }
}
