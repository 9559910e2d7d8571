/**
 * Live migration as a transaction between two hosts, in the six stages of Clark et al., "Live
 * Migration of Virtual Machines" (NSDI 2005), section 3.3: {@link org.javisor.migration.Stage}.
 * {@link org.javisor.migration.Source} and {@link org.javisor.migration.Target} are the two sides;
 * what a machine, its disks and its files are to them, whoever owns machines says by {@link
 * org.javisor.migration.DepartingMachine} and {@link org.javisor.migration.Reception}.
 *
 * <p>The commitment is two-phase commit with presumed abort (Mohan, Lindsay, Obermarck 1986). The
 * source decides, because it has the machine: by one durable record, {@link
 * org.javisor.migration.DepartingMachine#commit}. A target that was prepared and has heard nothing
 * asks the source; a source that knows of no such record says that it was called off. So whichever
 * of the two is killed, frozen or cut off at whatever moment, never both have the machine, and once
 * they have spoken to each other again, one does.
 */
@org.jspecify.annotations.NullMarked
package org.javisor.migration;
