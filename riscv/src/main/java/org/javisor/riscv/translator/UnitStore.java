package org.javisor.riscv.translator;

import java.lang.classfile.ClassFile;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.invoke.MethodHandles;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.Map;
import org.javisor.riscv.codegen.MeaningCalls;
import org.javisor.riscv.hart.Unit;
import org.jspecify.annotations.Nullable;

/**
 * The units of this JVM by what they are made from: the same guest code at the same place in a page
 * is translated and compiled once, whichever machine, address space or copy of a page it is in.
 *
 * <p>It keeps no unit alive: one that is in place nowhere goes with the next collection.
 */
final class UnitStore {
  private static final ClassDesc UNIT = MeaningCalls.desc(Unit.class);
  private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();
  private static final int SWEEP_INTERVAL = 1024;

  private static final Map<Content, WeakReference<Unit>> UNITS = new HashMap<>();
  private static int made;

  /**
   * A digest of all that a unit's code depends on: the tier, the entry, and offset and instruction
   * of each step. The guest chooses the instructions, so it has to be one without known collisions.
   */
  private record Content(ByteBuffer digest) {
    static Content of(Region region, Tier tier) {
      ByteBuffer words =
          ByteBuffer.allocate(
              Long.BYTES * (1 + region.blocks().size() + 2 * region.instructions()));
      words.putLong(region.entry());
      for (Block block : region.blocks().values()) {
        words.putLong(block.start());
        for (Block.Step step : block.steps()) {
          words.putLong(step.offset()).putLong(step.decoded());
        }
      }
      try {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        digest.update(tier.className().getBytes(StandardCharsets.US_ASCII));
        return new Content(ByteBuffer.wrap(digest.digest(words.array())));
      } catch (NoSuchAlgorithmException e) {
        throw new AssertionError("every JDK has SHA-256", e);
      }
    }
  }

  private UnitStore() {}

  /** The unit of a region, made if there is none. */
  static Unit unit(Region region, Tier tier, Counters counters) {
    Content content = Content.of(region, tier);
    @Nullable Unit known = find(content);
    if (known != null) {
      counters.shared.increment();
      return known;
    }
    Unit made = make(region, tier, counters);
    return enter(content, made);
  }

  private static synchronized @Nullable Unit find(Content content) {
    WeakReference<Unit> reference = UNITS.get(content);
    return reference == null ? null : reference.get();
  }

  private static synchronized Unit enter(Content content, Unit unit) {
    if (++made % SWEEP_INTERVAL == 0) {
      UNITS.values().removeIf(reference -> reference.get() == null);
    }
    UNITS.put(content, new WeakReference<>(unit));
    return unit;
  }

  private static Unit make(Region region, Tier tier, Counters counters) {
    byte[] bytes =
        ClassFile.of()
            .build(
                ClassDesc.of(UnitStore.class.getPackageName(), tier.className()),
                type -> {
                  type.withFlags(ClassFile.ACC_FINAL | ClassFile.ACC_SUPER);
                  type.withSuperclass(UNIT);
                  type.withMethodBody(
                      ConstantDescs.INIT_NAME,
                      ConstantDescs.MTD_void,
                      0,
                      code ->
                          code.aload(0)
                              .invokespecial(UNIT, ConstantDescs.INIT_NAME, ConstantDescs.MTD_void)
                              .return_());
                  type.withMethodBody(
                      "run",
                      UnitEmitter.RUN,
                      ClassFile.ACC_PUBLIC,
                      code -> new UnitEmitter(code, region, tier == Tier.COUNTING).emit());
                });
    counters.units.increment();
    counters.instructions.add(region.instructions());
    counters.classBytes.add(bytes.length);
    try {
      Class<?> type = LOOKUP.defineHiddenClass(bytes, true).lookupClass();
      return (Unit) type.getDeclaredConstructor().newInstance();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("a unit cannot be loaded", e);
    }
  }
}
