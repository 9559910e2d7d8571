package org.javisor.migration.file;

import com.github.luben.zstd.ZstdInputStream;
import com.github.luben.zstd.ZstdOutputStream;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;
import org.javisor.migration.DepartingMachine;
import org.javisor.migration.MigrationException;
import org.javisor.migration.MigrationPolicy;
import org.javisor.migration.MigrationProgress;
import org.javisor.migration.MigrationReport;
import org.javisor.migration.Reception;
import org.javisor.migration.Source;
import org.javisor.migration.Stage;
import org.javisor.migration.Target;
import org.javisor.migration.protocol.ProtocolException;

/** Writes machines to files, and reads them. */
public final class MachineFile {
  private static final byte[] FORM = "javisor machine 1\n".getBytes(StandardCharsets.US_ASCII);

  /** More costs time and saves little: pages of programs halve, text is a tenth. */
  private static final int LEVEL = 3;

  private static final int BUFFER = 1 << 16;

  private MachineFile() {}

  /**
   * Writes a machine, which runs meanwhile but for a moment, and goes on afterwards.
   *
   * @param out which stays the caller's
   * @param machine that is to stay where it is: to commit it does nothing
   * @param id unique
   * @param listener hears how far it is; it does not block
   * @throws MigrationException if it came to nothing; what was written is of no use
   */
  public static MigrationReport write(
      OutputStream out,
      DepartingMachine machine,
      String id,
      MigrationPolicy policy,
      Consumer<MigrationProgress> listener)
      throws MigrationException, InterruptedException {
    try {
      out.write(FORM);
      try (ZstdOutputStream compressed = new ZstdOutputStream(new Lent(out), LEVEL);
          RecordingLink link = new RecordingLink(compressed)) {
        compressed.setChecksum(true);
        return new Source(link, machine, id, policy, listener).run();
      }
    } catch (IOException e) {
      throw failed(e);
    } finally {
      machine.slowDown(0);
      machine.goOn();
    }
  }

  /**
   * Reads a machine, which then runs unless it was paused when it was written.
   *
   * @param in which stays the caller's
   * @throws MigrationException if it came to nothing; nothing is left then
   */
  public static void read(InputStream in, Reception reception)
      throws MigrationException, InterruptedException {
    try {
      if (!Arrays.equals(in.readNBytes(FORM.length), FORM)) {
        throw new ProtocolException("it is no file that export wrote, or of a later version");
      }
      try (ZstdInputStream plain =
              new ZstdInputStream(new BufferedInputStream(new Borrowed(in), BUFFER));
          RecordedLink link = new RecordedLink(plain)) {
        new Target(link, offer -> new FromFile(reception.reserve(offer))).run();
      }
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private static MigrationException failed(IOException e) {
    return e instanceof MigrationException known
        ? known
        : new MigrationException(Stage.PRE_MIGRATION, String.valueOf(e.getMessage()), e);
  }

  /** What closes it does not close what is the caller's. */
  private static final class Borrowed extends FilterInputStream {
    Borrowed(InputStream in) {
      super(in);
    }

    @Override
    public void close() {
      // Its owner does.
    }
  }

  /** The same for what is written. */
  private static final class Lent extends FilterOutputStream {
    Lent(OutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
    }

    @Override
    public void close() throws IOException {
      flush();
    }
  }
}
