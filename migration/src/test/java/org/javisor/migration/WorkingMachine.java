package org.javisor.migration;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.javisor.machine.GuestMemory;
import org.javisor.migration.protocol.Message;
import org.javisor.storage.block.LayeredDisk;
import org.javisor.storage.store.Sha256;

/** A machine at the source, with memory and a disk that somebody writes to while it runs. */
final class WorkingMachine implements DepartingMachine, AutoCloseable {
  static final long MEMORY = 4 << 20;
  static final long DISK = 2 << 20;
  static final byte[] STATE = {1, 2, 3, 4, 5};

  private final GuestMemory memory = GuestMemory.allocate(0x8000_0000L, MEMORY);
  private final LayeredDisk disk;
  private final Path file;
  private final Sha256 digest;
  private final ReentrantReadWriteLock world = new ReentrantReadWriteLock();
  private final Thread work;
  private volatile boolean over;
  private volatile boolean standing;
  private boolean committed;

  WorkingMachine(Path folder, long seed) throws IOException {
    disk = LayeredDisk.createEmpty(folder.resolve("disk"), DISK);
    byte[] content = new byte[300_000];
    new Random(seed).nextBytes(content);
    file = Files.write(folder.resolve("kernel"), content);
    digest = Sha256.digestOf(content);
    fill(new Random(seed));
    work = Thread.ofPlatform().start(() -> work(new Random(seed + 1)));
  }

  private void fill(Random random) throws IOException {
    byte[] page = new byte[GuestMemory.PAGE_SIZE];
    for (long at = 0; at < MEMORY / 2; at += page.length) {
      random.nextBytes(page);
      memory.write(memory.base() + at, page, 0, page.length);
    }
    for (long at = 0; at < DISK / 2; at += page.length) {
      random.nextBytes(page);
      disk.write(at, ByteBuffer.wrap(page));
    }
  }

  private void work(Random random) {
    byte[] page = new byte[GuestMemory.PAGE_SIZE];
    while (!over) {
      world.readLock().lock();
      try {
        if (!standing) {
          random.nextBytes(page);
          // Few pages, again and again, sometimes to zero and sometimes to what they were.
          long at = (long) random.nextInt(64) << GuestMemory.PAGE_SHIFT;
          if (random.nextInt(8) == 0) {
            memory.zero(memory.base() + at, page.length);
          } else {
            memory.write(memory.base() + at, page, 0, page.length);
          }
          if (random.nextInt(16) == 0) {
            disk.write(random.nextInt(8) * 4096L, ByteBuffer.wrap(page));
          }
        }
      } catch (IOException e) {
        throw new IllegalStateException(e);
      } finally {
        world.readLock().unlock();
      }
      Thread.onSpinWait();
    }
  }

  @Override
  public Message.Offer offer(String id) {
    return new Message.Offer(
        id,
        "worker",
        1,
        MEMORY,
        new Message.Hardware(false, "", "", List.of()),
        List.of(new Message.Disk(DISK, "")),
        List.of(new Message.File("kernel", 300_000, digest.hex())),
        "{}",
        false);
  }

  @Override
  public Path file(String sha256) {
    return file;
  }

  @Override
  public GuestMemory memory() {
    return memory;
  }

  @Override
  public List<LayeredDisk> disks() {
    return List.of(disk);
  }

  @Override
  public void slowDown(int percent) {}

  @Override
  public void pause() {
    world.writeLock().lock();
    standing = true;
    world.writeLock().unlock();
  }

  @Override
  public void goOn() {
    if (!committed) {
      standing = false;
    }
  }

  @Override
  public State save() {
    return STATE::clone;
  }

  @Override
  public void commit() {
    committed = true;
  }

  boolean isCommitted() {
    return committed;
  }

  boolean isRunning() {
    return !standing;
  }

  /** A digest of all that it has; while it stands still. */
  Sha256 content() throws IOException {
    return contentOf(memory, disk);
  }

  static Sha256 contentOf(GuestMemory memory, LayeredDisk disk) throws IOException {
    byte[] all = new byte[(int) (MEMORY + DISK)];
    memory.read(memory.base(), all, 0, (int) MEMORY);
    disk.read(0, ByteBuffer.wrap(all, (int) MEMORY, (int) DISK));
    return Sha256.digestOf(all);
  }

  @Override
  public void close() throws IOException {
    over = true;
    while (work.isAlive()) {
      Thread.onSpinWait();
    }
    disk.close();
    memory.close();
  }
}
