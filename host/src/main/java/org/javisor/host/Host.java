package org.javisor.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.javisor.host.handover.MachineTransfer;
import org.javisor.host.snapshot.CloneIdentity;
import org.javisor.host.snapshot.MachineDescription;
import org.javisor.host.snapshot.SnapshotFolder;
import org.javisor.image.ImageException;
import org.javisor.image.ImageLibrary;
import org.javisor.image.Progress;
import org.javisor.riscv.board.boot.BootFile;
import org.javisor.riscv.board.boot.KernelImage;
import org.javisor.riscv.board.boot.KernelImageException;
import org.javisor.storage.block.LayeredDisk;
import org.javisor.virtio.console.PortConfiguration;
import org.javisor.virtio.net.MacAddress;
import org.jspecify.annotations.Nullable;

/** This host: builds machines from what somebody asks for. */
public final class Host {
  /** The console of a person's own kernel; what they append comes after it and wins. */
  private static final String OWN_KERNEL_WORDS = "console=ttyS0";

  /** Where the disk of a kept machine is in its folder. */
  public static final String DISK_FOLDER = "layers";

  /** Where the disk that cloud-init in the guest of a kept machine reads is in its folder. */
  public static final String SEED_FILE = "cloud-init.img";

  private static final long OWN_KERNEL_MEMORY = 512L << 20;

  /** Makes the kernel talk again that an image's own command line keeps quiet. */
  private static final String VERBOSE_WORDS = "loglevel=7";

  private final DataFolder data;
  private final ImageLibrary images;
  private final Progress progress;

  /**
   * A host with its data in this folder.
   *
   * @param environment the process's
   * @param mirror the Debian mirror somebody named, if they did
   * @param progress where downloads and builds of images say how far they are
   */
  public Host(
      DataFolder data,
      Map<String, String> environment,
      Optional<String> mirror,
      Progress progress) {
    this.data = data;
    this.progress = progress;
    images =
        new ImageLibrary(
            new ImageLibrary.Settings(
                data.images(),
                mirror.orElse(null),
                keyring(environment),
                environment,
                HostCheck.aptFolder(environment),
                new PreparationRunner(data),
                () -> KeptMachine.filesInUse(data.machines())));
  }

  /** A private archive, such as one for tests, is signed by others than Debian's. */
  private static @Nullable Path keyring(Map<String, String> environment) {
    String file = environment.getOrDefault("JAVISOR_KEYRING", "");
    return file.isEmpty() ? null : Path.of(file);
  }

  /** The images of this host; failures are {@link ImageException}s. */
  public ImageLibrary images() {
    return images;
  }

  /**
   * Work on images, whose failures become problems.
   *
   * @throws ProblemException if it fails
   * @throws InterruptedException if interrupted; nothing half-made is left
   */
  public static <T> T explained(ImageWork<T> work) throws InterruptedException {
    try {
      return work.run();
    } catch (ImageException e) {
      throw ImageProblems.explain(e);
    } catch (ClosedByInterruptException e) {
      // How a read or write of a file says that its thread was interrupted.
      InterruptedException interrupted = new InterruptedException();
      interrupted.initCause(e);
      throw interrupted;
    } catch (IOException e) {
      throw ProblemException.failed(String.valueOf(e.getMessage()), "", e);
    }
  }

  /** Work on images. */
  @FunctionalInterface
  public interface ImageWork<T> {
    /** Does it. */
    T run() throws IOException, InterruptedException;
  }

  /**
   * Builds a machine, ready to start. An image that is not here is downloaded or built first.
   *
   * @param ports named byte channels to programs in the guest
   * @param words for the kernel command line, before those of {@code spec}
   * @throws ProblemException if what is asked for is not possible
   * @throws InterruptedException if interrupted; nothing is left
   */
  public Instance build(MachineSpec spec, List<PortConfiguration> ports, String words)
      throws InterruptedException {
    return build(spec, ports, words, NetworkCard.alone());
  }

  /**
   * Builds a machine, ready to start, with a card in a network.
   *
   * @param ports named byte channels to programs in the guest
   * @param words for the kernel command line, before those of {@code spec}
   * @throws ProblemException if what is asked for is not possible
   * @throws InterruptedException if interrupted; nothing is left
   */
  public Instance build(
      MachineSpec spec, List<PortConfiguration> ports, String words, NetworkCard card)
      throws InterruptedException {
    MachineFolder folder = spec.name().map(data::named).orElseGet(data::throwAway);
    List<OpenDisk> disks = new ArrayList<>();
    boolean built = false;
    try {
      BootPlan plan = explained(() -> plan(spec, folder.path(), disks)).withWords(words);
      if (spec.verbose()) {
        plan = plan.withWords(VERBOSE_WORDS);
      }
      plan = plan.withWords(spec.append());
      long memory = spec.memory().orElse(plan.memory());
      Instance instance =
          new Instance(
              plan, spec.cpus(), memory, spec.engine(), folder, ports, card, new Beginning.Boot());
      built = true;
      return instance;
    } finally {
      if (!built) {
        close(disks, folder);
      }
    }
  }

  /**
   * Builds a machine that goes on where a snapshot was taken, with its memory shared with all
   * others of the same snapshot until they write to it. It takes milliseconds, whatever the
   * machine's size.
   *
   * @param snapshot from {@link SnapshotFolder#open}, which checks it once for any number of
   *     machines
   * @param spec the new machine
   * @throws ProblemException if the snapshot does not fit, or what it boots is not here any more
   */
  public Instance build(SnapshotFolder snapshot, RestoredSpec spec) {
    MachineDescription machine = snapshot.manifest().machine();
    List<String> ports = spec.ports().stream().map(PortConfiguration::name).toList();
    if (!ports.equals(machine.ports())) {
      throw ProblemException.badInput(
          "the machine of the snapshot has the ports " + machine.ports() + ", not " + ports,
          "give it the same ports");
    }
    MachineFolder folder = spec.name().map(data::named).orElseGet(data::throwAway);
    List<OpenDisk> disks = new ArrayList<>();
    boolean built = false;
    try {
      openDisks(snapshot, spec, folder.path(), disks);
      Instance instance =
          new Instance(
              plan(machine, disks),
              machine.cpus(),
              machine.memory(),
              spec.engine(),
              folder,
              spec.ports(),
              spec.card()
                  .orElseGet(
                      () ->
                          NetworkCard.alone(
                              spec.identity()
                                  .map(CloneIdentity::address)
                                  .orElseGet(() -> firstAddress(machine)))),
              new Beginning.Snapshot(snapshot, spec.identity().isPresent()));
      built = true;
      return instance;
    } catch (IOException e) {
      throw ProblemException.failed(
          String.valueOf(e.getMessage()), "get the image again, or use another snapshot", e);
    } finally {
      if (!built) {
        close(disks, folder);
      }
    }
  }

  /**
   * Builds a machine that another process hands over; it is paused once it is started.
   *
   * @param ports as those it was built with there
   * @param card in the network it was in there
   * @throws ProblemException if it does not fit, or what it boots is not here any more
   */
  public Instance takeOver(
      MachineTransfer transfer, List<PortConfiguration> ports, NetworkCard card) {
    try {
      MachineFolder folder = data.handedOver(transfer.name());
      return goOn(
          transfer.name(),
          transfer.hardware(),
          folder,
          KeptMachine.read(folder.path()),
          ports,
          card,
          new Beginning.HandedOver(transfer));
    } catch (IOException e) {
      throw ProblemException.failed(
          "the machine " + transfer.name() + " cannot be taken over: " + e.getMessage(), "", e);
    }
  }

  /**
   * Builds a machine that comes from another host; it is paused once it is started.
   *
   * @param name of the instance, in whose folder its disk is already
   * @param hardware as it has it there; files as they are called here
   * @param made what it was made from
   * @param state of clock, devices and vCPUs; asked for when it is started
   * @throws ProblemException if it does not fit
   */
  public Instance arrive(
      String name,
      MachineTransfer.Hardware hardware,
      KeptMachine made,
      List<PortConfiguration> ports,
      NetworkCard card,
      Supplier<byte[]> state) {
    try {
      return goOn(
          name,
          hardware,
          data.named(name),
          Optional.of(made),
          ports,
          card,
          new Beginning.Arrived(name, state));
    } catch (IOException e) {
      throw ProblemException.failed(
          "the machine " + name + " cannot be built: " + e.getMessage(), "", e);
    }
  }

  private Instance goOn(
      String name,
      MachineTransfer.Hardware hardware,
      MachineFolder folder,
      Optional<KeptMachine> made,
      List<PortConfiguration> ports,
      NetworkCard card,
      Beginning beginning)
      throws IOException {
    List<OpenDisk> disks = new ArrayList<>();
    boolean built = false;
    try {
      if (!ports.stream().map(PortConfiguration::name).toList().equals(hardware.ports())) {
        throw ProblemException.failed(
            "the machine " + name + " has other ports than this version knows", "", null);
      }
      openKept(made, OptionalLong.empty(), folder.path(), disks);
      if (disks.size() != hardware.disks()) {
        throw ProblemException.failed(
            "the disk of the machine " + name + " is not there", "", null);
      }
      Optional<BootFile> initialRamDisk = Optional.empty();
      if (!hardware.initialRamDisk().isEmpty()) {
        initialRamDisk = Optional.of(BootFile.map(Path.of(hardware.initialRamDisk())));
      }
      Instance instance =
          new Instance(
              new BootPlan(
                  kernel(Path.of(hardware.kernel())),
                  initialRamDisk,
                  disks,
                  hardware.commandLine(),
                  hardware.memory(),
                  hardware.profile().isEmpty()
                      ? Optional.empty()
                      : Optional.of(data.profile(hardware.profile()))),
              hardware.cpus(),
              hardware.memory(),
              hardware.interpreted() ? EngineKind.INTERPRETER : EngineKind.TRANSLATOR,
              folder,
              ports,
              card,
              beginning);
      built = true;
      return instance;
    } finally {
      if (!built) {
        close(disks, folder);
      }
    }
  }

  private static MacAddress firstAddress(MachineDescription machine) {
    return MacAddress.parse(machine.addresses().getFirst());
  }

  /**
   * Opens the disk that a machine from a snapshot goes on with. The same machine again takes its
   * own back to what it was; a copy's was made of that content.
   */
  private static void openDisks(
      SnapshotFolder snapshot, RestoredSpec spec, Path folder, List<OpenDisk> disks)
      throws IOException {
    openKept(KeptMachine.read(folder), OptionalLong.empty(), folder, disks);
    int wanted = snapshot.manifest().machine().disks();
    if (disks.size() != wanted) {
      throw ProblemException.badInput(
          "the machine of the snapshot has " + wanted + " disks, this one " + disks.size(),
          "use a snapshot of this machine");
    }
    for (OpenDisk disk : disks) {
      if (spec.identity().isEmpty() && disk.device() instanceof LayeredDisk layered) {
        layered.restore(snapshot.manifest().id());
      }
    }
  }

  /**
   * Opens all disks that are in the folder of a kept machine, in the machine's order.
   *
   * @param machine what the folder says it was made from
   * @param size bytes of its root disk, if that is made now
   * @param disks gets them, each as soon as it is open
   */
  private static void openKept(
      Optional<KeptMachine> machine, OptionalLong size, Path folder, List<OpenDisk> disks)
      throws IOException {
    if (machine.isPresent()) {
      keptDisk(machine.get(), size, folder).ifPresent(disks::add);
    }
    Path seed = folder.resolve(SEED_FILE);
    if (Files.exists(seed)) {
      disks.add(OpenDisk.readOnly(seed));
    }
  }

  private static Optional<OpenDisk> keptDisk(Path folder) throws IOException {
    Optional<KeptMachine> machine = KeptMachine.read(folder);
    return machine.isEmpty()
        ? Optional.empty()
        : keptDisk(machine.get(), OptionalLong.empty(), folder);
  }

  private static Optional<OpenDisk> keptDisk(KeptMachine machine, OptionalLong size, Path folder)
      throws IOException {
    if (machine.disk().isEmpty()) {
      return OpenDisk.keptEmpty(size, folder);
    }
    Path base = machine.disk().get();
    return Optional.of(OpenDisk.kept(base, String.valueOf(base.getFileName()), size, folder));
  }

  /** Work on the disk of a machine that is off. */
  @FunctionalInterface
  public interface DiskWork {
    /** Does it. */
    void run(LayeredDisk disk) throws IOException;
  }

  /**
   * Works on the kept disk of a machine that is off; does nothing if it has none.
   *
   * @throws ProblemException if another process has the machine
   * @throws IOException if the disk cannot be read or written
   */
  public void withDisk(String name, DiskWork work) throws IOException {
    try (MachineFolder folder = data.named(name)) {
      Optional<OpenDisk> kept = keptDisk(folder.path());
      if (kept.isPresent()) {
        try (OpenDisk disk = kept.get()) {
          if (disk.device() instanceof LayeredDisk layered) {
            work.run(layered);
          }
        }
      }
    }
  }

  /** What the machine of a snapshot boots when it is reset. */
  private BootPlan plan(MachineDescription machine, List<OpenDisk> disks) throws IOException {
    Path files = images.files();
    Optional<BootFile> initialRamDisk = Optional.empty();
    if (!machine.initialRamDisk().isEmpty()) {
      initialRamDisk = Optional.of(BootFile.map(machine.initialRamDisk().getFirst().find(files)));
    }
    return new BootPlan(
        kernel(machine.kernel().find(files)),
        initialRamDisk,
        disks,
        machine.commandLine(),
        machine.memory(),
        machine.profile().isEmpty()
            ? Optional.empty()
            : Optional.of(data.profile(machine.profile())));
  }

  private static void close(List<OpenDisk> disks, MachineFolder folder) {
    try (folder) {
      for (OpenDisk disk : disks) {
        disk.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Opens what the machine boots; every disk opened is in {@code disks}, even on failure. */
  private BootPlan plan(MachineSpec spec, Path folder, List<OpenDisk> disks)
      throws IOException, InterruptedException {
    return switch (spec.boot()) {
      case MachineSpec.Boot.OwnKernel own -> plan(own, folder, disks);
      case MachineSpec.Boot.Image image -> plan(image, spec, folder, disks);
    };
  }

  private static BootPlan plan(MachineSpec.Boot.OwnKernel own, Path folder, List<OpenDisk> disks)
      throws IOException {
    KernelImage kernel = kernel(own.kernel());
    Optional<BootFile> initialRamDisk = Optional.empty();
    if (own.initialRamDisk().isPresent()) {
      initialRamDisk = Optional.of(BootFile.map(own.initialRamDisk().get()));
    }
    if (own.disk().isPresent()) {
      disks.add(OpenDisk.throwAway(own.disk().get(), OptionalLong.empty(), folder));
    }
    return new BootPlan(
        kernel, initialRamDisk, disks, OWN_KERNEL_WORDS, OWN_KERNEL_MEMORY, Optional.empty());
  }

  private BootPlan plan(
      MachineSpec.Boot.Image wanted, MachineSpec spec, Path folder, List<OpenDisk> disks)
      throws IOException, InterruptedException {
    boolean kept = spec.name().isPresent();
    KeptMachine machine = kept ? keptMachine(wanted, folder) : obtain(wanted);
    machine.requireEnough(spec.memory());
    if (kept) {
      openKept(Optional.of(machine), spec.diskSize(), folder, disks);
    } else if (machine.disk().isPresent()) {
      disks.add(OpenDisk.throwAway(machine.disk().get(), spec.diskSize(), folder));
    } else if (spec.diskSize().isPresent()) {
      disks.add(OpenDisk.empty(folder.resolve("disk"), spec.diskSize().getAsLong()));
    }
    return new BootPlan(
        kernel(machine.kernel()),
        Optional.of(BootFile.map(machine.initialRamDisk())),
        disks,
        machine.commandLine(),
        machine.memory(),
        Optional.of(data.profile(machine.image())));
  }

  private KeptMachine keptMachine(MachineSpec.Boot.Image wanted, Path folder)
      throws IOException, InterruptedException {
    Optional<KeptMachine> before = KeptMachine.read(folder);
    if (before.isEmpty()) {
      KeptMachine made = obtain(wanted);
      made.write(folder);
      return made;
    }
    String image = before.get().image();
    // An image's short name leaves out what follows the colon.
    if (!image.equals(wanted.reference()) && !image.startsWith(wanted.reference() + ":")) {
      throw ProblemException.badInput(
          "this machine was made from the image " + image + ", not from " + wanted.reference(),
          "name that image, or use another --name");
    }
    return before.get();
  }

  private KeptMachine obtain(MachineSpec.Boot.Image wanted)
      throws IOException, InterruptedException {
    return KeptMachine.of(images.obtain(wanted.reference(), progress));
  }

  private static KernelImage kernel(Path path) throws IOException {
    try {
      return KernelImage.open(path);
    } catch (KernelImageException e) {
      throw new ProblemException(
          new Problem(Problem.Kind.BAD_INPUT, String.valueOf(e.getMessage()), ""), e);
    }
  }
}
