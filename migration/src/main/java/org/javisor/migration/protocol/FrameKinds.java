package org.javisor.migration.protocol;

import java.util.List;

/** What frames begin with. */
final class FrameKinds {
  /** By their kind in a frame, from 1. Only ever added to. */
  static final List<Class<? extends Message>> MESSAGES =
      List.of(
          Message.Offer.class,
          Message.Refused.class,
          Message.Reserved.class,
          Message.FileEnd.class,
          Message.RoundEnd.class,
          Message.RoundDone.class,
          Message.Complete.class,
          Message.Prepared.class,
          Message.Committed.class,
          Message.Activated.class,
          Message.Failed.class,
          Message.Trial.class);

  private FrameKinds() {}
}
