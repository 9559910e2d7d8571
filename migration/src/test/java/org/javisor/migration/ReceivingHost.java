package org.javisor.migration;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.javisor.machine.GuestMemory;
import org.javisor.migration.protocol.Message;
import org.javisor.storage.block.BlockDevice;
import org.javisor.storage.block.LayeredDisk;
import org.javisor.storage.store.Sha256;
import org.jspecify.annotations.Nullable;

/** A target that keeps what comes. */
final class ReceivingHost implements Reception {
  private final Path folder;
  private @Nullable Arriving arriving;

  ReceivingHost(Path folder) {
    this.folder = folder;
  }

  @Override
  public ArrivingMachine reserve(Message.Offer offer) {
    Arriving fresh = new Arriving();
    arriving = fresh;
    return fresh;
  }

  /** What has come, if anything was reserved. */
  @Nullable Arriving arrived() {
    return arriving;
  }

  /** A machine that comes. */
  final class Arriving implements ArrivingMachine {
    private @Nullable GuestMemory memory;
    private @Nullable LayeredDisk disk;
    private boolean prepared;
    private boolean active;
    private boolean givenBack;
    private boolean inDoubt;

    boolean isPrepared() {
      return prepared;
    }

    boolean isActive() {
      return active;
    }

    boolean isGivenBack() {
      return givenBack;
    }

    boolean isInDoubt() {
      return inDoubt;
    }

    @Override
    public boolean has(String sha256) {
      return false;
    }

    @Override
    public IncomingFile receive(Message.File file) {
      ByteArrayOutputStream content = new ByteArrayOutputStream();
      return new IncomingFile() {
        @Override
        public OutputStream content() {
          return content;
        }

        @Override
        public void keep() throws IOException {
          if (!Sha256.digestOf(content.toByteArray()).hex().equals(file.sha256())) {
            throw new IOException("another file");
          }
        }

        @Override
        public void close() {}
      };
    }

    @Override
    public void build() throws IOException {
      memory = GuestMemory.allocate(0x8000_0000L, WorkingMachine.MEMORY);
      disk = LayeredDisk.createEmpty(folder, WorkingMachine.DISK);
    }

    private <T> T built(@Nullable T part) {
      if (part == null) {
        throw new IllegalStateException("not built");
      }
      return part;
    }

    @Override
    public GuestMemory memory() {
      return built(memory);
    }

    @Override
    public List<BlockDevice> disks() {
      return List.of(built(disk));
    }

    Sha256 content() throws IOException {
      return WorkingMachine.contentOf(built(memory), built(disk));
    }

    @Override
    public void attempt(byte[] state) throws IOException {
      if (!Arrays.equals(state, WorkingMachine.STATE)) {
        throw new IOException("another state");
      }
    }

    @Override
    public void prepare(byte[] state) throws IOException {
      attempt(state);
      prepared = true;
    }

    @Override
    public void goOn() {
      active = true;
    }

    @Override
    public void adopt() {}

    @Override
    public void close() {
      givenBack = true;
      release();
    }

    void release() {
      try {
        if (disk != null) {
          disk.close();
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      if (memory != null) {
        memory.close();
      }
    }

    @Override
    public void leaveInDoubt() {
      inDoubt = true;
    }
  }
}
