package org.javisor.server.api;

import com.fasterxml.jackson.annotation.JsonAlias;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is asked of instances. Every field may be left out. */
public final class InstanceRequests {
  private InstanceRequests() {}

  /** {@code POST /1.0/instances}: create one. */
  public record Create(
      @Nullable String name,
      @Nullable String type,
      @Nullable String instanceType,
      @Nullable String architecture,
      @Nullable String description,
      boolean ephemeral,
      boolean stateful,
      boolean start,
      @Nullable String restore,
      @Nullable List<String> profiles,
      @Nullable Map<String, String> config,
      @Nullable Map<String, Map<String, String>> devices,
      @Nullable Source source) {}

  /** What an instance is made from. */
  public record Source(
      @Nullable String type,
      @Nullable String certificate,
      @Nullable String alias,
      @Nullable String fingerprint,
      @Nullable Map<String, String> properties,
      @Nullable String server,
      @Nullable String secret,
      @Nullable String protocol,
      @Nullable String baseImage,
      @com.fasterxml.jackson.annotation.JsonProperty("base-image") @Nullable String dashedBaseImage,
      @Nullable String mode,
      @Nullable String operation,
      @Nullable Map<String, String> secrets,
      @Nullable Map<String, String> websockets,
      @Nullable String source,
      boolean live,
      boolean instanceOnly,
      boolean containerOnly,
      boolean refresh,
      boolean refreshExcludeOlder,
      @Nullable String project,
      boolean allowInconsistent) {}

  /** {@code PUT /1.0/instances/NAME}: what it is to be, or which snapshot it goes back to. */
  public record Put(
      @Nullable String architecture,
      @Nullable String description,
      boolean ephemeral,
      boolean stateful,
      @Nullable String restore,
      @Nullable List<String> profiles,
      @Nullable Map<String, String> config,
      @Nullable Map<String, Map<String, String>> devices) {}

  /** {@code PATCH /1.0/instances/NAME}: what is named is added or replaced. */
  public record Patch(
      @Nullable String architecture,
      @Nullable String description,
      @Nullable Boolean ephemeral,
      @Nullable Boolean stateful,
      @Nullable List<String> profiles,
      @Nullable Map<String, String> config,
      @Nullable Map<String, Map<String, String>> devices) {}

  /** {@code POST /1.0/instances/NAME}: another name, or another host. */
  public record Rename(
      @Nullable String name,
      boolean migration,
      boolean live,
      boolean instanceOnly,
      boolean containerOnly,
      @Nullable Object target,
      @Nullable String pool,
      @Nullable String project,
      boolean allowInconsistent,
      boolean refresh,
      @JsonAlias("Config") @Nullable Map<String, String> config,
      @JsonAlias("Devices") @Nullable Map<String, Map<String, String>> devices,
      @JsonAlias("Profiles") @Nullable List<String> profiles,
      @Nullable Policy policy) {}

  /**
   * How an instance is to be moved.
   *
   * @param bandwidth bytes a second at most; 0 for as much as there is
   * @param maxDowntimeMs milliseconds that it may stand still for what is left of its memory
   * @param slowdown percent of its processor time that it may be denied at most
   * @param dryRun whether it is only asked whether it could be moved
   */
  public record Policy(
      @Nullable Long bandwidth,
      @Nullable Integer maxDowntimeMs,
      @Nullable Integer slowdown,
      boolean dryRun) {}

  /** {@code PUT /1.0/instances/NAME/state}; the time-out is in seconds. */
  public record State(@Nullable String action, int timeout, boolean force, boolean stateful) {}

  /** {@code POST .../exec}. */
  public record Exec(
      @Nullable List<String> command,
      @com.fasterxml.jackson.annotation.JsonProperty("wait-for-websocket") boolean waitForWebsocket,
      boolean interactive,
      @Nullable Map<String, String> environment,
      int width,
      int height,
      @com.fasterxml.jackson.annotation.JsonProperty("record-output") boolean recordOutput,
      int user,
      int group,
      @Nullable String cwd) {}

  /**
   * {@code POST /1.0/host/runs}.
   *
   * @param config keys of an instance
   * @param disk size of the root disk; null for the image's
   * @param command a program and its arguments, each in base64, for they may be any bytes; without
   *     one the streams are the console
   * @param interactive whether the command runs on the console, a terminal
   * @param verbose whether the boot messages go to standard error
   */
  public record Run(
      @Nullable String image,
      @Nullable Map<String, String> config,
      @Nullable String disk,
      @Nullable List<byte[]> command,
      @Nullable Map<String, String> environment,
      @Nullable String cwd,
      boolean interactive,
      int width,
      int height,
      boolean verbose) {}

  /** {@code POST .../console}. */
  public record Console(int width, int height, @Nullable String type, boolean force) {}

  /** {@code POST .../snapshots}. */
  public record Snapshot(@Nullable String name, boolean stateful, @Nullable Instant expiresAt) {}

  /**
   * {@code POST .../backups}. What is asked for of the form is the stock client's for its own; here
   * there is one.
   */
  public record Backup(
      @Nullable String name,
      @Nullable Instant expiresAt,
      boolean instanceOnly,
      boolean containerOnly,
      boolean optimizedStorage,
      @Nullable String compressionAlgorithm) {}

  /** {@code PUT .../snapshots/NAME}. */
  public record SnapshotPut(@Nullable Instant expiresAt) {}

  /** {@code POST .../snapshots/NAME}. */
  public record SnapshotRename(
      @Nullable String name, boolean migration, @Nullable Object target, boolean live) {}
}
