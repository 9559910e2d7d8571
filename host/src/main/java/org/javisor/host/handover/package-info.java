/**
 * How the host process gives its running machines to another one, which goes on with them: what is
 * said between the two, over a Unix socket in the data folder.
 *
 * <pre>
 *   old                                      new
 *   Greeting: who is on                ->
 *                                      <-    Ready: all that can be prepared is
 *   MachineTransfer, for each machine, ->    builds it without running it
 *     which stands still from here on
 *   Complete                           ->
 *                                      <-    Prepared
 *   Go                                 ->    runs them
 * </pre>
 *
 * <p>{@link org.javisor.host.handover.HandOverMessage.Go} is the one moment in which the machines
 * change their owner. If anything fails before, or the new one says {@link
 * org.javisor.host.handover.HandOverMessage.Refused}, the old one goes on with them; after it, it
 * only ends.
 */
@org.jspecify.annotations.NullMarked
package org.javisor.host.handover;
