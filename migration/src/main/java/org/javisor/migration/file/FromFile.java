package org.javisor.migration.file;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import org.javisor.machine.GuestMemory;
import org.javisor.migration.ArrivingMachine;
import org.javisor.migration.IncomingFile;
import org.javisor.migration.protocol.Message;
import org.javisor.storage.block.BlockDevice;

/** A machine that comes out of a file: all its files come too, and there is nobody to ask later. */
record FromFile(ArrivingMachine machine) implements ArrivingMachine {
  @Override
  public boolean has(String sha256) {
    return false; // It comes, whether it is wanted or not.
  }

  @Override
  public IncomingFile receive(Message.File file) throws IOException {
    return machine.has(file.sha256()) ? new Unwanted() : machine.receive(file);
  }

  /** One that is here already. */
  private record Unwanted() implements IncomingFile {
    @Override
    public OutputStream content() {
      return OutputStream.nullOutputStream();
    }

    @Override
    public void keep() {
      // It was kept when it came first.
    }

    @Override
    public void close() {
      // Nothing was opened.
    }
  }

  @Override
  public void build() throws IOException, InterruptedException {
    machine.build();
  }

  @Override
  public GuestMemory memory() {
    return machine.memory();
  }

  @Override
  public List<BlockDevice> disks() {
    return machine.disks();
  }

  @Override
  public void attempt(byte[] state) throws IOException {
    machine.attempt(state);
  }

  @Override
  public void prepare(byte[] state) throws IOException, InterruptedException {
    machine.prepare(state);
  }

  @Override
  public void goOn() {
    machine.goOn();
  }

  @Override
  public void adopt() throws IOException, InterruptedException {
    machine.adopt();
  }

  @Override
  public void close() {
    machine.close();
  }

  @Override
  public void leaveInDoubt() {
    machine.close(); // A file without its end.
  }
}
