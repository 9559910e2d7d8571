/**
 * The machine, whatever its instruction set: guest memory, the address bus, devices and their
 * interrupt lines, virtual CPUs, the guest's clock, the life cycle, and saved state.
 *
 * <p>Nothing here knows an instruction set, a device model or a host. The engines ({@code riscv},
 * {@code kvm}) implement {@link org.javisor.machine.Vcpu}, the device modules implement {@link
 * org.javisor.machine.Device} and {@link org.javisor.machine.MmioHandler}, and {@link
 * org.javisor.machine.Machine} runs them together.
 *
 * <p>Three kinds of address appear: a <em>guest virtual address</em> is translated by the guest's
 * own page tables (an engine's business) to a <em>guest physical address</em>, which {@link
 * org.javisor.machine.GuestMemory} maps to a <em>machine address</em>: a raw address in this
 * process.
 *
 * <p>Everything that is not deterministic enters through an interface owned by the machine: {@link
 * org.javisor.machine.Clock}, {@link org.javisor.machine.Entropy}, and the back ends of devices.
 */
@NullMarked
package org.javisor.machine;

import org.jspecify.annotations.NullMarked;
