package org.javisor.migration;

import java.io.IOException;
import java.util.List;
import org.javisor.machine.GuestMemory;
import org.javisor.migration.protocol.Message;
import org.javisor.storage.block.BlockDevice;

/** A machine for which all is set aside at the target. Nobody sees it yet. */
public interface ArrivingMachine extends AutoCloseable {
  /** Whether this host has a file of this digest. */
  boolean has(String sha256);

  /** Begins to receive a file. */
  IncomingFile receive(Message.File file) throws IOException;

  /**
   * Builds it, once all its files are here.
   *
   * @throws IOException if that is not possible
   */
  void build() throws IOException, InterruptedException;

  /** Its memory, once it is built. */
  GuestMemory memory();

  /** Its disks, once it is built, in the order of the offer. */
  List<BlockDevice> disks();

  /**
   * Tries a state that is not the last one yet. From here on the machine survives on stable
   * storage, as one of which the source has to be asked.
   *
   * @throws IOException if the state does not fit, or that cannot be recorded
   */
  void attempt(byte[] state) throws IOException;

  /**
   * Gives it its state; it stands still. Its disks have been flushed.
   *
   * @throws IOException if the state does not fit
   */
  void prepare(byte[] state) throws IOException, InterruptedException;

  /** It is this host's now, and runs unless it had been paused at the source. */
  void goOn();

  /** Records on stable storage that it is this host's, after {@link #goOn}. */
  void adopt() throws IOException, InterruptedException;

  /** Gives back what was set aside, unless it is this host's by now. */
  @Override
  void close();

  /** The source has not said what becomes of it: it stays as it is until it is asked. */
  void leaveInDoubt();
}
