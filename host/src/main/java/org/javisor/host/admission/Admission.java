package org.javisor.host.admission;

import java.util.HashSet;
import java.util.Set;
import java.util.function.Supplier;
import org.javisor.host.ByteSize;
import org.javisor.host.ProblemException;

/**
 * Decides whether a machine may be switched on, before anything of it is built: a host that has
 * promised too much ends processes, and with its process all machines. Safe from any thread.
 */
public final class Admission {
  /** Of the process's heap, for what it has besides machines: the API, tables of translation. */
  static final long HEAP_OF_PROCESS = 64L << 20;

  /** Of the heap for each machine, and for each of its vCPUs. */
  static final long HEAP_OF_MACHINE = 6L << 20;

  static final long HEAP_OF_CPU = 1L << 20;

  private final HostResources host;
  private final Supplier<AdmissionLimits> limits;
  private final Set<Seat> taken = new HashSet<>();

  /** What a machine has been admitted with, until it is closed. */
  public final class Seat implements AutoCloseable {
    private final int cpus;
    private final long memory;

    private Seat(int cpus, long memory) {
      this.cpus = cpus;
      this.memory = memory;
    }

    /** The machine is off. Does nothing the second time. */
    @Override
    public void close() {
      synchronized (Admission.this) {
        taken.remove(this);
      }
    }
  }

  /** Admits machines to this host; the limits are asked for at each decision. */
  public Admission(HostResources host, Supplier<AdmissionLimits> limits) {
    this.host = host;
    this.limits = limits;
  }

  /**
   * Admits a machine.
   *
   * @param name what the refusal calls it
   * @param memory bytes that it may use
   * @throws ProblemException if the host has no room for it, naming what there is too little of
   */
  public synchronized Seat admit(String name, int cpus, long memory) {
    AdmissionLimits now = limits.get();
    if (now.machines() > 0 && taken.size() >= now.machines()) {
      throw refused(
          name,
          "%d machines are on, and no more may be".formatted(taken.size()),
          "javisor.machines.max");
    }
    long cpusOn = taken.stream().mapToLong(seat -> seat.cpus).sum();
    long mostCpus = (long) now.cpusPerProcessor() * host.processors();
    if (mostCpus > 0 && cpusOn + cpus > mostCpus) {
      throw refused(
          name,
          "it has %d CPUs, machines that are on %d, and %d may be on"
              .formatted(cpus, cpusOn, mostCpus),
          "javisor.overcommit.cpu");
    }
    long memoryOn = taken.stream().mapToLong(seat -> seat.memory).sum();
    double mostMemory = now.memoryFactor() * host.memory();
    if (mostMemory > 0 && (double) memoryOn + memory > mostMemory) {
      throw refused(
          name,
          "it may use %s, machines that are on %s, and %s may be promised"
              .formatted(
                  ByteSize.format(memory),
                  ByteSize.format(memoryOn),
                  ByteSize.format((long) mostMemory)),
          "javisor.overcommit.memory");
    }
    long heap =
        HEAP_OF_PROCESS + (taken.size() + 1) * HEAP_OF_MACHINE + (cpusOn + cpus) * HEAP_OF_CPU;
    if (heap > host.heap()) {
      throw ProblemException.hostLacks(
          "the host has no room for %s: the host process has a heap of %s, which is full of %d machines"
              .formatted(name, ByteSize.format(host.heap()), taken.size()),
          "stop another instance, or start the host process with a larger -Xmx");
    }
    Seat seat = new Seat(cpus, memory);
    taken.add(seat);
    return seat;
  }

  private static ProblemException refused(String name, String why, String key) {
    return ProblemException.hostLacks(
        "the host has no room for " + name + ": " + why,
        "stop another instance, or raise " + key + ": javisor host config " + key + "=...");
  }
}
