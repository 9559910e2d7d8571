package org.javisor.cli;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.Callable;
import org.javisor.cli.client.HostClient;
import org.javisor.server.http.SocketStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code javisor console}. */
@Command(
    name = "console",
    description = {
      "Sit down at the serial console of an instance. Ctrl-] leaves it; the instance runs on."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  javisor console web", "  echo reboot | javisor console web"})
final class ConsoleCommand implements Callable<Integer> {

  @Mixin HelpOption help = new HelpOption();

  @Parameters(paramLabel = "NAME", description = "The instance.")
  String name = "";

  @Override
  public Integer call() throws InterruptedException, IOException {
    try (HostClient client = HostCommand.process().connect();
        RawTerminal terminal = RawTerminal.ofStandardInput()) {
      JsonNode operation =
          client.begin(
              "POST",
              "/1.0/instances/" + HostClient.encoded(name) + "/console",
              HostClient.object("type", "console"));
      SocketStream data = client.socket(operation, "0");
      SocketStream control = client.socket(operation, "control");
      if (terminal.isRaw()) {
        Words.say("at the console of " + name + "; Ctrl-] leaves it");
      }
      startTyping(data, terminal.isRaw());
      OutputStream output = new FileOutputStream(FileDescriptor.out);
      SocketStream.Message message = data.take();
      while (message instanceof SocketStream.Message.Binary binary) {
        output.write(binary.bytes());
        message = data.take();
      }
      control.close();
    }
    return ExitCode.DONE;
  }

  /** What is typed goes there; the end of the input leaves the console, as the key does. */
  private static void startTyping(SocketStream data, boolean raw) {
    // A read of standard input may wait for ever, and nothing can interrupt it.
    Thread.ofPlatform().daemon().name("console input").start(() -> type(data, raw));
  }

  private static void type(SocketStream data, boolean raw) {
    InputStream input = new FileInputStream(FileDescriptor.in);
    byte[] keys = new byte[1024];
    try {
      int count = input.read(keys);
      while (count >= 0) {
        int end = raw ? DetachKey.keysBefore(keys, count) : count;
        data.send(keys, 0, end);
        if (end < count) {
          break;
        }
        count = input.read(keys);
      }
      data.close();
    } catch (IOException e) {
      data.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
