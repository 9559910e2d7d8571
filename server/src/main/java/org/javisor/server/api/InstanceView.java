package org.javisor.server.api;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An instance; with state and snapshots where the caller asked for all of it. */
@com.fasterxml.jackson.annotation.JsonInclude(
    com.fasterxml.jackson.annotation.JsonInclude.Include.NON_NULL)
public record InstanceView(
    String name,
    String description,
    String status,
    int statusCode,
    Instant createdAt,
    Instant lastUsedAt,
    String location,
    String type,
    String project,
    String architecture,
    boolean ephemeral,
    boolean stateful,
    List<String> profiles,
    Map<String, String> config,
    Map<String, Map<String, String>> devices,
    Map<String, String> expandedConfig,
    Map<String, Map<String, String>> expandedDevices,
    @Nullable StateView state,
    @Nullable List<?> snapshots,
    @Nullable List<?> backups) {}
