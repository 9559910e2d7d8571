package org.javisor.cli.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.javisor.host.ByteSize;
import org.javisor.host.ProblemException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * A cluster file, as it is written.
 *
 * @param name of the cluster, and of its network
 * @param network its network; without one it has a subnet of the host's choice
 * @param images variants of the debian image that its machines are made from, by name
 * @param machines by name
 */
public record ClusterFile(
    @Nullable String name,
    @Nullable Network network,
    @Nullable Map<String, Variant> images,
    @Nullable Map<String, Machine> machines) {
  /** The configuration key by which an instance says whose it is. */
  public static final String MARK = "user.javisor.cluster";

  private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?");

  /** A Linux interface's name, which a network's is, has at most 15 letters. */
  private static final Pattern NETWORK = Pattern.compile("[a-z0-9]([a-z0-9-]{0,13}[a-z0-9])?");

  private static final int MAX_COUNT = 200;

  /**
   * The network of a cluster.
   *
   * @param subnet in CIDR notation, such as 10.42.0.0/24
   * @param uplink whether machines reach what is outside; by default they do
   * @param config further keys
   */
  public record Network(
      @Nullable String subnet, @Nullable Boolean uplink, @Nullable Map<String, String> config) {}

  /**
   * An image that is made if it is not here.
   *
   * @param packages Debian packages that it has beyond the debian image's
   */
  public record Variant(@Nullable List<String> packages) {}

  /**
   * Machines of one kind.
   *
   * @param image what they are made from
   * @param count how many; with more than one they are called NAME-1, NAME-2, ...
   * @param cpus of each
   * @param memory of each, as a size
   * @param disk of each, as a size
   * @param restart no, on-failure or always
   * @param cloudInit a file with user data for cloud-init, beside the cluster file
   * @param ports forwards from this host, as {@code [ADDRESS:]PORT:GUESTPORT[/udp]}
   * @param spread over what copies are spread; on one host there is nothing to do for it
   * @param run a shell command that a machine runs when {@code up} has booted it
   * @param config further keys
   */
  public record Machine(
      @Nullable String image,
      @Nullable Integer count,
      @Nullable Integer cpus,
      @Nullable String memory,
      @Nullable String disk,
      @Nullable String restart,
      @com.fasterxml.jackson.annotation.JsonProperty("cloud-init") @Nullable String cloudInit,
      @Nullable List<String> ports,
      @Nullable String spread,
      @Nullable String run,
      @Nullable Map<String, String> config) {}

  /**
   * An instance that the file asks for, in the API's words.
   *
   * @param name its name
   * @param image what it is made from
   * @param config its configuration
   * @param devices its devices
   * @param run a command to run in it when it has started; empty for none
   */
  public record Desired(
      String name,
      String image,
      Map<String, String> config,
      Map<String, Map<String, String>> devices,
      String run) {}

  /**
   * Reads a cluster file.
   *
   * @throws ProblemException if it is not there or not as it has to be; the line is named
   */
  public static ClusterFile read(Path file) {
    byte[] text;
    try {
      text = Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw ProblemException.badInput("there is no file " + file, "name a cluster file");
    } catch (IOException e) {
      throw ProblemException.badInput(file + " cannot be read", String.valueOf(e.getMessage()));
    }
    YAMLMapper yaml =
        YAMLMapper.builder().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();
    ClusterFile read;
    try {
      read = yaml.readValue(text, ClusterFile.class);
    } catch (UnrecognizedPropertyException e) {
      throw ProblemException.badInput(
          file + place(e) + ": there is no key '" + e.getPropertyName() + "' here",
          "known are " + e.getKnownPropertyIds());
    } catch (JacksonException e) {
      throw ProblemException.badInput(
          file
              + place(e)
              + ": "
              + String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse(""),
          "see examples/cluster.yaml");
    }
    if (read == null) {
      throw ProblemException.badInput(file + " is empty", "see examples/cluster.yaml");
    }
    read.check(file);
    return read;
  }

  private static String place(JacksonException e) {
    return e.getLocation() == null ? "" : ":" + e.getLocation().getLineNr();
  }

  /** The packages of each image that its machines are made from and that may have to be made. */
  public Map<String, List<String>> variants() {
    Map<String, List<String>> variants = new TreeMap<>();
    Objects.requireNonNullElse(images, Map.<String, Variant>of())
        .forEach((key, variant) -> variants.put(key, Objects.requireNonNull(variant.packages())));
    return variants;
  }

  private void check(Path file) {
    if (name == null || !NETWORK.matcher(name).matches()) {
      throw ProblemException.badInput(
          file + ": the name '" + Objects.requireNonNullElse(name, "") + "' cannot be a cluster's",
          "use 1 to 15 small letters, digits and hyphens inside");
    }
    if (machines == null || machines.isEmpty()) {
      throw ProblemException.badInput(
          file + " has no machines", "machines: {web: {image: busybox}}");
    }
    Objects.requireNonNullElse(images, Map.<String, @Nullable Variant>of())
        .forEach(
            (key, variant) -> {
              if (variant == null
                  || variant.packages() == null
                  || variant.packages().isEmpty()
                  || variant.packages().stream().anyMatch(Objects::isNull)) {
                throw ProblemException.badInput(
                    file + ": the image " + key + " has no packages",
                    "images: {" + key + ": {packages: [nginx-light]}}");
              }
            });
    machines.forEach(
        (key, machine) -> {
          if (!NAME.matcher(key).matches()) {
            throw ProblemException.badInput(
                file + ": '" + key + "' cannot be a machine's name",
                "use small letters, digits and hyphens inside");
          }
          if (machine == null || machine.image() == null) {
            throw ProblemException.badInput(
                file + ": the machine " + key + " has no image", "image: busybox");
          }
          int count = Objects.requireNonNullElse(machine.count(), 1);
          if (count < 0 || count > MAX_COUNT) {
            throw ProblemException.badInput(
                file + ": the machine " + key + " cannot be there " + count + " times",
                "0 to " + MAX_COUNT + " are possible");
          }
        });
  }

  /** What the cluster and its network are called. */
  public String clusterName() {
    return Objects.requireNonNull(name);
  }

  /**
   * The instances it asks for.
   *
   * @param folder where files that it names are
   */
  public List<Desired> instances(Path folder) {
    List<Desired> all = new ArrayList<>();
    Objects.requireNonNull(machines)
        .forEach(
            (key, machine) -> {
              int count = Objects.requireNonNullElse(machine.count(), 1);
              for (int i = 1; i <= count; i++) {
                String instance = machine.count() == null ? key : key + "-" + i;
                all.add(desired(instance, machine, folder, i));
              }
            });
    return all;
  }

  private Desired desired(String instance, Machine machine, Path folder, int index) {
    Map<String, String> keys = new LinkedHashMap<>();
    if (machine.config() != null) {
      keys.putAll(machine.config());
    }
    keys.put(MARK, clusterName());
    if (machine.cpus() != null) {
      keys.put("limits.cpu", String.valueOf(machine.cpus()));
    }
    if (machine.memory() != null) {
      keys.put("limits.memory", String.valueOf(ByteSize.parse(machine.memory())));
    }
    if (machine.restart() != null) {
      keys.put("javisor.restart", machine.restart());
    }
    if (machine.cloudInit() != null) {
      keys.put("cloud-init.user-data", userData(folder.resolve(machine.cloudInit())));
    }
    Map<String, Map<String, String>> devices = new LinkedHashMap<>();
    devices.put("eth0", Map.of("type", "nic", "name", "eth0", "network", clusterName()));
    if (machine.disk() != null) {
      devices.put(
          "root",
          Map.of(
              "type", "disk",
              "path", "/",
              "pool", "default",
              "size", String.valueOf(ByteSize.parse(machine.disk()))));
    }
    int port = 0;
    for (String forward : Objects.requireNonNullElse(machine.ports(), List.<String>of())) {
      devices.put("port" + port++, PortForward.parse(forward).shifted(index - 1).device());
    }
    return new Desired(
        instance,
        Objects.requireNonNull(machine.image()),
        keys,
        devices,
        Objects.requireNonNullElse(machine.run(), ""));
  }

  private static String userData(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw ProblemException.badInput(
          "the cloud-init file " + file + " cannot be read", "name a file beside the cluster file");
    }
  }
}
