package org.javisor.migration.protocol;

import java.util.List;
import org.javisor.machine.SavedState;
import org.javisor.machine.StateVersion;

/** What the sides say to each other, besides the machine's content. */
public sealed interface Message extends Frame, SavedState {

  /**
   * The source would like the target to have a machine.
   *
   * @param id of the migration, unique
   * @param name of the machine
   * @param cpus number of harts
   * @param memory bytes of memory
   * @param hardware what else the machine's board is, in a form that its owners know
   * @param disks its disks that can be written, in their order
   * @param files what it boots and stands on, and what else belongs to it
   * @param configuration in a form that its owners know
   * @param paused whether somebody has paused it, so that it is not to run on by itself
   */
  @StateVersion(1)
  record Offer(
      String id,
      String name,
      int cpus,
      long memory,
      Hardware hardware,
      List<Disk> disks,
      List<File> files,
      String configuration,
      boolean paused)
      implements Message {
    /** Copies the lists. */
    public Offer {
      disks = List.copyOf(disks);
      files = List.copyOf(files);
    }

    /** The same machine by another migration and name. */
    public Offer as(String otherId, String otherName) {
      return new Offer(
          otherId, otherName, cpus, memory, hardware, disks, files, configuration, paused);
    }
  }

  /**
   * What a machine's board is, besides what follows from its configuration.
   *
   * @param interpreted whether its instructions are interpreted only
   * @param commandLine the whole kernel command line
   * @param profile the name of the profile of its hot code; empty if it has none
   * @param ports the names of its console device's ports, in their order
   */
  @StateVersion(1)
  record Hardware(boolean interpreted, String commandLine, String profile, List<String> ports)
      implements SavedState {
    /** Copies the list. */
    public Hardware {
      ports = List.copyOf(ports);
    }
  }

  /**
   * A disk.
   *
   * @param size in bytes
   * @param image digest of the image that it stands on; empty if it stands on none
   */
  @StateVersion(1)
  record Disk(long size, String image) implements SavedState {}

  /**
   * A file that never changes.
   *
   * @param role what it is to the machine
   * @param size in bytes
   * @param sha256 of its content, in hexadecimal digits
   */
  @StateVersion(1)
  record File(String role, long size, String sha256) implements SavedState {}

  /**
   * The target cannot have the machine.
   *
   * @param obstacles why, all that it knows of
   */
  @StateVersion(1)
  record Refused(List<Obstacle> obstacles) implements Message {
    /** Copies the list. */
    public Refused {
      obstacles = List.copyOf(obstacles);
    }
  }

  /**
   * All that the machine needs is set aside.
   *
   * @param missing digests of files that the target has not got, in the order it wants them
   */
  @StateVersion(1)
  record Reserved(List<String> missing) implements Message {
    /** Copies the list. */
    public Reserved {
      missing = List.copyOf(missing);
    }
  }

  /**
   * The file whose content came before is whole.
   *
   * @param sha256 its digest
   */
  @StateVersion(1)
  record FileEnd(String sha256) implements Message {}

  /**
   * All of a round of pre-copy has been sent.
   *
   * @param round from 1
   */
  @StateVersion(1)
  record RoundEnd(int round) implements Message {}

  /**
   * All of a round is in its place.
   *
   * @param round which
   */
  @StateVersion(1)
  record RoundDone(int round) implements Message {}

  /**
   * The state of the machine as it was a moment ago, for the target to try: whether it fits is
   * known before the machine stands still.
   *
   * @param state of clock, devices and vCPUs, as {@code Machine.write} has it
   */
  @StateVersion(1)
  @SuppressWarnings("ArrayRecordComponent") // Handed over once, never compared.
  record Trial(byte[] state) implements Message {}

  /**
   * The machine stands still at the source, and all of it has been sent.
   *
   * @param state of clock, devices and vCPUs, as {@code Machine.write} has it
   */
  @StateVersion(1)
  @SuppressWarnings("ArrayRecordComponent") // Handed over once, never compared.
  record Complete(byte[] state) implements Message {}

  /**
   * The target holds a whole machine on stable storage and in memory, and will do as the source
   * says.
   *
   * @param restoring nanoseconds in which devices and vCPUs got their state
   * @param syncing nanoseconds in which the disk got to stable storage
   */
  @StateVersion(1)
  record Prepared(long restoring, long syncing) implements Message {}

  /** The machine is the target's. */
  @StateVersion(1)
  record Committed() implements Message {}

  /**
   * The machine runs at the target.
   *
   * @param recording nanoseconds since it has run, in which the target has recorded that
   */
  @StateVersion(1)
  record Activated(long recording) implements Message {}

  /**
   * The other side is not to wait any longer.
   *
   * @param reason for people
   */
  @StateVersion(1)
  record Failed(String reason) implements Message {}
}
