package org.javisor.riscv.fp;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Operands that find mistakes: limits of the formats and of the integers, numbers that nearly
 * cancel, that lie on and beside ties, products beside underflow and overflow.
 */
final class OperandSource {
  private final RandomGenerator random;

  OperandSource(RandomGenerator random) {
    this.random = random;
  }

  /** Three registers for an operation. */
  long[] next(FloatOperation operation) {
    if (operation.takesInteger()) {
      return new long[] {integer(), 0, 0};
    }
    BinaryFormat f = operation.takesSingle() ? BinaryFormat.SINGLE : BinaryFormat.DOUBLE;
    long a = value(f);
    long b = chance(3) ? related(f, a) : value(f);
    long c;
    if (chance(2)) {
      c = related(f, Multiplication.multiply(f, a, b, random.nextInt(5), new FloatEnvironment()));
    } else {
      c = chance(2) ? related(f, a) : value(f);
    }
    if (operation.name().startsWith("fdiv") && chance(3)) {
      // A quotient beside a representable number or beside a tie.
      a = related(f, Multiplication.multiply(f, a, b, random.nextInt(5), new FloatEnvironment()));
    }
    return new long[] {register(f, a), register(f, b), register(f, c)};
  }

  /** The encodings every test begins with. */
  static List<Long> specials(BinaryFormat f) {
    List<Long> result = new ArrayList<>();
    long one = f.one(false);
    long ulpBit = 1L << (f.precision() - 1);
    for (long magnitude :
        new long[] {
          0,
          1,
          2,
          3,
          ulpBit >> 1,
          ulpBit - 1,
          ulpBit,
          ulpBit + 1,
          one >> 1,
          one - ulpBit,
          one - 1,
          one,
          one + 1,
          one + ulpBit / 2,
          one + ulpBit,
          one + (f.precision() - 1) * ulpBit,
          one + (f.precision() - 1) * ulpBit + 1,
          one + 31 * ulpBit,
          one + 32 * ulpBit - 1,
          one + 63 * ulpBit,
          one + 64 * ulpBit - 1,
          one + 64 * ulpBit,
          f.infinity() - 1,
          f.infinity() - ulpBit,
          f.infinity(),
          f.infinity() + 1,
          f.canonicalNaN(),
          f.signBit() - 1
        }) {
      result.add(magnitude);
      result.add(f.negate(magnitude));
    }
    return result;
  }

  static long register(BinaryFormat f, long encoding) {
    return f == BinaryFormat.SINGLE ? 0xffffffff_00000000L | encoding : encoding;
  }

  private boolean chance(int oneIn) {
    return random.nextInt(oneIn) == 0;
  }

  private long integer() {
    long x = random.nextLong() >> random.nextInt(64);
    if (chance(3)) {
      x = significand(64) >> random.nextInt(64);
    }
    return chance(2) ? x + random.nextInt(-2, 3) : x;
  }

  private long value(BinaryFormat f) {
    long sign = chance(2) ? f.signBit() : 0;
    int fields = 1 << f.exponentBits();
    int exponent =
        switch (random.nextInt(6)) {
          case 0 -> random.nextInt(fields);
          case 1 -> random.nextInt(4);
          case 2 -> fields - 1 - random.nextInt(4);
          case 3 -> f.maxExponent() + random.nextInt(-70, 70);
          case 4 -> f.maxExponent() + random.nextInt(-3, 4);
          default -> (f.maxExponent() / 2) * (1 + 2 * random.nextInt(2)) + random.nextInt(-4, 5);
        };
    if (chance(40)) {
      List<Long> specials = specials(f);
      return specials.get(random.nextInt(specials.size()));
    }
    int bits = f.precision() - 1;
    return sign | ((long) exponent << bits) | significand(bits);
  }

  /** Random, or with long runs of equal bits, or with few bits set. */
  private long significand(int bits) {
    long mask = -1L >>> (64 - bits);
    long x =
        switch (random.nextInt(5)) {
          case 0, 1 -> random.nextLong();
          case 2 -> 1L << random.nextInt(bits);
          case 3 -> -1L << random.nextInt(bits);
          default -> (1L << random.nextInt(bits)) - (1L << random.nextInt(bits));
        };
    return (chance(3) ? x + random.nextInt(-2, 3) : x) & mask;
  }

  /** A value beside the given one: a few units away, a few binades away, or its negative. */
  private long related(BinaryFormat f, long a) {
    long x = chance(2) ? f.negate(a) : a;
    if (chance(2)) {
      x += random.nextInt(-3, 4);
    }
    if (chance(2)) {
      x += random.nextLong(-60, 61) << (f.precision() - 1);
    }
    return x & (-1L >>> (64 - f.width()));
  }
}
