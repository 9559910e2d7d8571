package org.javisor.image;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.javisor.image.build.BusyboxImage;
import org.javisor.image.build.DebianImage;
import org.javisor.image.build.VariantImage;
import org.javisor.image.build.Workspace;
import org.javisor.image.catalog.Catalog;
import org.javisor.image.catalog.ImageName;
import org.javisor.image.catalog.Manifest;
import org.javisor.image.debian.Archive;
import org.javisor.image.debian.Mirror;
import org.javisor.image.debian.PackageCache;
import org.javisor.image.debian.PackageIndex;
import org.javisor.image.debian.Resolver;
import org.javisor.image.openpgp.Keyring;
import org.javisor.storage.store.Sha256;
import org.jspecify.annotations.Nullable;

/**
 * The images of this host: found by name, and made from the Debian archive when they are not here.
 * Once made, an image needs neither the archive nor the network.
 */
public final class ImageLibrary {
  private static final String SUITE = "trixie";
  private static final String ARCHITECTURE = "riscv64";
  private static final String KNOWN = "busybox, debian (debian:trixie)";

  /**
   * What a library works with.
   *
   * @param folder where images are kept
   * @param mirror the mirror a person named, or null to look for one
   * @param keyring a file with the certificates of the archive's signers in place of Debian's, or
   *     null
   * @param environment the process environment
   * @param aptFolder where the host's package manager is configured, usually {@code /etc/apt}
   * @param machines boots machines that configure images
   * @param inUse files of images that must stay even if their image is removed or replaced, because
   *     the disk of a machine stands on them
   */
  public record Settings(
      Path folder,
      @Nullable String mirror,
      @Nullable Path keyring,
      Map<String, String> environment,
      Path aptFolder,
      MachineRunner machines,
      Supplier<Set<Sha256>> inUse) {}

  private final Settings settings;
  private final Catalog catalog;

  /** A library; nothing is read or made before it is used. */
  public ImageLibrary(Settings settings) {
    this.settings = settings;
    catalog = new Catalog(settings.folder(), settings.inUse());
  }

  /** The folder with the files of all images, each called by its digest in hexadecimal digits. */
  public Path files() {
    return catalog.files();
  }

  /**
   * The image of this name if it is here.
   *
   * @throws ImageException.InvalidRequest if it is no name at all
   * @throws ImageException.OtherFormat if it is not one of ours and another version made it
   */
  public Optional<Image> find(String name) throws IOException {
    return catalog.find(ImageName.parse(name));
  }

  /**
   * The image of this name; one of ours is made now if it is not here or another version made it.
   *
   * @throws ImageException if it is not known or cannot be made; nothing half-made is left
   * @throws InterruptedException if interrupted; nothing half-made is left
   */
  public Image obtain(String name, Progress progress) throws IOException, InterruptedException {
    Optional<Image> here = find(name);
    return here.isPresent() ? here.get() : pull(name, progress);
  }

  /**
   * Makes one of our images from what the archive has now, in place of an earlier one.
   *
   * @throws ImageException if it is not known or cannot be made; an earlier one stays
   * @throws InterruptedException if interrupted; an earlier one stays
   */
  public Image pull(String name, Progress progress) throws IOException, InterruptedException {
    ImageName wanted = ImageName.parse(name);
    if (wanted.equals(ImageName.BUSYBOX)) {
      return make((archive, workspace) -> BusyboxImage.make(archive, workspace, progress));
    }
    if (wanted.equals(ImageName.DEBIAN)) {
      return make(
          (archive, workspace) ->
              new DebianImage(archive, settings.machines(), workspace, progress).make());
    }
    throw new ImageException.UnknownImage(name, KNOWN);
  }

  /**
   * Makes an image of a person's own: Debian with more packages.
   *
   * @param name its name, which may not be one of ours
   * @param packages names of Debian packages; what they need comes with them
   * @throws ImageException if it cannot be made; nothing half-made is left, an earlier image of the
   *     name stays
   * @throws InterruptedException if interrupted; the same holds
   */
  public Image build(String name, List<String> packages, Progress progress)
      throws IOException, InterruptedException {
    ImageName wanted = ImageName.parse(name);
    if (wanted.isOurs()) {
      throw new ImageException.InvalidRequest(
          "the name " + name + " is taken by an image of ours; choose another");
    }
    if (packages.isEmpty()) {
      throw new ImageException.InvalidRequest("no packages are given for the image " + name);
    }
    return make(
        (archive, workspace) -> {
          PackageIndex index = archive.packages(progress);
          // A package that does not exist is said before minutes go into the image it is added to.
          Resolver.resolve(index, packages, Set.of());
          Optional<Manifest> base = catalog.manifest(ImageName.DEBIAN);
          if (catalog.find(ImageName.DEBIAN).isEmpty()
              || !VariantImage.isCurrent(base.orElseThrow(), index)) {
            catalog.publish(
                new DebianImage(archive, settings.machines(), workspace.inner("base"), progress)
                    .make());
            base = catalog.manifest(ImageName.DEBIAN);
          }
          Image image = catalog.find(ImageName.DEBIAN).orElseThrow();
          return new VariantImage(archive, settings.machines(), workspace, progress)
              .make(wanted, image, base.orElseThrow(), index, packages);
        });
  }

  /** All images that are here, by name. */
  public List<ImageInfo> list() throws IOException {
    return catalog.list();
  }

  /**
   * Removes an image; files that other images share stay.
   *
   * @throws ImageException.UnknownImage if there is no such image
   */
  public void remove(String name) throws IOException {
    if (!catalog.remove(ImageName.parse(name))) {
      List<String> here = list().stream().map(ImageInfo::name).toList();
      throw new ImageException.UnknownImage(
          name, here.isEmpty() ? "none" : String.join(", ", here));
    }
  }

  private interface Recipe {
    Catalog.Draft make(Archive archive, Workspace workspace)
        throws IOException, InterruptedException;
  }

  private Image make(Recipe recipe) throws IOException, InterruptedException {
    Path folder = settings.folder();
    Mirror mirror = Mirror.find(settings.mirror(), settings.environment(), settings.aptFolder());
    Archive.Settings archiveSettings =
        new Archive.Settings(
            SUITE,
            ARCHITECTURE,
            keyring(),
            folder.resolve("archive"),
            settings.environment(),
            InstantSource.system());
    PackageCache packages = new PackageCache(folder.resolve("packages"));
    try (Archive archive = Archive.open(mirror, packages, archiveSettings);
        Workspace workspace = Workspace.open(folder.resolve("unfinished"))) {
      return catalog.publish(recipe.make(archive, workspace));
    } catch (ImageException e) {
      throw e;
    } catch (IOException e) {
      throw DiskRoom.explain(e, folder, 0);
    }
  }

  private Keyring keyring() throws IOException {
    Path own = settings.keyring();
    if (own != null) {
      try {
        return Keyring.read(own);
      } catch (IOException e) {
        throw new ImageException.InvalidRequest(
            "the keyring " + own + " cannot be used: " + e.getMessage());
      }
    }
    String resource = "debian/debian-archive-trixie.asc";
    try (InputStream in = ImageLibrary.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IOException("the resource " + resource + " is missing");
      }
      return Keyring.parse(in.readAllBytes());
    }
  }
}
