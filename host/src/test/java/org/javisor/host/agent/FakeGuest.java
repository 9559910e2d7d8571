package org.javisor.host.agent;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.javisor.virtio.console.PortBackend;
import org.javisor.virtio.console.PortConfiguration;

/** The guest's ends of an agent's ports, as a console device serves them. */
final class FakeGuest {
  private final List<End> ends = new ArrayList<>();

  FakeGuest(GuestAgent agent) {
    for (PortConfiguration port : agent.ports()) {
      ends.add(new End(port));
    }
  }

  /** The agent's port. */
  End agent() {
    return ends.getFirst();
  }

  /** The port of this id. */
  End port(int id) {
    return ends.get(id);
  }

  /** Takes all ports into use that have been plugged in. */
  void takePlugged() {
    for (End end : ends) {
      if (end.backend.plugged()) {
        end.backend.portReady(true);
      }
    }
  }

  /** One port. */
  static final class End {
    private final PortBackend backend;
    private final Semaphore woken = new Semaphore(0);

    End(PortConfiguration configuration) {
      backend = configuration.backend();
      backend.attach(woken::release);
    }

    void open() {
      backend.portReady(true);
      backend.guestOpened();
    }

    void close() {
      backend.guestClosed();
    }

    /** Waits for bytes of the host; empty at the end of input. */
    byte[] read() throws InterruptedException {
      byte[] bytes = new byte[4096];
      while (true) {
        int available = backend.available();
        if (available < 0) {
          return new byte[0];
        }
        if (available > 0) {
          int count = backend.read(bytes, 0, bytes.length);
          return Arrays.copyOf(bytes, count);
        }
        woken.acquire();
      }
    }

    /** Waits for a line of the host; delimiters before it are left out. */
    String readLine() throws InterruptedException {
      StringBuilder line = new StringBuilder();
      byte[] one = new byte[1];
      while (true) {
        while (backend.available() <= 0) {
          if (backend.available() < 0) {
            throw new AssertionError("the host has closed the port");
          }
          woken.acquire();
        }
        backend.read(one, 0, 1);
        if (one[0] == '\n') {
          return line.toString().replace("\u00ff", "");
        }
        line.append(new String(one, ISO_8859_1));
      }
    }

    void write(String text) throws InterruptedException {
      write(text.getBytes(UTF_8));
    }

    void write(byte[] bytes) throws InterruptedException {
      for (int done = 0; done < bytes.length; ) {
        int taken = backend.write(bytes, done, bytes.length - done);
        done += taken;
        if (taken == 0) {
          woken.acquire();
        }
      }
    }

    /** Reads a request for a sync and answers it. */
    void bringIntoStep() throws InterruptedException {
      String request = readLine();
      if (!request.contains("guest-sync-delimited")) {
        throw new AssertionError(request);
      }
      answerSync(request);
    }

    void answerSync(String request) throws InterruptedException {
      String id = request.replaceAll(".*\"id\":([0-9]+).*", "$1");
      write(new byte[] {(byte) 0xff});
      write("{\"return\": " + id + "}\n");
    }

    /** Reads a request and answers it with this value. */
    String answer(String value) throws InterruptedException {
      String request = readLine();
      write("{\"return\": " + value + ", \"id\": " + idOf(request) + "}\n");
      return request;
    }

    static String idOf(String request) {
      return request.replaceAll(".*\"id\":([0-9]+)}$", "$1");
    }
  }
}
