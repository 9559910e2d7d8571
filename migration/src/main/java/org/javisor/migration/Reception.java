package org.javisor.migration;

import java.util.List;
import org.javisor.migration.protocol.Message;
import org.javisor.migration.protocol.Obstacle;

/** What a target does for machines that arrive. */
public interface Reception {
  /** The target cannot have the machine. */
  final class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<Obstacle> obstacles;

    /** For these reasons. */
    public RefusedException(List<Obstacle> obstacles) {
      super(Obstacle.words(obstacles));
      this.obstacles = List.copyOf(obstacles);
    }

    /** What is in the way. */
    public List<Obstacle> obstacles() {
      return obstacles;
    }
  }

  /**
   * Sets aside what a machine needs, but for files.
   *
   * @throws RefusedException if that is not possible; nothing is set aside then
   */
  ArrivingMachine reserve(Message.Offer offer) throws RefusedException, InterruptedException;
}
