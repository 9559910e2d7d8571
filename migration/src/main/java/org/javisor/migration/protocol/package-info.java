/**
 * What the two sides say to each other. Every message and piece of content is a frame: a byte for
 * its kind, its length and the CRC-32C of its content (4 bytes each, the highest first), and the
 * content. Messages are records as {@link org.javisor.machine.StateCodec} writes them, which name
 * their versions.
 *
 * <pre>
 *   source                                       target
 *   Offer                                   ->
 *                                           <-   Refused, or Reserved: these files are lacking
 *   FILE, ..., FileEnd for each of them     ->
 *   BLOCKS, PAGES, ..., Trial, RoundEnd     ->      Trial in the first round only
 *                                           <-   RoundDone
 *     again, as long as it gets less             ...
 *   BLOCKS, PAGES, ..., Complete            ->
 *                                           <-   Prepared
 *   Committed                               ->
 *                                           <-   Activated
 * </pre>
 *
 * <p>Either side may end the connection at any time; {@link
 * org.javisor.migration.protocol.Message.Failed} says why, where there is somebody to say so.
 */
@org.jspecify.annotations.NullMarked
package org.javisor.migration.protocol;
