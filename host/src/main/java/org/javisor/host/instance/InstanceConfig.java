package org.javisor.host.instance;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What somebody asked an instance to be, in the form of the Incus API: keys and values. {@link
 * InstanceSettings} says what they mean. This record is what is kept on disk.
 *
 * @param version of this form
 * @param description for people; may be empty
 * @param ephemeral whether the instance is deleted when it stops
 * @param createdAt when it was created
 * @param config keys such as {@code limits.memory}
 * @param devices by name, keys such as {@code type}; added to those of the profiles
 * @param profiles whose configuration and devices it has too; the later ones win
 * @param powered whether it was on when it was last heard of: it is started again with the host
 */
public record InstanceConfig(
    int version,
    String description,
    boolean ephemeral,
    Instant createdAt,
    Map<String, String> config,
    Map<String, Map<String, String>> devices,
    List<String> profiles,
    boolean powered) {
  /** The version this code writes. */
  public static final int VERSION = 1;

  /** Keeps its own, sorted copies. */
  public InstanceConfig {
    config = Collections.unmodifiableMap(new TreeMap<>(config));
    Map<String, Map<String, String>> copies = new TreeMap<>();
    devices.forEach(
        (name, keys) -> copies.put(name, Collections.unmodifiableMap(new TreeMap<>(keys))));
    devices = Collections.unmodifiableMap(copies);
    profiles = List.copyOf(profiles);
  }

  /** A new instance with what its profiles say. */
  public static InstanceConfig of(Instant now) {
    return new InstanceConfig(
        VERSION, "", false, now, Map.of(), Map.of(), List.of(Profile.DEFAULT), false);
  }

  /** The same with these keys. */
  public InstanceConfig withConfig(Map<String, String> keys) {
    return new InstanceConfig(
        version, description, ephemeral, createdAt, keys, devices, profiles, powered);
  }

  /** The same with one key more, or another value for it. */
  public InstanceConfig with(String key, String value) {
    Map<String, String> changed = new TreeMap<>(config);
    changed.put(key, value);
    return withConfig(changed);
  }

  /** The same with these devices. */
  public InstanceConfig withDevices(Map<String, Map<String, String>> others) {
    return new InstanceConfig(
        version, description, ephemeral, createdAt, config, others, profiles, powered);
  }

  /** The same, on or off. */
  public InstanceConfig withPowered(boolean on) {
    return new InstanceConfig(
        version, description, ephemeral, createdAt, config, devices, profiles, on);
  }

  /** The configuration with that of the profiles under it. */
  public Map<String, String> expandedConfig() {
    Map<String, String> all = new TreeMap<>();
    profiles.forEach(profile -> all.putAll(Profile.named(profile).config()));
    all.putAll(config);
    return all;
  }

  /** The devices with those of the profiles under them. */
  public Map<String, Map<String, String>> expandedDevices() {
    Map<String, Map<String, String>> all = new TreeMap<>();
    profiles.forEach(profile -> all.putAll(Profile.named(profile).devices()));
    all.putAll(devices);
    return all;
  }
}
