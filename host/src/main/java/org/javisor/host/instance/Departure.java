package org.javisor.host.instance;

import java.io.IOException;
import org.javisor.host.Instance;
import org.javisor.migration.protocol.Message;

/** An instance on its way to another host, taken out of all else by {@code beginMove}. */
final class Departure extends LeavingMachine {
  private final HostedInstance instance;
  private final String target;
  private final PreparedFile record;
  private boolean committed;

  Departure(HostedInstance instance, Instance machine, String target) {
    super(instance, machine);
    this.instance = instance;
    this.target = target;
    record = new PreparedFile(instance.folder().resolve(DepartureRecord.FILE));
  }

  /** Forgets what was prepared, if it was not committed. */
  void end() throws IOException {
    record.close();
  }

  @Override
  public Message.Offer offer(String migration) throws IOException {
    record.prepare(
        new DepartureRecord(DepartureRecord.VERSION, migration, instance.name(), target));
    return super.offer(migration);
  }

  @Override
  public void goOn() {
    if (!committed) {
      super.goOn();
    }
  }

  @Override
  public void commit() throws IOException {
    record.commit();
    committed = true;
    instance.disconnect();
  }

  /** Whether it is the target's. */
  boolean isCommitted() {
    return committed;
  }
}
