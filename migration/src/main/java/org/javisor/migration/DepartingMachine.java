package org.javisor.migration;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.javisor.machine.GuestMemory;
import org.javisor.migration.protocol.Message;
import org.javisor.storage.block.LayeredDisk;

/** A machine that is to move, as the source has it. Nothing else changes it meanwhile. */
public interface DepartingMachine {
  /**
   * What it is.
   *
   * @param id of the migration
   * @throws IOException if its files cannot be read
   */
  Message.Offer offer(String id) throws IOException;

  /** Where its file with this digest is. */
  Path file(String sha256);

  /** Its memory. */
  GuestMemory memory();

  /** Its disks that can be written, in the order of the offer. */
  List<LayeredDisk> disks();

  /** Denies it so many percent of its processor time; 0 for none. */
  void slowDown(int percent);

  /**
   * Stops its world: vCPUs, devices and clock. Done again before {@link #goOn} without effect.
   *
   * @throws IllegalStateException if it has ended
   */
  void pause();

  /** Lets it run on, unless somebody had paused it before it was to move. */
  void goOn();

  /** State that has been taken down, and need not be written before the machine goes on. */
  @FunctionalInterface
  interface State {
    /** As {@code Machine.write} has it. */
    byte[] written() throws IOException;
  }

  /** Takes down the state of its clock, devices and vCPUs, while it stands still. */
  State save();

  /**
   * Records on stable storage that the machine is the target's: from here on this host never runs
   * it again.
   *
   * @throws IOException if that cannot be recorded; the machine is still this host's
   */
  void commit() throws IOException;
}
