package org.javisor.host.instance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.javisor.host.Instance;
import org.javisor.host.JsonFile;
import org.javisor.host.KeptMachine;
import org.javisor.host.handover.MachineTransfer;
import org.javisor.machine.GuestMemory;
import org.javisor.machine.MachineState;
import org.javisor.migration.DepartingMachine;
import org.javisor.migration.protocol.Message;
import org.javisor.storage.block.LayeredDisk;

/** An instance whose machine leaves for another host or for a file, taken out of all else. */
abstract class LeavingMachine implements DepartingMachine {
  private final HostedInstance instance;
  private final Instance machine;
  private final Map<String, Path> files = new TreeMap<>();

  LeavingMachine(HostedInstance instance, Instance machine) {
    this.instance = instance;
    this.machine = machine;
  }

  @Override
  public Message.Offer offer(String migration) throws IOException {
    machine.keepProfile();
    MachineTransfer.Hardware hardware = machine.hardware();
    KeptMachine made = instance.image();
    List<Message.File> all = new ArrayList<>();
    all.add(file("kernel", made.kernel()));
    all.add(file("initialRamDisk", made.initialRamDisk()));
    if (made.disk().isPresent()) {
      all.add(file("disk", made.disk().get()));
    }
    List<Message.Disk> disks = new ArrayList<>();
    for (LayeredDisk disk : disks()) {
      disks.add(new Message.Disk(disk.size(), disk.image().orElse("")));
    }
    return new Message.Offer(
        migration,
        instance.name(),
        hardware.cpus(),
        hardware.memory(),
        new Message.Hardware(
            hardware.interpreted(), hardware.commandLine(), hardware.profile(), hardware.ports()),
        disks,
        all,
        JsonFile.text(MovedConfiguration.of(instance, hardware.disks())),
        instance.isPaused());
  }

  /** Files of images are called by their digest. */
  private Message.File file(String role, Path path) throws IOException {
    String digest = String.valueOf(path.getFileName());
    files.put(digest, path);
    return new Message.File(role, Files.size(path), digest);
  }

  @Override
  public Path file(String sha256) {
    Path path = files.get(sha256);
    if (path == null) {
      throw new IllegalArgumentException("no file of the machine is called " + sha256);
    }
    return path;
  }

  @Override
  public GuestMemory memory() {
    return machine.board().memory();
  }

  @Override
  public List<LayeredDisk> disks() {
    return machine.layeredDisk().stream().toList();
  }

  @Override
  public void slowDown(int percent) {
    instance.slowDown(percent);
  }

  @Override
  public void pause() {
    machine.pause();
  }

  @Override
  public void goOn() {
    if (!instance.isPaused()) {
      instance.goOnIfOn();
    }
  }

  @Override
  public State save() {
    MachineState saved = machine.board().machine().save();
    return () -> Instance.written(saved);
  }
}
