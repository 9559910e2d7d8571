package org.javisor.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.stream.Collectors;
import org.javisor.cli.client.HostClient;
import org.javisor.cli.cluster.ClusterFile;
import org.javisor.host.Host;
import org.javisor.host.ProblemException;
import org.javisor.image.Image;
import org.javisor.image.ImageInfo;
import org.javisor.image.ImageLibrary;
import org.javisor.image.Progress;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code javisor up}. */
@Command(
    name = "up",
    description = {
      "Make a cluster as its file says: its images, its network, and its machines, which are"
          + " started. What is there already stays; machines that the file asks for no more are"
          + " removed."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  javisor up examples/cluster.yaml", "  javisor down examples/cluster.yaml"})
final class UpCommand implements Callable<Integer> {
  /** Machines that boot at once: more would only wait for each other. */
  private static final int AT_ONCE = 4;

  @Mixin HelpOption help = new HelpOption();
  @Mixin MirrorOption place = new MirrorOption();

  @Parameters(paramLabel = "FILE", description = "The cluster file.")
  Path file = Path.of("");

  @Override
  public Integer call() throws Exception {
    ClusterFile cluster = ClusterFile.read(file);
    List<ClusterFile.Desired> desired = cluster.instances(file.toAbsolutePath().resolveSibling(""));
    try (HostClient client = HostCommand.process().connect();
        ProgressDisplay progress = ProgressDisplay.onStandardError()) {
      ClusterMembers members = new ClusterMembers(client, cluster.clusterName());
      Map<String, JsonNode> there = members.all();
      requireOurs(client, desired, there.keySet(), cluster.clusterName());
      makeImages(cluster.variants(), progress);
      members.makeNetwork(cluster.network());
      Set<String> wanted =
          desired.stream().map(ClusterFile.Desired::name).collect(Collectors.toSet());
      for (String name : there.keySet()) {
        if (!wanted.contains(name)) {
          members.remove(name);
        }
      }
      deploy(members, desired, there, progress);
      System.out.print(members.table());
    }
    return ExitCode.DONE;
  }

  /** An instance of the same name that is not of this cluster is not touched. */
  private static void requireOurs(
      HostClient client, List<ClusterFile.Desired> desired, Set<String> ours, String cluster)
      throws InterruptedException {
    Set<String> others =
        client
            .get("/1.0/instances")
            .valueStream()
            .map(path -> path.asString().substring("/1.0/instances/".length()))
            .collect(Collectors.toSet());
    for (ClusterFile.Desired one : desired) {
      if (others.contains(one.name()) && !ours.contains(one.name())) {
        throw ProblemException.badInput(
            "an instance " + one.name() + " is there that is not of the cluster " + cluster,
            "rename it, or the machine in the file");
      }
    }
  }

  private void makeImages(Map<String, List<String>> variants, Progress progress)
      throws InterruptedException {
    Host host = place.host(progress);
    for (Map.Entry<String, List<String>> variant : variants.entrySet()) {
      ImageLibrary images = host.images();
      String name = variant.getKey();
      Optional<Image> here = Host.explained(() -> images.find(name));
      if (here.isEmpty()) {
        Host.explained(() -> images.build(name, variant.getValue(), progress));
      } else {
        requirePackages(Host.explained(images::list), name, variant.getValue());
      }
    }
  }

  /** An image of that name may be one that was made for something else. */
  private static void requirePackages(List<ImageInfo> images, String name, List<String> packages) {
    Set<String> there =
        images.stream()
            .filter(image -> image.name().equals(name))
            .flatMap(image -> image.packages().stream())
            .map(one -> one.substring(0, Math.max(one.indexOf(' '), 0)))
            .collect(Collectors.toSet());
    List<String> lacking = packages.stream().filter(one -> !there.contains(one)).toList();
    if (!lacking.isEmpty()) {
      throw ProblemException.badInput(
          "the image " + name + " is here without " + String.join(", ", lacking),
          "javisor image build --packages " + String.join(",", packages) + " " + name);
    }
  }

  private static void deploy(
      ClusterMembers members,
      List<ClusterFile.Desired> desired,
      Map<String, JsonNode> there,
      Progress progress)
      throws InterruptedException {
    Semaphore turns = new Semaphore(AT_ONCE);
    Map<String, Future<@Nullable Void>> started = new TreeMap<>();
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
        Progress.Phase phase =
            progress.begin("Starting machines", Progress.Unit.STEPS, desired.size())) {
      for (ClusterFile.Desired one : desired) {
        started.put(
            one.name(),
            executor.submit(
                () -> {
                  turns.acquire();
                  try {
                    members.deploy(one, there.get(one.name()));
                    phase.at(one.name());
                    phase.advance(1);
                  } finally {
                    turns.release();
                  }
                  return null;
                }));
      }
      List<String> failures = new ArrayList<>();
      for (Map.Entry<String, Future<@Nullable Void>> one : started.entrySet()) {
        try {
          one.getValue().get();
        } catch (ExecutionException e) {
          failures.add(one.getKey() + ": " + reason(e));
        } catch (InterruptedException e) {
          executor.shutdownNow();
          throw e;
        }
      }
      if (!failures.isEmpty()) {
        throw ProblemException.failed(String.join("; ", failures), "", null);
      }
    }
  }

  private static String reason(ExecutionException failure) {
    Throwable cause = failure.getCause();
    return cause == null ? "it failed" : String.valueOf(cause.getMessage());
  }
}
