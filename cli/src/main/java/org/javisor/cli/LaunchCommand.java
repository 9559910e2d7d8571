package org.javisor.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.javisor.cli.client.HostClient;
import org.javisor.cli.client.OperationDisplay;
import org.javisor.host.ByteSize;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code javisor launch}. */
@Command(
    name = "launch",
    sortOptions = false,
    description = "Create an instance from an image and start it. It is kept until it is removed.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  javisor launch busybox web",
      "  javisor launch --cpus 2 --memory 512MiB --disk 4GiB debian db",
      "  javisor launch --restart always debian web",
      "  javisor launch --cloud-init user-data.yaml ci web     of an image with cloud-init",
      "  javisor launch --config javisor.cpu.shares=300 busybox quick"
    })
final class LaunchCommand implements Callable<Integer> {
  @Mixin HelpOption help = new HelpOption();

  @Option(names = "--cpus", paramLabel = "N", description = "Number of CPUs; by default 1.")
  @Nullable Integer cpus;

  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      description = "Memory; by default what the image wants.")
  @Nullable String memory;

  @Option(names = "--disk", paramLabel = "SIZE", description = "Grow its disk to this size.")
  @Nullable String disk;

  @Option(
      names = "--restart",
      paramLabel = "no|on-failure|always",
      description = "What happens when it ends and nobody asked for it; by default it stays off.")
  @Nullable String restart;

  @Option(
      names = "--config",
      paramLabel = "KEY=VALUE",
      description = "Set a configuration key, such as user.owner=me.")
  List<String> config = List.of();

  @Option(
      names = "--cloud-init",
      paramLabel = "FILE",
      description = "User data for cloud-init, if the image has it.")
  @Nullable Path cloudInit;

  @Option(
      names = "--network",
      paramLabel = "NAME",
      description = "The network it is on, of those that javisor net ls lists; else default.")
  @Nullable String network;

  @Option(names = "--no-start", description = "Create it only.")
  boolean noStart;

  @Option(names = "--ephemeral", description = "Remove it when it stops.")
  boolean ephemeral;

  @Parameters(index = "0", paramLabel = "IMAGE", description = "busybox, debian, or one you built.")
  String image = "";

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "NAME",
      description = "What to call it; without one it gets a name.")
  @Nullable String name;

  @Override
  public Integer call() throws Exception {
    Map<String, String> keys = Assignments.of(config, "user.owner=me");
    if (cpus != null) {
      keys.put("limits.cpu", String.valueOf(cpus));
    }
    if (memory != null) {
      keys.put("limits.memory", String.valueOf(ByteSize.parse(memory)));
    }
    if (restart != null) {
      keys.put("javisor.restart", restart);
    }
    if (cloudInit != null) {
      keys.put("cloud-init.user-data", Files.readString(cloudInit));
    }
    Map<String, Map<String, String>> devices = new LinkedHashMap<>();
    if (network != null) {
      devices.put("eth0", Map.of("type", "nic", "network", network));
    }
    if (disk != null) {
      devices.put(
          "root",
          Map.of(
              "type",
              "disk",
              "path",
              "/",
              "pool",
              "default",
              "size",
              String.valueOf(ByteSize.parse(disk))));
    }
    try (HostClient client = HostCommand.process().connect();
        ProgressDisplay progress = ProgressDisplay.onStandardError()) {
      JsonNode operation =
          client.begin(
              "POST",
              "/1.0/instances",
              HostClient.object(
                  "name", name,
                  "type", "virtual-machine",
                  "ephemeral", ephemeral,
                  "start", !noStart,
                  "config", keys,
                  "devices", devices,
                  "source", Map.of("type", "image", "alias", image)));
      JsonNode end = new OperationDisplay(client, progress).await(operation);
      List<String> made = new ArrayList<>();
      end.path("resources")
          .path("instances")
          .forEach(path -> made.add(path.asString().substring("/1.0/instances/".length())));
      made.forEach(System.out::println);
    }
    return ExitCode.DONE;
  }
}
