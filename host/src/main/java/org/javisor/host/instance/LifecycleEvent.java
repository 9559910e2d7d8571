package org.javisor.host.instance;

import java.time.Instant;

/**
 * Something that happened to an instance.
 *
 * @param action in the Incus API's words, such as {@code instance-started}
 * @param instance its name
 * @param at when
 * @param reason why, where nobody asked for it; may be empty
 */
public record LifecycleEvent(String action, String instance, Instant at, String reason) {}
