/**
 * Measures Javisor side by side with a peer: the same kernel, the same initial RAM disk, in turn.
 *
 * <p>The shortest path through: {@link org.javisor.bench.CpuBench} packs our C programs ({@code
 * src/main/c}, compiled by the build) into a {@link org.javisor.bench.RamDisk}, boots it in a
 * process of each {@link org.javisor.bench.Peer} ({@link org.javisor.bench.MachineProcess}), reads
 * what the guest prints ({@link org.javisor.bench.ConsoleReader}) and sums up in a {@link
 * org.javisor.bench.CpuReport}. A program times each of its iterations itself and says how fast it
 * was at steady state and how long it took to get there ({@code settling.c}).
 *
 * <p>{@link org.javisor.bench.ProgramsBench} goes the same way with programs of Debian: systemd
 * runs {@code guest/run.sh} in both machines.
 */
@NullMarked
package org.javisor.bench;

import org.jspecify.annotations.NullMarked;
