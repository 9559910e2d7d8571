package org.javisor.host.scheduling;

import org.javisor.machine.Machine;

/** The vCPUs of a machine as a scheduler sees them. */
interface Workload {
  /** How many there are. */
  int vcpus();

  /** Whether one has guest code to execute, be it held or not. */
  boolean isBusy(int vcpu);

  /** Nanoseconds that processors have spent on one so far. */
  long processorTime(int vcpu);

  /** Keeps one from executing. */
  void hold(int vcpu);

  /** Lets one execute. */
  void release(int vcpu);

  /** That of a real machine. */
  static Workload of(Machine machine) {
    int vcpus = machine.parts().vcpus().size();
    return new Workload() {
      @Override
      public int vcpus() {
        return vcpus;
      }

      @Override
      public boolean isBusy(int vcpu) {
        return machine.isBusy(vcpu);
      }

      @Override
      public long processorTime(int vcpu) {
        return machine.processorTime(vcpu);
      }

      @Override
      public void hold(int vcpu) {
        machine.hold(vcpu);
      }

      @Override
      public void release(int vcpu) {
        machine.release(vcpu);
      }
    };
  }
}
