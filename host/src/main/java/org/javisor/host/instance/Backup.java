package org.javisor.host.instance;

import org.javisor.host.Instance;

/** An instance that is written to a file and stays. */
final class Backup extends LeavingMachine {
  Backup(HostedInstance instance, Instance machine) {
    super(instance, machine);
  }

  @Override
  public void commit() {
    // It is the file that is another one's.
  }
}
