package org.javisor.host.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.javisor.host.Host;
import org.javisor.machine.Machine;
import org.javisor.machine.MachineState;
import org.javisor.machine.SavedRecord;
import org.javisor.machine.SavedState;
import org.javisor.machine.SavedStateException;
import org.javisor.machine.StateCodec;
import org.javisor.machine.StateVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * State that an earlier build has saved stays readable, or is refused by its version: a record that
 * changes without a new {@link StateVersion} fails here. The file is made anew by this test with
 * {@code -Djavisor.state-file=PATH}.
 */
class StateFormatTest {
  private static final String FILE = "state-1.bin";

  @TempDir private Path folder;

  @Test
  void recordsOfAnEarlierBuildAreReadOrRefusedByTheirVersion() throws Exception {
    Host host = SnapshotGuest.host(folder);
    try (SnapshotGuest guest = SnapshotGuest.start(host, folder, 64L << 20)) {
      guest.say("p");
      guest.instance().pause();
      MachineState now = guest.instance().board().machine().save();
      String wanted = System.getProperty("javisor.state-file", "");
      if (!wanted.isEmpty()) {
        ByteArrayOutputStream made = new ByteArrayOutputStream();
        Machine.write(made, now);
        Files.write(Path.of(wanted), made.toByteArray());
      }
      Map<String, SavedRecord> earlier = earlier();
      assertThat(earlier).containsKeys("clock", "vcpu0", "plic", "net", "vmgenid");
      earlier.forEach(
          (name, record) -> {
            SavedState present = now.components().get(name);
            // A machine may lose a device, and then refuses the whole state by its name.
            if (present != null) {
              check(name, record, present.getClass());
            }
          });
    }
  }

  private static void check(String name, SavedRecord earlier, Class<? extends SavedState> present) {
    try {
      assertThat(read(bytesOf(name), present)).as(name).isInstanceOf(present);
      assertThat(earlier.version()).isEqualTo(present.getAnnotation(StateVersion.class).value());
    } catch (SavedStateException e) {
      // A record inside it may be the one of another version.
      assertThat(e)
          .as("%s has changed: give it another @StateVersion", name)
          .hasMessageContaining("has version");
    }
  }

  private static <S extends SavedState> S read(byte[] bytes, Class<S> type) {
    try {
      return StateCodec.read(new ByteArrayInputStream(bytes), type);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] whole() throws IOException {
    try (InputStream in = StateFormatTest.class.getResourceAsStream(FILE)) {
      assertThat(in).as(FILE).isNotNull();
      return in.readAllBytes();
    }
  }

  private static Map<String, SavedRecord> earlier() throws IOException {
    Map<String, SavedRecord> records = new LinkedHashMap<>();
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(whole()));
    for (int count = in.readUnsignedShort(); count > 0; count--) {
      records.put(in.readUTF(), StateCodec.readRecord(in));
    }
    return records;
  }

  /** The bytes of one component's record. */
  private static byte[] bytesOf(String name) {
    try {
      byte[] whole = whole();
      ByteArrayInputStream bytes = new ByteArrayInputStream(whole);
      DataInputStream in = new DataInputStream(bytes);
      for (int count = in.readUnsignedShort(); count > 0; count--) {
        String each = in.readUTF();
        int from = whole.length - bytes.available();
        StateCodec.readRecord(in);
        int end = whole.length - bytes.available();
        if (each.equals(name)) {
          return Arrays.copyOfRange(whole, from, end);
        }
      }
      throw new AssertionError("no " + name);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
