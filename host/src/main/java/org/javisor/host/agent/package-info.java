/**
 * The way into a running machine: a client of the QEMU guest agent protocol, and commands with
 * streams in the guest.
 *
 * <p>The agent in the guest, Debian's {@code qemu-ga} or the one of the busybox image, listens to
 * JSON lines on the virtio console port {@code org.qemu.guest_agent.0}. It starts commands, but has
 * no streams for them; those are further ports, plugged in when they are first needed. What comes
 * from the guest is hostile: lines are bounded, replies checked, waiting has an end.
 */
package org.javisor.host.agent;
