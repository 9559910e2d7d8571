package org.javisor.cli.completion;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Shell completion of a command line: the commands and options of picocli's model as a table in
 * front of a script that looks up names in the data folder.
 */
public final class CompletionScript {
  /** What the parameters of a command name, in their order; the last may come again. */
  private static final Map<String, String> KINDS =
      Map.ofEntries(
          Map.entry("run", "image"),
          Map.entry("launch", "image none"),
          Map.entry("exec", "instance none"),
          Map.entry("console", "instance none"),
          Map.entry("cp", "place place none"),
          Map.entry("start", "instance"),
          Map.entry("stop", "instance"),
          Map.entry("restart", "instance"),
          Map.entry("pause", "instance"),
          Map.entry("resume", "instance"),
          Map.entry("rm", "instance"),
          Map.entry("logs", "instance none"),
          Map.entry("snapshot create", "instance none"),
          Map.entry("snapshot ls", "instance none"),
          Map.entry("snapshot rm", "instance snapshot none"),
          Map.entry("restore", "instance snapshot none"),
          Map.entry("clone", "source none"),
          Map.entry("net create", "none"),
          Map.entry("net set", "network none"),
          Map.entry("net rm", "network"),
          Map.entry("net capture", "network none"),
          Map.entry("config show", "instance none"),
          Map.entry("config get", "instance none"),
          Map.entry("config set", "instance none"),
          Map.entry("host config", "none"),
          Map.entry("up", "file none"),
          Map.entry("down", "file none"),
          Map.entry("host token", "none"),
          Map.entry("host join", "none"),
          Map.entry("host leave", "none"),
          Map.entry("move", "instance none"),
          Map.entry("export", "instance file none"),
          Map.entry("import", "file none"),
          Map.entry("image pull", "release none"),
          Map.entry("image build", "none"),
          Map.entry("image rm", "image"),
          Map.entry("completion", "shell none"));

  private CompletionScript() {}

  /** The script for bash. */
  public static String bash(CommandLine whole) {
    StringBuilder table = new StringBuilder();
    write("", whole.getCommandSpec(), table);
    return resource().replace("  # TABLE\n", table);
  }

  /** The script for zsh, which runs bash's. */
  public static String zsh(String bash) {
    return "autoload -U +X bashcompinit && bashcompinit\n" + bash;
  }

  private static String under(String path, String name) {
    return path.isEmpty() ? name : path + " " + name;
  }

  private static void write(String path, CommandSpec command, StringBuilder table) {
    boolean named = command.positionalParameters().stream().anyMatch(p -> !p.hidden());
    if (named && !KINDS.containsKey(path)) {
      throw new IllegalStateException("nothing says what the parameters of '" + path + "' name");
    }
    String subcommands =
        command.subcommands().entrySet().stream()
            .filter(sub -> !sub.getValue().getCommandSpec().usageMessage().hidden())
            .map(Map.Entry::getKey)
            .collect(Collectors.joining(" "));
    List<OptionSpec> options = command.options().stream().filter(o -> !o.hidden()).toList();
    table.append("  '").append(path).append("')\n");
    set(table, "subcommands", path.isEmpty() ? subcommands + " help" : subcommands);
    set(
        table,
        "options",
        options.stream()
            .flatMap(o -> List.of(o.names()).stream())
            .collect(Collectors.joining(" ")));
    set(
        table,
        "values",
        options.stream()
            .filter(o -> o.arity().max() > 0)
            .flatMap(o -> List.of(o.names()).stream().map(name -> name + "=" + kind(o)))
            .collect(Collectors.joining(" ")));
    set(table, "kinds", KINDS.getOrDefault(path, "none"));
    table.append("    ;;\n");
    command
        .subcommands()
        .forEach((name, sub) -> write(under(path, name), sub.getCommandSpec(), table));
  }

  private static void set(StringBuilder table, String variable, String value) {
    table.append("    ").append(variable).append("='").append(value).append("'\n");
  }

  private static String kind(OptionSpec option) {
    if (Path.class.isAssignableFrom(option.auxiliaryTypes()[0])) {
      return "file";
    }
    if (option.completionCandidates() != null) {
      return StreamSupport.stream(option.completionCandidates().spliterator(), false)
          .map(value -> value.toLowerCase(Locale.ROOT))
          .collect(Collectors.joining(","));
    }
    String label = option.paramLabel();
    return label.equals("NETWORK")
        ? "network"
        : label.contains("|") ? label.replace('|', ',') : "none";
  }

  private static String resource() {
    try (InputStream script =
        Objects.requireNonNull(CompletionScript.class.getResourceAsStream("completion.bash"))) {
      return new String(script.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
