package org.javisor.host.instance;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.javisor.host.DataFolder;
import org.javisor.host.Host;
import org.javisor.host.Instance;
import org.javisor.host.JsonFile;
import org.javisor.host.KeptMachine;
import org.javisor.host.ProblemException;
import org.javisor.host.handover.MachineTransfer;
import org.javisor.machine.GuestMemory;
import org.javisor.machine.SavedStateException;
import org.javisor.migration.ArrivingMachine;
import org.javisor.migration.IncomingFile;
import org.javisor.migration.protocol.Message;
import org.javisor.storage.block.BaseImages;
import org.javisor.storage.block.BlockDevice;
import org.javisor.storage.block.LayeredDisk;
import org.javisor.storage.block.RawFile;
import org.jspecify.annotations.Nullable;

/** An instance that comes from another host, in a folder of its own that is no instance's yet. */
final class Arrival implements ArrivingMachine {
  private final InstanceStore store;
  private final DataFolder data;
  private final Path files;
  private final Message.Offer offer;
  private final KeptMachine made;
  private final int disks;
  private final ArrivalRecord record;
  private final HostedInstance instance;
  private @Nullable Instance machine;
  private byte[] state = {};
  private boolean over;

  private Arrival(
      InstanceStore store,
      DataFolder data,
      Path files,
      Message.Offer offer,
      KeptMachine made,
      int disks,
      ArrivalRecord record,
      HostedInstance instance) {
    this.store = store;
    this.data = data;
    this.files = files;
    this.offer = offer;
    this.made = made;
    this.disks = disks;
    this.record = record;
    this.instance = instance;
  }

  /**
   * Sets its name, folder and port of a network aside.
   *
   * @throws ProblemException if that is not possible
   */
  static Arrival reserve(
      InstanceStore store,
      Host host,
      DataFolder data,
      Message.Offer offer,
      MovedConfiguration moved,
      String source)
      throws IOException, InterruptedException {
    Path files = host.images().files();
    KeptMachine made = moved.made(files);
    InstanceConfig config = moved.config().withPowered(true);
    ArrivalRecord record =
        new ArrivalRecord(ArrivalRecord.VERSION, offer.id(), offer.name(), source, false);
    Path folder =
        data.createMachine(
            offer.name(),
            fresh -> {
              made.writeAside(fresh);
              write(fresh, record);
              store.write(fresh, config);
            });
    HostedInstance instance =
        new HostedInstance(host, store, folder, offer.name(), made, config, Optional.empty());
    Arrival arrival = new Arrival(store, data, files, offer, made, moved.disks(), record, instance);
    boolean reserved = false;
    try {
      CloudInitSeed.prepare(folder, offer.name(), config.expandedConfig());
      instance.expectFrom(moved.place());
      reserved = true;
      return arrival;
    } finally {
      if (!reserved) {
        arrival.close();
      }
    }
  }

  private static void write(Path folder, ArrivalRecord record) throws IOException {
    JsonFile.write(folder.resolve(KeptMachine.ASIDE).resolve(ArrivalRecord.FILE), record);
  }

  /** By which it comes. */
  ArrivalRecord record() {
    return record;
  }

  @Override
  public boolean has(String sha256) {
    return ArrivingFile.isHere(files, sha256);
  }

  @Override
  public IncomingFile receive(Message.File file) throws IOException {
    return new ArrivingFile(instance.folder().resolve(KeptMachine.ASIDE), files, file.sha256());
  }

  @Override
  public void build() throws IOException, InterruptedException {
    for (Message.Disk disk : offer.disks()) {
      create(disk);
    }
    machine =
        instance.expect(
            new MachineTransfer.Hardware(
                offer.cpus(),
                offer.memory(),
                offer.hardware().interpreted(),
                made.kernel().toString(),
                made.initialRamDisk().toString(),
                offer.hardware().commandLine(),
                offer.hardware().profile(),
                offer.hardware().ports(),
                disks),
            () -> state);
  }

  private void create(Message.Disk disk) throws IOException {
    Path folder = instance.folder().resolve(Host.DISK_FOLDER);
    Path base = made.disk().orElse(null);
    if (disk.image().isEmpty() || base == null) {
      LayeredDisk.createEmpty(folder, disk.size()).close();
      return;
    }
    if (!disk.image().equals(String.valueOf(base.getFileName()))) {
      throw new IOException("the disk stands on another image than the machine was made from");
    }
    BaseImages images = wanted -> RawFile.open(base, true);
    LayeredDisk.create(folder, disk.image(), images, disk.size()).close();
  }

  private Instance built() {
    Instance built = machine;
    if (built == null) {
      throw new IllegalStateException("the machine is not built yet");
    }
    return built;
  }

  @Override
  public GuestMemory memory() {
    return built().board().memory();
  }

  @Override
  public List<BlockDevice> disks() {
    return built().layeredDisk().<BlockDevice>map(disk -> disk).stream().toList();
  }

  @Override
  public void attempt(byte[] saved) throws IOException {
    try {
      built().board().machine().read(new ByteArrayInputStream(saved));
    } catch (SavedStateException e) {
      throw new IOException("its state does not fit this version: " + e.getMessage(), e);
    }
    write(
        instance.folder(),
        new ArrivalRecord(
            ArrivalRecord.VERSION, record.migration(), record.name(), record.source(), true));
  }

  @Override
  public void prepare(byte[] saved) throws IOException, InterruptedException {
    state = saved;
    instance.stand();
    state = new byte[0];
  }

  @Override
  public synchronized void goOn() {
    if (!over) {
      over = true;
      instance.arrive(offer.paused());
    }
  }

  @Override
  public void adopt() throws IOException, InterruptedException {
    KeptMachine.adopt(instance.folder());
    store.moves().arrived(instance, record);
    instance.settle();
  }

  @Override
  public synchronized void close() {
    if (over) {
      return;
    }
    over = true;
    try {
      instance.abandon();
    } finally {
      store.moves().discard(data, record);
    }
  }

  /** Ends its machine, but not its doubt. */
  synchronized void release() {
    if (!over) {
      over = true;
      instance.abandon();
    }
  }

  @Override
  public void leaveInDoubt() {
    store.moves().doubt(this);
  }
}
