package org.javisor.riscv.translator;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.javisor.riscv.isa.Decoded;
import org.javisor.riscv.isa.Decoder;
import org.javisor.riscv.isa.Instruction;
import org.javisor.riscv.isa.Shape;
import org.jspecify.annotations.Nullable;

/**
 * The guest code of one unit of translation: blocks that direct branches connect, entered at one
 * place only, so that its loops stay loops.
 *
 * <p>It has the code that has been executed, as far as the decode cache tells; what has not is left
 * to the interpreter until it has.
 *
 * @param entry offset of the first instruction
 * @param blocks by their start, in order of address
 * @param continuations where it would have gone on, had it been allowed more instructions
 */
record Region(int entry, NavigableMap<Integer, Block> blocks, List<Integer> continuations) {
  private static final int SATP = 0x180;
  private static final int RETURN_ADDRESS = 1;
  private static final int ALTERNATE_RETURN_ADDRESS = 5;

  /**
   * Finds the region that begins at an offset in the window.
   *
   * @param limit the most instructions it may have
   */
  static Region find(PageWindow window, int entry, int limit) {
    return new Finder(window, limit).find(entry);
  }

  /** The number of guest instructions. */
  int instructions() {
    return blocks.values().stream().mapToInt(block -> block.steps().size()).sum();
  }

  /** Whether an instruction is executed by the interpreter, between units. */
  static boolean isLeft(long decoded) {
    Instruction row = Decoded.instruction(decoded);
    return switch (row.shape()) {
      case PSEUDO -> true;
      // Another address space: what lies around the region may be something else afterwards.
      case CSR -> (Decoded.immediate(decoded) & 0xfff) == SATP;
      case SYSTEM -> row != Instruction.FENCE;
      default -> false;
    };
  }

  /**
   * Whether a jump is a call, by the link registers of the calling convention (volume I section
   * 2.5.1). What links elsewhere does not come back: a procedure linkage table leaves in t1 where
   * it was for the dynamic linker, and goes to its function with the caller's return address.
   */
  private static boolean isCall(long decoded) {
    int rd = Decoded.rd(decoded);
    return rd == RETURN_ADDRESS || rd == ALTERNATE_RETURN_ADDRESS;
  }

  private static final class Finder {
    private final PageWindow window;
    private final int limit;
    private final TreeMap<Integer, Long> code = new TreeMap<>();
    private final TreeSet<Integer> leaders = new TreeSet<>();
    private final Deque<Integer> starts = new ArrayDeque<>();

    Finder(PageWindow window, int limit) {
      this.window = window;
      this.limit = limit;
    }

    Region find(int entry) {
      starts.add(entry);
      leaders.add(entry);
      while (!starts.isEmpty() && code.size() < limit) {
        follow(starts.removeFirst());
      }
      NavigableMap<Integer, Block> blocks = new TreeMap<>();
      for (int leader : leaders) {
        if (code.containsKey(leader)) {
          blocks.put(leader, block(leader));
        }
      }
      return new Region(entry, blocks, continuations(blocks));
    }

    private List<Integer> continuations(NavigableMap<Integer, Block> blocks) {
      if (code.size() < limit) {
        return List.of();
      }
      Set<Integer> places = new TreeSet<>();
      for (Block block : blocks.values()) {
        switch (block.ending()) {
          case Ending.Leave(int at) -> places.add(at);
          default -> places.addAll(block.ending().inRegion());
        }
      }
      return places.stream()
          .filter(at -> !code.containsKey(at) && window.contains(at) && window.isExecuted(at))
          .toList();
    }

    /** Collects instructions in a row, and where else to look. */
    private void follow(int start) {
      int at = start;
      while (code.size() < limit
          && !code.containsKey(at)
          && window.contains(at)
          && (window.isExecuted(at) || (at == start && code.isEmpty()))) {
        long decoded = Decoder.decode(window.bits(at));
        if (isLeft(decoded)) {
          return;
        }
        code.put(at, decoded);
        int next = at + Decoded.length(decoded);
        Shape shape = Decoded.instruction(decoded).shape();
        int target = at + (int) Decoded.immediate(decoded);
        boolean links = isCall(decoded);
        switch (shape) {
          case BRANCH -> {
            leaders.add(next);
            lookLater(target, at);
          }
          case JAL -> {
            if (!links) {
              lookLater(target, at);
              return;
            }
            leaders.add(next);
          }
          case JALR -> {
            if (!links) {
              return;
            }
            leaders.add(next);
          }
          default -> {}
        }
        at = next;
      }
    }

    /** Loops first. */
    private void lookLater(int target, int from) {
      leaders.add(target);
      if (target <= from) {
        starts.addFirst(target);
      } else {
        starts.addLast(target);
      }
    }

    private Block block(int start) {
      List<Block.Step> steps = new ArrayList<>();
      int at = start;
      while (true) {
        Long decoded = code.get(at);
        if (decoded == null) {
          return new Block(start, steps, new Ending.Leave(at));
        }
        steps.add(new Block.Step(at, decoded));
        int next = at + Decoded.length(decoded);
        Ending ending = ending(at, next, decoded);
        if (ending != null) {
          return new Block(start, steps, ending);
        }
        at = next;
        if (leaders.contains(at)) {
          return new Block(start, steps, new Ending.Fall(at));
        }
      }
    }

    private static @Nullable Ending ending(int at, int next, long decoded) {
      int target = at + (int) Decoded.immediate(decoded);
      boolean links = isCall(decoded);
      return switch (Decoded.instruction(decoded).shape()) {
        case BRANCH -> new Ending.Branch(target, next);
        case JAL -> links ? new Ending.Call(target, next) : new Ending.Jump(target);
        case JALR -> links ? new Ending.IndirectCall(next) : new Ending.IndirectJump();
        default -> null;
      };
    }
  }

  /** Whether a block begins at an offset. */
  boolean contains(int offset) {
    return blocks.containsKey(offset);
  }
}
