package org.javisor.image;

/** Where long work says how far it is. Methods may be called from several threads at once. */
public interface Progress {
  /** What a phase counts. */
  enum Unit {
    /** Bytes, of a download or of a disk being written. */
    BYTES,
    /** Things done one after the other, such as packages configured. */
    STEPS
  }

  /** One piece of work, from its begin to its close. */
  interface Phase extends AutoCloseable {
    /** So many units more are done. */
    void advance(long amount);

    /** What is being worked on just now, such as the name of a package. */
    default void at(String item) {}

    /** The phase is over, completely or by a failure. */
    @Override
    void close();
  }

  /**
   * A phase begins.
   *
   * @param title what is being done, such as "Downloading packages"
   * @param unit what is counted
   * @param total how many units there will be, 0 if that is not known
   */
  Phase begin(String title, Unit unit, long total);

  /** Progress nobody looks at. */
  Progress NONE =
      (_, _, _) ->
          new Phase() {
            @Override
            public void advance(long amount) {}

            @Override
            public void close() {}
          };
}
