package org.javisor.cli;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.javisor.cli.client.HostClient;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/**
 * {@code javisor config} and its subcommands. A key of a device is written with the device's name
 * before it: {@code root.size}.
 */
@Command(
    name = "config",
    description = "What an instance is to be: limits, sizes, what happens when it ends.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {ConfigCommand.Show.class, ConfigCommand.Get.class, ConfigCommand.Set.class},
    footerHeading = "%nExamples:%n",
    footer = {
      "  javisor config show web",
      "  javisor config get web limits.memory",
      "  javisor config set web limits.memory=256MiB     at once, up to what it was started with",
      "  javisor config set web root.size=8GiB           its disk grows at once",
      "  javisor config set web root.limits.read=30MiB root.limits.write=500iops",
      "  javisor config set web eth0.limits.max=10Mbit",
      "  javisor config set web root.limits.read=        as if nothing had been said"
    })
final class ConfigCommand implements Callable<Integer> {
  @Mixin HelpOption help = new HelpOption();
  @Spec @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    throw new ParameterException(
        Objects.requireNonNull(spec).commandLine(), "config needs show, get or set");
  }

  private static String path(String instance) {
    return "/1.0/instances/" + HostClient.encoded(instance);
  }

  /** The texts of an object of the API. */
  static Map<String, String> valuesOf(JsonNode object) {
    Map<String, String> values = new TreeMap<>();
    object.properties().forEach(entry -> values.put(entry.getKey(), entry.getValue().asString()));
    return values;
  }

  /** All keys of an instance, those of its devices with the device's name before them. */
  private static Map<String, String> keys(JsonNode instance) {
    Map<String, String> keys = valuesOf(instance.path("expanded_config"));
    instance
        .path("expanded_devices")
        .properties()
        .forEach(
            device ->
                valuesOf(device.getValue())
                    .forEach((key, value) -> keys.put(device.getKey() + "." + key, value)));
    return keys;
  }

  @Command(
      name = "show",
      description = "Write all keys of an instance with their values.",
      footerHeading = "%nExample:%n",
      footer = "  javisor config show web")
  static final class Show implements Callable<Integer> {
    @Mixin HelpOption help = new HelpOption();

    @Parameters(paramLabel = "NAME", description = "The instance.")
    String name = "";

    @Override
    public Integer call() throws InterruptedException {
      try (HostClient client = HostCommand.process().connect()) {
        keys(client.get(path(name))).forEach((key, value) -> System.out.println(key + "=" + value));
      }
      return ExitCode.DONE;
    }
  }

  @Command(
      name = "get",
      description = "Write the value of a key; an empty line if nothing is said.",
      footerHeading = "%nExample:%n",
      footer = "  javisor config get web limits.memory")
  static final class Get implements Callable<Integer> {
    @Mixin HelpOption help = new HelpOption();

    @Parameters(index = "0", paramLabel = "NAME", description = "The instance.")
    String name = "";

    @Parameters(index = "1", paramLabel = "KEY", description = "Such as limits.cpu or root.size.")
    String key = "";

    @Override
    public Integer call() throws InterruptedException {
      try (HostClient client = HostCommand.process().connect()) {
        System.out.println(keys(client.get(path(name))).getOrDefault(key, ""));
      }
      return ExitCode.DONE;
    }
  }

  @Command(
      name = "set",
      description = {
        "Set keys of an instance, which may be on. What can change at once does; what waits for the"
            + " next start is said. An empty value is as if nothing had been said."
      },
      footerHeading = "%nExamples:%n",
      footer = {
        "  javisor config set web limits.cpu=2 limits.memory=1GiB",
        "  javisor config set web root.size=8GiB root.limits.max=20MiB"
      })
  static final class Set implements Callable<Integer> {
    @Mixin HelpOption help = new HelpOption();

    @Parameters(index = "0", paramLabel = "NAME", description = "The instance.")
    String name = "";

    @Parameters(
        index = "1..*",
        arity = "1..*",
        paramLabel = "KEY=VALUE",
        description = "Such as limits.cpu=2 or root.size=8GiB.")
    List<String> changes = List.of();

    @Override
    public Integer call() throws InterruptedException {
      Map<String, String> changed = Assignments.of(changes, "limits.cpu=2");
      try (HostClient client = HostCommand.process().connect()) {
        JsonNode known = client.get(path(name)).path("expanded_devices");
        Map<String, String> config = new TreeMap<>();
        Map<String, Map<String, String>> devices = new TreeMap<>();
        for (Map.Entry<String, String> change : changed.entrySet()) {
          String key = change.getKey();
          String device = key.substring(0, Math.max(0, key.indexOf('.')));
          if (known.has(device)) {
            devices
                .computeIfAbsent(device, one -> valuesOf(known.path(one)))
                .put(key.substring(device.length() + 1), change.getValue());
          } else {
            config.put(key, change.getValue());
          }
        }
        devices.values().forEach(device -> device.values().removeIf(String::isEmpty));
        JsonNode end =
            client.run(
                "PATCH", path(name), HostClient.object("config", config, "devices", devices));
        end.path("metadata").path("later").forEach(line -> Words.say(line.asString()));
      }
      return ExitCode.DONE;
    }
  }
}
