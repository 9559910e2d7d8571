package org.javisor.riscv.interpreter;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.javisor.machine.RawMemory;
import org.javisor.riscv.hart.CodePage;
import org.javisor.riscv.hart.Hart;
import org.javisor.riscv.isa.Decoded;
import org.javisor.riscv.isa.Decoder;
import org.javisor.riscv.isa.Disassembler;
import org.javisor.riscv.isa.Instruction;
import org.jspecify.annotations.Nullable;

/**
 * The blocks that harts have executed, as text: instructions in a row up to a jump that is taken, a
 * trap or an interrupt. A line a block, in the order in which they ended:
 *
 * <pre>
 * HART MODE PC INSTRUCTIONS [x TIMES]
 * </pre>
 *
 * <p>MODE is U or S, PC the virtual address of the first instruction in hexadecimal; TIMES is how
 * often the hart executed the block in a row, if more than once. Where a block is new, or its code
 * another one than before, its instructions follow, each on a line that begins with a tab.
 *
 * <p>Errors are the writer's to keep. Safe from any thread.
 */
public final class BlockTrace {
  /** Blocks known by their listing; with more, some are listed again. */
  private static final int MAX_KNOWN = 1 << 20;

  /** Longer straight code is more than one block. */
  private static final int MAX_INSTRUCTIONS = 1 << 12;

  /** An instruction that has been executed. */
  private record Step(long pc, int bits) {
    long decoded() {
      return Decoder.decode(bits);
    }

    long next() {
      return pc + Decoded.length(decoded());
    }

    /** Whether another block begins after it in any case. */
    boolean ends() {
      Instruction row = Decoded.instruction(decoded());
      return switch (row.shape()) {
        case JAL, JALR -> true;
        case SYSTEM -> row != Instruction.FENCE;
        default -> false;
      };
    }
  }

  private record Place(long pc, int mode, int instructions) {}

  /** Of one hart; on its thread, but for the end. */
  private static final class Current {
    private final byte[] code = new byte[CodePage.BYTES];
    private long pc;
    private int pieceMode;

    private final List<Step> steps = new ArrayList<>();
    private int mode;

    // The block that ended last.
    private @Nullable List<Step> last;
    private int lastMode;
    private long times;
  }

  private final PrintWriter out;
  private final Map<Integer, Current> harts = new HashMap<>();

  /** By place, the digest of the code that was listed. */
  private final Map<Place, Integer> known = new HashMap<>();

  /** A trace that is written as it grows; the writer stays its owner's. */
  public BlockTrace(PrintWriter out) {
    this.out = out;
  }

  /** A hart is about to execute in a page: keeps its code, which may overwrite itself. */
  synchronized void begin(Hart hart, CodePage page, long pc, int mode) {
    Current current = harts.computeIfAbsent(hart.id(), key -> new Current());
    int offset = (int) pc & CodePage.BYTES - 1;
    current.pc = pc;
    current.pieceMode = mode;
    RawMemory.copyOut(
        page.machineAddress() + offset, current.code, offset, CodePage.BYTES - offset);
  }

  /** It has executed so many instructions in a row from there. */
  synchronized void executed(Hart hart, long instructions) {
    Current current = harts.computeIfAbsent(hart.id(), key -> new Current());
    long at = current.pc;
    for (long i = 0; i < instructions; i++) {
      Step step = new Step(at, bits(hart, current, at));
      if (!continues(current, step)) {
        end(hart.id(), current);
      }
      current.mode = current.pieceMode;
      current.steps.add(step);
      at = step.next();
    }
  }

  /** What was to come next did not: a trap. */
  synchronized void trapped(Hart hart) {
    Current current = harts.get(hart.id());
    if (current != null) {
      end(hart.id(), current);
    }
  }

  /** Writes what harts have not finished; they must not be executing. */
  public synchronized void finish() {
    harts.forEach(
        (id, current) -> {
          end(id, current);
          write(id, current);
        });
    out.flush();
  }

  private static boolean continues(Current current, Step step) {
    if (current.steps.isEmpty()) {
      return true;
    }
    Step before = current.steps.getLast();
    return before.next() == step.pc()
        && !before.ends()
        && current.mode == current.pieceMode
        && current.steps.size() < MAX_INSTRUCTIONS;
  }

  private void end(int id, Current current) {
    if (current.steps.isEmpty()) {
      return;
    }
    if (current.steps.equals(current.last) && current.mode == current.lastMode) {
      current.times++;
    } else {
      write(id, current);
      current.last = List.copyOf(current.steps);
      current.lastMode = current.mode;
      current.times = 1;
    }
    current.steps.clear();
  }

  private void write(int id, Current current) {
    List<Step> steps = current.last;
    if (steps == null) {
      return;
    }
    current.last = null;
    Place place = new Place(steps.getFirst().pc(), current.lastMode, steps.size());
    out.append(Integer.toString(id)).append(current.lastMode == Hart.USER ? " U " : " S ");
    out.append(Long.toHexString(place.pc())).append(' ').append(Integer.toString(steps.size()));
    if (current.times > 1) {
      out.append(" x ").append(Long.toString(current.times));
    }
    out.append('\n');
    if (known.size() >= MAX_KNOWN) {
      known.clear();
    }
    Integer digest = steps.hashCode();
    if (!digest.equals(known.put(place, digest))) {
      steps.forEach(this::list);
    }
  }

  private void list(Step step) {
    boolean isShort = (step.bits() & 3) != 3;
    out.append(String.format(Locale.ROOT, "\t%x:\t", step.pc()));
    out.append(String.format(Locale.ROOT, isShort ? "%04x    " : "%08x", step.bits()));
    out.append('\t').append(Disassembler.text(step.decoded(), step.pc())).append('\n');
  }

  /** Of an instruction in the page that was kept, or one that crosses its end. */
  private static int bits(Hart hart, Current current, long at) {
    int offset = (int) (at - (current.pc & -CodePage.BYTES));
    int low = half(current.code, offset);
    if ((low & 3) != 3) {
      return low;
    }
    if (offset + 2 < CodePage.BYTES) {
      return low | half(current.code, offset + 2) << 16;
    }
    CodePage next = hart.fetched(at + 2);
    return next == null ? low : low | (RawMemory.getShort(next.machineAddress()) & 0xffff) << 16;
  }

  private static int half(byte[] code, int offset) {
    return (code[offset] & 0xff) | (code[offset + 1] & 0xff) << 8;
  }
}
