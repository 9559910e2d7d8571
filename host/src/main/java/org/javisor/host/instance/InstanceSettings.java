package org.javisor.host.instance;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.javisor.host.ByteSize;
import org.javisor.host.EngineKind;
import org.javisor.host.MachineSpec;
import org.javisor.host.ProblemException;
import org.javisor.host.scheduling.Allowance;
import org.javisor.host.scheduling.Claim;
import org.javisor.host.snapshot.GuestAdjustment;
import org.javisor.network.PortRates;
import org.javisor.virtio.block.IoLimits;

/**
 * What an instance's keys and values mean. The keys are those of the Incus API, so far as a machine
 * of ours has what they stand for; the ones under {@code javisor.} are our own.
 *
 * @param cpus number of harts ({@code limits.cpu})
 * @param memory bytes ({@code limits.memory}); empty for what the image wants
 * @param diskSize bytes of the root disk ({@code size}); empty for the image's
 * @param engine how instructions are executed ({@code javisor.engine})
 * @param append words for the kernel command line ({@code javisor.append})
 * @param autostart whether it starts with the host; empty if it does when it was on before ({@code
 *     boot.autostart})
 * @param startPriority those with higher numbers start first ({@code boot.autostart.priority})
 * @param startDelay how long the host waits after its start before the next one's ({@code
 *     boot.autostart.delay})
 * @param shutdownTimeout how long its guest has to shut down when the host ends ({@code
 *     boot.host_shutdown_timeout})
 * @param restart what happens when it ends by itself ({@code javisor.restart}, {@code
 *     boot.autorestart})
 * @param cpuShares weight against other instances when processor time is scarce ({@code
 *     javisor.cpu.shares}), 1 to 10,000; or as a percentage of the usual ({@code
 *     limits.cpu.allowance})
 * @param cpuAllowance processor time at most ({@code limits.cpu.allowance} such as {@code
 *     25ms/100ms})
 * @param diskLimits how fast the root disk may be used (its {@code limits.read}, {@code
 *     limits.write}, {@code limits.max})
 * @param networkRates how much may pass its network device ({@code limits.ingress}, {@code
 *     limits.egress}, {@code limits.max})
 * @param clock what becomes of the guest's wall clock after it stood still ({@code
 *     javisor.clock.policy})
 */
public record InstanceSettings(
    int cpus,
    OptionalLong memory,
    OptionalLong diskSize,
    EngineKind engine,
    String append,
    Optional<Boolean> autostart,
    int startPriority,
    Duration startDelay,
    Duration shutdownTimeout,
    RestartPolicy restart,
    int cpuShares,
    Optional<Allowance> cpuAllowance,
    IoLimits diskLimits,
    PortRates networkRates,
    GuestAdjustment.TimePolicy clock) {
  /** The weight of an instance that says nothing of it. */
  public static final int DEFAULT_SHARES = 100;

  /** Seconds that the longest of waits may take. */
  public static final int MAX_SECONDS = 600;

  private static final int DEFAULT_SHUTDOWN_SECONDS = 30;
  private static final int MAX_SHARES = 10_000;
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}");
  private static final Pattern PERCENTAGE = Pattern.compile("([0-9]{1,4})%");
  private static final Pattern TIMES = Pattern.compile("([0-9]{1,9})ms/([0-9]{1,9})ms");
  private static final Pattern DEVICE_NAME = Pattern.compile("[A-Za-z0-9._-]{1,63}");

  /** Keys that are kept and given back, and change nothing here. */
  private static final Pattern FREE_KEYS = Pattern.compile("(user|image|volatile)\\.[ -~]{1,200}");

  private static final Set<String> KEYS =
      Set.of(
          "limits.cpu",
          "limits.cpu.allowance",
          "limits.memory",
          "boot.autostart",
          "boot.autostart.delay",
          "boot.autostart.priority",
          "boot.autorestart",
          "boot.host_shutdown_timeout",
          "cloud-init.user-data",
          "cloud-init.vendor-data",
          "cloud-init.network-config",
          "javisor.append",
          "javisor.clock.policy",
          "javisor.cpu.shares",
          "javisor.engine",
          "javisor.restart");

  private static final Map<String, Set<String>> DEVICE_KEYS =
      Map.of(
          "disk",
              Set.of("type", "path", "pool", "size", "limits.read", "limits.write", "limits.max"),
          "nic",
              Set.of(
                  "type",
                  "name",
                  "network",
                  "hwaddr",
                  "ipv4.address",
                  "limits.ingress",
                  "limits.egress",
                  "limits.max",
                  "security.mac_filtering",
                  "security.ipv4_filtering",
                  "security.port_isolation"),
          "proxy", Set.of("type", "listen", "connect"),
          "none", Set.of("type"));

  /** What happens when the machine ends and nobody asked for it. */
  public enum RestartPolicy {
    /** It stays off. */
    NO,
    /** It starts again if it failed. */
    ON_FAILURE,
    /** It starts again, also after its guest shut it down. */
    ALWAYS
  }

  /**
   * Reads and checks the keys of an instance, those of its profiles included.
   *
   * @throws ProblemException naming the first key or value that is not possible
   */
  public static InstanceSettings of(InstanceConfig instance) {
    Map<String, String> config = instance.expandedConfig();
    config.keySet().forEach(InstanceSettings::checkKey);
    Map<String, Map<String, String>> devices = instance.expandedDevices();
    devices.forEach(InstanceSettings::checkDevice);
    Cabling.check(devices);
    InstanceSettings settings =
        new InstanceSettings(
            number(config, "limits.cpu", MachineSpec.MIN_CPUS),
            size(config.get("limits.memory")),
            size(devices.getOrDefault("root", Map.of()).get("size")),
            word(config, "javisor.engine", EngineKind.TRANSLATOR, EngineKind.class),
            config.getOrDefault("javisor.append", ""),
            Optional.ofNullable(config.get("boot.autostart"))
                .filter(text -> !text.isEmpty())
                .map(text -> truth("boot.autostart", text)),
            number(config, "boot.autostart.priority", 0),
            seconds(config, "boot.autostart.delay", 0),
            seconds(config, "boot.host_shutdown_timeout", DEFAULT_SHUTDOWN_SECONDS),
            restart(config),
            number(config, "javisor.cpu.shares", sharesOfAllowance(config)),
            hardAllowance(config),
            DiskLimits.of(devices.getOrDefault("root", Map.of())),
            Cabling.rates(devices),
            word(
                config,
                "javisor.clock.policy",
                GuestAdjustment.TimePolicy.JUMP,
                GuestAdjustment.TimePolicy.class));
    if (settings.cpuShares < 1 || settings.cpuShares > MAX_SHARES) {
      throw ProblemException.badInput(
          "javisor.cpu.shares cannot be " + settings.cpuShares, "give 1 to " + MAX_SHARES);
    }
    settings.spec("checked", ""); // Its limits hold too.
    return settings;
  }

  /**
   * The machine these settings ask for.
   *
   * @param name the instance's
   * @param image its image's
   */
  public MachineSpec spec(String name, String image) {
    return new MachineSpec(
        new MachineSpec.Boot.Image(image),
        cpus,
        memory,
        diskSize,
        engine,
        append,
        Optional.of(name),
        false);
  }

  private static void checkKey(String key) {
    if (!KEYS.contains(key) && !FREE_KEYS.matcher(key).matches()) {
      throw ProblemException.badInput(
          "there is no configuration key " + key, "use user.* for keys of your own");
    }
  }

  private static void checkDevice(String name, Map<String, String> device) {
    if (!DEVICE_NAME.matcher(name).matches()) {
      throw ProblemException.badInput(
          "a device cannot be called '" + name + "'", "use letters, digits, dots and hyphens");
    }
    String type = device.getOrDefault("type", "");
    Set<String> known = DEVICE_KEYS.get(type);
    if (known == null) {
      throw ProblemException.badInput(
          "the device " + name + " has the type '" + type + "'", "known are disk, nic and proxy");
    }
    for (String key : device.keySet()) {
      if (!known.contains(key)) {
        throw ProblemException.badInput(
            "a device of type " + type + " has no key " + key, "leave it out");
      }
    }
    if (type.equals("disk") && !(name.equals("root") && "/".equals(device.get("path")))) {
      throw ProblemException.badInput(
          "the disk " + name + " is not the root disk", "one disk is possible, root with path /");
    }
  }

  private static OptionalLong size(@org.jspecify.annotations.Nullable String text) {
    return text == null || text.isEmpty()
        ? OptionalLong.empty()
        : OptionalLong.of(ByteSize.parse(text));
  }

  private static int number(Map<String, String> config, String key, int otherwise) {
    String text = config.getOrDefault(key, "");
    if (text.isEmpty()) {
      return otherwise;
    }
    if (!NUMBER.matcher(text).matches()) {
      throw ProblemException.badInput(key + " cannot be '" + text + "'", "give a whole number");
    }
    return Integer.parseInt(text);
  }

  /** A percentage is a weight, in the Incus API as here. */
  private static int sharesOfAllowance(Map<String, String> config) {
    Matcher percentage = PERCENTAGE.matcher(config.getOrDefault("limits.cpu.allowance", ""));
    return percentage.matches()
        ? Math.max(1, Integer.parseInt(percentage.group(1)) * DEFAULT_SHARES / 100)
        : DEFAULT_SHARES;
  }

  private static Optional<Allowance> hardAllowance(Map<String, String> config) {
    String text = config.getOrDefault("limits.cpu.allowance", "");
    if (text.isEmpty() || PERCENTAGE.matcher(text).matches()) {
      return Optional.empty();
    }
    Matcher times = TIMES.matcher(text);
    try {
      if (times.matches()) {
        return Optional.of(
            new Allowance(
                Duration.ofMillis(Long.parseLong(times.group(1))),
                Duration.ofMillis(Long.parseLong(times.group(2)))));
      }
    } catch (IllegalArgumentException e) {
      // Said below.
    }
    throw ProblemException.badInput(
        "limits.cpu.allowance cannot be '" + text + "'",
        "give a weight like 50% or a limit like 25ms/100ms, of a period of at most a minute");
  }

  /** What its machine may have of the host's processors. */
  public Claim claim() {
    return new Claim(cpuShares, cpuAllowance);
  }

  private static Duration seconds(Map<String, String> config, String key, int otherwise) {
    int seconds = number(config, key, otherwise);
    if (seconds > MAX_SECONDS) {
      throw ProblemException.badInput(
          key + " cannot be " + seconds, "give at most " + MAX_SECONDS + " seconds");
    }
    return Duration.ofSeconds(seconds);
  }

  private static boolean truth(String key, String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "true", "1", "yes", "on" -> true;
      case "false", "0", "no", "off" -> false;
      default ->
          throw ProblemException.badInput(key + " cannot be '" + text + "'", "give true or false");
    };
  }

  private static RestartPolicy restart(Map<String, String> config) {
    String own = config.getOrDefault("javisor.restart", "");
    if (!own.isEmpty()) {
      return word(config, "javisor.restart", RestartPolicy.NO, RestartPolicy.class);
    }
    String incus = config.getOrDefault("boot.autorestart", "");
    return !incus.isEmpty() && truth("boot.autorestart", incus)
        ? RestartPolicy.ON_FAILURE
        : RestartPolicy.NO;
  }

  private static <E extends Enum<E>> E word(
      Map<String, String> config, String key, E otherwise, Class<E> words) {
    String text = config.getOrDefault(key, "");
    if (text.isEmpty()) {
      return otherwise;
    }
    for (E word : words.getEnumConstants()) {
      if (word.name().toLowerCase(Locale.ROOT).replace('_', '-').equals(text)) {
        return word;
      }
    }
    throw ProblemException.badInput(
        key + " cannot be '" + text + "'",
        "give one of "
            + String.join(
                ", ",
                java.util.Arrays.stream(words.getEnumConstants())
                    .map(word -> word.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                    .toList()));
  }
}
