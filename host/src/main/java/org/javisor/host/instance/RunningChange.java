package org.javisor.host.instance;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.javisor.host.ByteSize;
import org.javisor.host.Host;
import org.javisor.host.Instance;
import org.javisor.host.KeptMachine;
import org.javisor.host.ProblemException;
import org.javisor.storage.block.LayeredDisk;
import org.javisor.virtio.balloon.BalloonDevice;
import org.javisor.virtio.block.BlockDevice;
import org.javisor.virtio.block.IoLimits;

/**
 * A change of an instance's configuration, so far as it takes effect at once: rates of disk and
 * network, the size of the disk, and memory up to what the machine was started with.
 *
 * @param host who opens the disk of a machine that is off
 * @param name the instance's
 * @param image what it was made from
 * @param before its settings
 * @param after what they are to be
 */
record RunningChange(
    Host host, String name, KeptMachine image, InstanceSettings before, InstanceSettings after) {
  /** Disks come in whole pages. */
  private static final long PAGE = 4096;

  /**
   * Does first what can fail: the disk gets its new size. Then nothing can be refused any more.
   *
   * @param machine the instance's, if it is on
   * @throws ProblemException if the disk or the memory cannot have this size; nothing has changed
   */
  void prepare(Optional<Instance> machine) throws InterruptedException {
    if (!after.memory().equals(before.memory())) {
      image.requireEnough(after.memory());
    }
    if (!grows()) {
      return;
    }
    long size = Math.ceilDiv(after.diskSize().getAsLong(), PAGE) * PAGE;
    Host.explained(
        () -> {
          if (machine.isEmpty()) {
            host.withDisk(name, disk -> resize(disk, size, () -> disk.resize(size)));
          } else if (machine.get().layeredDisk().isPresent()) {
            LayeredDisk disk = machine.get().layeredDisk().get();
            resize(disk, size, () -> machine.get().resizeDisk(size));
          }
          return size;
        });
  }

  /** Whether the disk is to get another size. */
  boolean grows() {
    return after.diskSize().isPresent() && !after.diskSize().equals(before.diskSize());
  }

  private interface Resizing {
    void run() throws IOException;
  }

  private static void resize(LayeredDisk disk, long size, Resizing resizing) throws IOException {
    // A file system does not give up its end, whatever the disk holds there.
    if (size < disk.size()) {
      throw ProblemException.badInput(
          "the disk cannot shrink to " + ByteSize.format(size),
          "give it at least " + ByteSize.format(disk.size()));
    }
    if (size > disk.size()) {
      resizing.run();
    }
  }

  /**
   * Has a machine that is on take over the rest.
   *
   * @return what takes effect at the next start only, in words for people
   */
  List<String> apply(Instance machine, Optional<Cabling> cabling) {
    limit(machine, after.diskLimits());
    cabling.ifPresent(plugged -> plugged.setRates(after.networkRates()));
    List<String> later = new ArrayList<>();
    if (!after.memory().equals(before.memory())) {
      memory(machine).ifPresent(later::add);
    }
    if (after.cpus() != before.cpus()) {
      later.add("limits.cpu takes effect at the next start");
    }
    if (after.engine() != before.engine()) {
      later.add("javisor.engine takes effect at the next start");
    }
    if (!after.append().equals(before.append())) {
      later.add("javisor.append takes effect at the next start");
    }
    if (!after.diskSize().equals(before.diskSize()) && machine.layeredDisk().isEmpty()) {
      later.add("the root disk is there from the next start");
    }
    return later;
  }

  /** Has requests to the root disk keep to these limits from now on. */
  static void limit(Instance machine, IoLimits limits) {
    Optional<BlockDevice> disk = machine.rootDisk();
    if (disk.isPresent() && !disk.get().limiter().limits().equals(limits)) {
      disk.get().limiter().setLimits(limits);
    }
  }

  private Optional<String> memory(Instance machine) {
    long wanted = after.memory().orElse(image.memory());
    long has = machine.memorySize();
    Optional<BalloonDevice> balloon = machine.balloon();
    balloon.ifPresent(device -> device.setTarget(Math.max(0, has - wanted)));
    if (wanted > has) {
      return Optional.of(
          "limits.memory: the machine was started with "
              + ByteSize.format(has)
              + " and gets more at the next start");
    }
    return balloon.isEmpty() && wanted < has
        ? Optional.of("limits.memory takes effect at the next start: the machine has no balloon")
        : Optional.empty();
  }
}
