package org.javisor.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.javisor.host.ByteSize;
import org.javisor.host.Host;
import org.javisor.host.JsonText;
import org.javisor.image.Image;
import org.javisor.image.ImageInfo;
import org.javisor.image.Progress;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code javisor image} and its subcommands. */
@Command(
    name = "image",
    description = "List, make and remove machine images.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      ImageCommand.Listing.class,
      ImageCommand.Pull.class,
      ImageCommand.Build.class,
      ImageCommand.Remove.class
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  javisor image ls",
      "  javisor image pull debian",
      "  javisor image build --packages stress-ng,python3 tools",
      "  javisor image rm tools"
    })
final class ImageCommand implements Callable<Integer> {
  @Mixin HelpOption help = new HelpOption();
  @Spec @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    throw new ParameterException(
        Objects.requireNonNull(spec).commandLine(), "image needs ls, pull, build or rm");
  }

  @Command(
      name = "ls",
      description = "List the images that are here.",
      footerHeading = "%nExamples:%n",
      footer = {"  javisor image ls", "  javisor image ls --json"})
  static final class Listing implements Callable<Integer> {
    @Mixin HelpOption help = new HelpOption();

    @Option(names = "--json", description = "Write a JSON list.")
    boolean json;

    @Override
    public Integer call() throws InterruptedException {
      Host host = new MirrorOption().host(Progress.NONE);
      List<ImageInfo> images = Host.explained(() -> host.images().list());
      System.out.print(json ? json(images) : text(images));
      return ExitCode.DONE;
    }

    private static String text(List<ImageInfo> images) {
      if (images.isEmpty()) {
        Words.say("no image is here yet; busybox and debian are made when they are first used");
        return "";
      }
      StringBuilder text = new StringBuilder();
      String form = "%-20s %-12s %10s  %-10s  %s%n";
      text.append(String.format(Locale.ROOT, form, "NAME", "DIGEST", "SIZE", "MADE", "WHAT"));
      for (ImageInfo image : images) {
        text.append(
            String.format(
                Locale.ROOT,
                form,
                image.name(),
                image.digest().hex().substring(0, 12),
                ByteSize.format(image.sizeOnDisk()),
                image.created().toString().substring(0, 10),
                image.description()));
      }
      return text.toString();
    }

    private static String json(List<ImageInfo> images) {
      List<Object> list = new ArrayList<>();
      for (ImageInfo image : images) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("name", image.name());
        fields.put("digest", image.digest().hex());
        fields.put("description", image.description());
        fields.put("created", image.created().toString());
        fields.put("sizeOnDisk", image.sizeOnDisk());
        fields.put("diskSize", image.diskSize());
        fields.put("packages", image.packages());
        list.add(fields);
      }
      return JsonText.of(list) + "\n";
    }
  }

  @Command(
      name = "pull",
      description =
          "Make one of our images, busybox or debian, from what the Debian archive has now.",
      footerHeading = "%nExamples:%n",
      footer = {"  javisor image pull busybox", "  javisor image pull --mirror URI debian"})
  static final class Pull implements Callable<Integer> {
    @Mixin HelpOption help = new HelpOption();
    @Mixin MirrorOption place = new MirrorOption();

    @Parameters(paramLabel = "IMAGE", description = "busybox or debian.")
    String image = "";

    @Override
    public Integer call() throws InterruptedException {
      try (ProgressDisplay progress = ProgressDisplay.onStandardError()) {
        Host host = place.host(progress);
        return made(Host.explained(() -> host.images().pull(image, progress)));
      }
    }
  }

  private static int made(Image image) {
    System.out.println(image.name() + " " + image.digest().hex());
    return ExitCode.DONE;
  }

  @Command(
      name = "build",
      description = "Make a variant of the debian image with more Debian packages.",
      footerHeading = "%nExamples:%n",
      footer = {
        "  javisor image build --packages stress-ng,python3 tools",
        "  javisor run tools -- python3 -c 'print(6 * 7)'"
      })
  static final class Build implements Callable<Integer> {
    @Mixin HelpOption help = new HelpOption();
    @Mixin MirrorOption place = new MirrorOption();

    @Option(
        names = "--packages",
        required = true,
        split = ",",
        paramLabel = "NAME",
        description = "Debian packages, separated by commas; what they need comes along.")
    List<String> packages = List.of();

    @Parameters(paramLabel = "NAME", description = "What to call the new image.")
    String name = "";

    @Override
    public Integer call() throws InterruptedException {
      try (ProgressDisplay progress = ProgressDisplay.onStandardError()) {
        Host host = place.host(progress);
        return made(Host.explained(() -> host.images().build(name, packages, progress)));
      }
    }
  }

  @Command(
      name = "rm",
      description = "Remove images; machines made from them keep what they need.",
      footerHeading = "%nExample:%n",
      footer = "  javisor image rm tools")
  static final class Remove implements Callable<Integer> {
    @Mixin HelpOption help = new HelpOption();

    @Parameters(arity = "1..*", paramLabel = "IMAGE", description = "Images of this host.")
    List<String> names = List.of();

    @Override
    public Integer call() throws InterruptedException {
      Host host = new MirrorOption().host(Progress.NONE);
      for (String name : names) {
        Host.explained(
            () -> {
              host.images().remove(name);
              return name;
            });
      }
      return ExitCode.DONE;
    }
  }
}
