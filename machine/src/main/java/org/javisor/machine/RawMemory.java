package org.javisor.machine;

/** x. */
@SuppressWarnings("removal")
final class RawMemory {
  private static final sun.misc.Unsafe U;

  static {
    try {
      var f = sun.misc.Unsafe.class.getDeclaredField("theUnsafe");
      f.setAccessible(true);
      U = (sun.misc.Unsafe) f.get(null);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  @SuppressWarnings("removal")
  static long getLong(long a) {
    return U.getLong(a);
  }

  private RawMemory() {}
}
