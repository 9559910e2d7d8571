package org.javisor.riscv.board.sbi;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SbiTest {
  private static final long BASE_EXTENSION = 0x10;
  private static final SbiResult INVALID = new SbiResult(-3, 0);
  private static final SbiResult NOT_SUPPORTED = new SbiResult(-2, 0);

  private final SbiRig rig = new SbiRig(3);

  @AfterEach
  void free() {
    rig.close();
  }

  @Test
  void saysWhatItIs() {
    assertThat(rig.call(BASE_EXTENSION, 0)).isEqualTo(SbiResult.of(0x0200_0000));
    assertThat(rig.call(BASE_EXTENSION, 1).error()).isZero();
    assertThat(rig.call(BASE_EXTENSION, 2).error()).isZero();
    for (int function = 4; function <= 6; function++) {
      assertThat(rig.call(BASE_EXTENSION, function)).isEqualTo(SbiResult.SUCCESS);
    }
    assertThat(rig.call(BASE_EXTENSION, 7)).isEqualTo(NOT_SUPPORTED);
  }

  @ParameterizedTest
  @ValueSource(
      longs = {
        0x10,
        0x54494d45,
        0x735049,
        0x52464e43,
        0x48534d,
        0x53525354,
        0x4442434e,
        0x504d55,
        0x53555350
      })
  void probesWhatItHas(long extension) {
    assertThat(rig.call(BASE_EXTENSION, 3, extension)).isEqualTo(SbiResult.of(1));
    assertThat(rig.call(extension, 1000)).isEqualTo(NOT_SUPPORTED);
    assertThat(rig.call(extension, 1L << 32)).isEqualTo(NOT_SUPPORTED);
    assertThat(rig.sbi.metrics().calls()).containsKey(extension);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 8, 0x43505043, 0x4e41434c, 0x535441, -1, 0x1_0000_0010L})
  void unknownExtensionIsNeitherProbedNorAnswered(long extension) {
    assertThat(rig.call(BASE_EXTENSION, 3, extension)).isEqualTo(SbiResult.of(0));
    assertThat(rig.call(extension, 0)).isEqualTo(NOT_SUPPORTED);
  }

  @Test
  void timer() {
    assertThat(rig.call("TIME", 0, -1)).isEqualTo(SbiResult.SUCCESS);
    assertThat(rig.harts.getFirst().asked).containsExactly("timer 18446744073709551615");
  }

  @Test
  void interruptsGoToTheHartsOfTheMask() {
    rig.harts.get(1).state(SbiHart.State.STARTED);
    rig.harts.get(2).state(SbiHart.State.SUSPENDED);
    assertThat(rig.call("sPI", 0, 0b11, 1)).isEqualTo(SbiResult.SUCCESS);
    assertThat(rig.harts.get(0).asked).isEmpty();
    assertThat(rig.harts.get(1).asked).containsExactly("software interrupt");
    assertThat(rig.harts.get(2).asked).containsExactly("software interrupt");
    assertThat(rig.call("sPI", 0, 0, -1)).isEqualTo(SbiResult.SUCCESS);
    assertThat(rig.harts.get(0).asked).containsExactly("software interrupt");
  }

  @Test
  void stoppedHartsGetNoInterrupts() {
    assertThat(rig.call("sPI", 0, 0b111, 0)).isEqualTo(SbiResult.SUCCESS);
    assertThat(rig.harts.get(1).asked).isEmpty();
  }

  @Test
  void maskOfHartsThatDoNotExistIsInvalid() {
    assertThat(rig.call("sPI", 0, 0b1000, 0)).isEqualTo(INVALID);
    assertThat(rig.call("sPI", 0, 0b10, 2)).isEqualTo(INVALID);
    assertThat(rig.call("sPI", 0, 1, 3)).isEqualTo(INVALID);
    assertThat(rig.call("sPI", 0, 1, -2)).isEqualTo(INVALID);
    assertThat(rig.call("sPI", 0, 1, 64)).isEqualTo(INVALID);
    assertThat(rig.call("sPI", 0, Long.MIN_VALUE, 1)).isEqualTo(INVALID);
    assertThat(rig.call("RFNC", 0, 0b1000, 0)).isEqualTo(INVALID);
    assertThat(rig.asked).isEmpty();
  }

  @Test
  void fences() {
    rig.call("RFNC", 0, 0b110, 0);
    rig.call("RFNC", 1, 0b1, 2, 0x4000, 0x2000);
    rig.call("RFNC", 2, 0, -1, 0x4000, 0x1000, 7);
    assertThat(rig.asked)
        .containsExactly("fence.i 0x6", "sfence 0x4 0x4000 8192", "sfence 0x7 0x4000 4096 in 7");
    assertThat(rig.call("RFNC", 3, 1, 0)).isEqualTo(NOT_SUPPORTED);
  }

  @Test
  void fenceOfEverythingByZeroByAllOnesAndByWrapping() {
    rig.call("RFNC", 1, 1, 0, 0, 0);
    rig.call("RFNC", 1, 1, 0, 0, -1);
    rig.call("RFNC", 1, 1, 0, 0x1000, -1);
    assertThat(rig.asked).containsOnly("sfence 0x1 0x0 -1").hasSize(3);
  }

  @Test
  void hartsStartOnceAtAValidAddress() {
    assertThat(rig.call("HSM", 2, 1)).isEqualTo(SbiResult.of(1));
    assertThat(rig.call("HSM", 0, 1, SbiRig.BASE + 0x100, 42)).isEqualTo(SbiResult.SUCCESS);
    assertThat(rig.harts.get(1).asked).containsExactly("start 0x80000100 0x2a");
    assertThat(rig.call("HSM", 2, 1)).isEqualTo(SbiResult.of(0));
    assertThat(rig.call("HSM", 0, 1, SbiRig.BASE, 0)).isEqualTo(new SbiResult(-6, 0));
    assertThat(rig.call("HSM", 0, 3, SbiRig.BASE, 0)).isEqualTo(INVALID);
    assertThat(rig.call("HSM", 0, -1, SbiRig.BASE, 0)).isEqualTo(INVALID);
    assertThat(rig.call("HSM", 0, 1L << 32 | 2, SbiRig.BASE, 0)).isEqualTo(INVALID);
    SbiResult invalidAddress = new SbiResult(-5, 0);
    assertThat(rig.call("HSM", 0, 2, 0, 0)).isEqualTo(invalidAddress);
    assertThat(rig.call("HSM", 0, 2, SbiRig.BASE + 1, 0)).isEqualTo(invalidAddress);
    assertThat(rig.call("HSM", 0, 2, SbiRig.BASE + SbiRig.SIZE, 0)).isEqualTo(invalidAddress);
    assertThat(rig.call("HSM", 0, 2, -2, 0)).isEqualTo(invalidAddress);
    assertThat(rig.call("HSM", 2, 3)).isEqualTo(INVALID);
  }

  @Test
  void hartsStopAndSuspend() {
    rig.call("HSM", 3, 0);
    rig.call("HSM", 3, 0x8000_0000L, SbiRig.BASE, 9);
    rig.call("HSM", 3, 0xffff_ffff_8000_0000L, SbiRig.BASE, 9);
    assertThat(rig.call("HSM", 3, 0x8000_0000L, 4, 9)).isEqualTo(new SbiResult(-5, 0));
    assertThat(rig.call("HSM", 3, 1)).isEqualTo(INVALID);
    assertThat(rig.call("HSM", 3, 0x1000_0000)).isEqualTo(INVALID);
    rig.call("HSM", 1);
    assertThat(rig.harts.getFirst().asked)
        .containsExactly("suspend", "suspend 0x80000000 0x9", "suspend 0x80000000 0x9", "stop");
  }

  @Test
  void systemSuspendsOnlyWhenTheOthersAreStopped() {
    assertThat(rig.call("SUSP", 0, 0, SbiRig.BASE, 5)).isEqualTo(SbiResult.SUCCESS);
    assertThat(rig.harts.getFirst().asked).containsExactly("suspend 0x80000000 0x5");
    rig.harts.get(2).state(SbiHart.State.SUSPENDED);
    assertThat(rig.call("SUSP", 0, 0, SbiRig.BASE, 5)).isEqualTo(new SbiResult(-4, 0));
    assertThat(rig.call("SUSP", 0, 1, SbiRig.BASE, 5)).isEqualTo(INVALID);
    assertThat(rig.call("SUSP", 0, 0, 0, 5)).isEqualTo(new SbiResult(-5, 0));
  }

  @Test
  void powerOffAndReset() {
    assertThat(rig.call("SRST", 0, 3, 0)).isEqualTo(INVALID);
    assertThat(rig.call("SRST", 0, 0, 2)).isEqualTo(INVALID);
    assertThat(rig.call("SRST", 0, 0xf000_0000L, 0)).isEqualTo(INVALID);
    assertThat(rig.asked).isEmpty();
    rig.call("SRST", 0, 0, 0);
    rig.call("SRST", 0, 0, 1);
    rig.call("SRST", 0, 1, 0);
    rig.call("SRST", 0, 2, 1);
    assertThat(rig.asked).containsExactly("power off false", "power off true", "reset", "reset");
    assertThat(rig.harts.getFirst().asked).containsOnly("stop").hasSize(4);
  }

  @Test
  void debugConsole() {
    byte[] text = "hello".getBytes(StandardCharsets.US_ASCII);
    rig.memory.write(SbiRig.BASE + 100, text, 0, text.length);
    assertThat(rig.call("DBCN", 0, 5, SbiRig.BASE + 100, 0)).isEqualTo(SbiResult.of(5));
    assertThat(rig.call("DBCN", 2, 0x21)).isEqualTo(SbiResult.SUCCESS);
    assertThat(rig.written).hasToString("hello!");
    assertThat(rig.call("DBCN", 0, SbiRig.SIZE, SbiRig.BASE, 0))
        .as("a bounded part at once")
        .isEqualTo(SbiResult.of(4096));
    rig.room = 0;
    assertThat(rig.call("DBCN", 0, 5, SbiRig.BASE, 0)).isEqualTo(SbiResult.of(0));
    assertThat(rig.call("DBCN", 2, 0x21)).isEqualTo(new SbiResult(-1, 0));
    rig.typed = text;
    assertThat(rig.call("DBCN", 1, 3, SbiRig.BASE, 0)).isEqualTo(SbiResult.of(3));
    assertThat(rig.memory.getByte(SbiRig.BASE + 2)).isEqualTo((byte) 'l');
    assertThat(rig.memory.getByte(SbiRig.BASE + 3)).isZero();
  }

  @Test
  void debugConsoleTakesBuffersInMemoryOnly() {
    for (int function = 0; function < 2; function++) {
      assertThat(rig.call("DBCN", function, 1, 0, 0)).isEqualTo(INVALID);
      assertThat(rig.call("DBCN", function, 1, SbiRig.BASE, 1)).isEqualTo(INVALID);
      assertThat(rig.call("DBCN", function, 2, SbiRig.BASE + SbiRig.SIZE - 1, 0))
          .isEqualTo(INVALID);
      assertThat(rig.call("DBCN", function, -1, SbiRig.BASE, 0)).isEqualTo(INVALID);
      assertThat(rig.call("DBCN", function, Long.MAX_VALUE, SbiRig.BASE, 0)).isEqualTo(INVALID);
    }
    assertThat(rig.written.size()).isZero();
  }
}
