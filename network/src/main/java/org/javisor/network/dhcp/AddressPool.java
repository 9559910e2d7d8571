package org.javisor.network.dhcp;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.javisor.network.packet.Ipv4Address;
import org.javisor.network.packet.Ipv4Range;
import org.javisor.network.packet.Ipv4Subnet;
import org.javisor.virtio.net.MacAddress;
import org.jspecify.annotations.Nullable;

/**
 * Who has which address of a subnet. A machine's is reserved under its name, and stays until the
 * name is forgotten; with its Ethernet address it goes to the name that the machine has next.
 * Others who ask get one for a time. Kept in a file. Safe from any thread.
 */
public final class AddressPool {
  /** How long somebody without a reservation has an address, unless it asks again. */
  public static final Duration TERM = Duration.ofHours(1);

  /** How long an address that somebody else seems to use is not given away. */
  private static final Duration QUARANTINE = Duration.ofMinutes(10);

  private final Ipv4Subnet subnet;
  private final Set<Ipv4Address> hostsOwn;
  private final LeaseFile file;
  private final InstantSource time;
  private final Map<Ipv4Address, Lease> leases = new TreeMap<>();
  private final Map<MacAddress, Lease> byMac = new HashMap<>();
  private final Map<Ipv4Address, Instant> quarantined = new HashMap<>();

  /** Of this host's addresses, those of machines that are on other hosts now. */
  private final Map<Ipv4Address, Lease> away = new TreeMap<>();

  /** Where addresses are taken from; empty for the whole subnet. */
  private List<Ipv4Range> ranges = List.of();

  private AddressPool(
      Ipv4Subnet subnet, Set<Ipv4Address> hostsOwn, LeaseFile file, InstantSource time) {
    this.subnet = subnet;
    this.hostsOwn = hostsOwn;
    this.file = file;
    this.time = time;
  }

  /**
   * The addresses of a subnet, given away as the file says.
   *
   * @param hostsOwn addresses that are never given away
   * @throws IOException if the file cannot be read, or is not of this subnet
   */
  public static AddressPool open(
      Ipv4Subnet subnet, Set<Ipv4Address> hostsOwn, Path file, InstantSource time)
      throws IOException {
    AddressPool pool = new AddressPool(subnet, hostsOwn, new LeaseFile(file), time);
    LeaseFile.Contents kept = pool.file.read();
    for (List<Lease> leases : List.of(kept.here(), kept.away())) {
      for (Lease lease : leases) {
        if (!pool.canBeGiven(lease.address())) {
          throw new IOException(
              file + ": " + lease.address() + " is not for machines of the subnet " + subnet);
        }
      }
    }
    kept.here().forEach(pool::enter);
    kept.away().forEach(lease -> pool.away.put(lease.address(), lease));
    return pool;
  }

  /**
   * From now on who may have any address gets one of these. Who has one keeps it, and one that is
   * asked for by name may be any of the subnet.
   *
   * @param some empty for the whole subnet
   */
  public synchronized void setRanges(List<Ipv4Range> some) {
    ranges = List.copyOf(some);
  }

  private boolean inRanges(Ipv4Address address) {
    return ranges.isEmpty() || ranges.stream().anyMatch(range -> range.contains(address));
  }

  private boolean canBeGiven(Ipv4Address address) {
    return subnet.containsHost(address) && !hostsOwn.contains(address);
  }

  private void enter(Lease lease) {
    leases.put(lease.address(), lease);
    byMac.put(lease.mac(), lease);
  }

  private void remove(Lease lease) {
    leases.remove(lease.address(), lease);
    byMac.remove(lease.mac(), lease);
  }

  /**
   * The address of a machine: the one it had before, under this name or with this Ethernet address,
   * or else the lowest free one. No other machine that is on may have that Ethernet address.
   *
   * @param machine its name, without blanks
   * @param fixed the address it is to have
   * @throws AddressException if another machine has the fixed address, or no address is free
   * @throws IOException if it cannot be written down; then nothing has changed
   */
  public synchronized Lease reserve(String machine, MacAddress mac, Optional<Ipv4Address> fixed)
      throws AddressException, IOException {
    if (machine.isEmpty() || machine.equals("-") || machine.chars().anyMatch(c -> c <= ' ')) {
      throw new AddressException("not the name of a machine: '" + machine + "'");
    }
    Lease old = ofMachine(machine);
    Lease withMac = byMac.get(mac);
    Lease home = ofAway(mac);
    Lease before = old != null || withMac == null || withMac.machine().isEmpty() ? old : withMac;
    if (before == null) {
      before = home;
    }
    Ipv4Address address =
        fixed.isPresent()
            ? free(fixed.get(), before, mac)
            : before != null ? before.address() : lowestFree();
    Lease lease = new Lease(address, mac, Optional.of(machine), Optional.empty());
    if (lease.equals(old) && home == null) {
      return lease;
    }
    Lease taken = leases.get(address);
    for (Lease gone : new Lease[] {old, withMac, taken}) {
      if (gone != null) {
        remove(gone);
      }
    }
    enter(lease);
    if (home != null) {
      away.remove(home.address());
    }
    try {
      write();
    } catch (IOException e) {
      remove(lease);
      for (Lease back : new Lease[] {old, withMac, taken}) {
        if (back != null) {
          enter(back);
        }
      }
      if (home != null) {
        away.put(home.address(), home);
      }
      throw e;
    }
    return lease;
  }

  /**
   * Takes over the lease of a machine that comes from another host of this network: its address,
   * which need not be in this host's ranges, is reserved under its name from now on.
   *
   * @throws AddressException if the address or the Ethernet address is somebody else's; then
   *     nothing has changed
   * @throws IOException if it cannot be written down; then nothing has changed
   */
  public synchronized void adopt(String machine, MacAddress mac, Ipv4Address address)
      throws AddressException, IOException {
    Lease withMac = byMac.get(mac);
    if (withMac != null && withMac.machine().isPresent() && !isOf(withMac, machine)) {
      throw new AddressException(
          "the Ethernet address " + mac + " is that of " + withMac.machine().get());
    }
    Lease taken = leases.get(address);
    if (taken != null
        && taken.machine().isEmpty()
        && !taken.mac().equals(mac)
        && !taken.expired(time.instant())) {
      throw new AddressException(address + " is lent to " + taken.mac());
    }
    reserve(machine, mac, Optional.of(address));
  }

  private static boolean isOf(Lease lease, String machine) {
    return lease.machine().equals(Optional.of(machine));
  }

  /**
   * Lets go of the lease of a machine that is on another host from now on. If the address is one
   * that this host would give away, it is kept for the machine, until that comes back or is no more
   * ({@link #forgetAway}).
   *
   * @throws IOException if that cannot be written down; then nothing has changed
   */
  public synchronized void letGo(String machine) throws IOException {
    Lease lease = ofMachine(machine);
    if (lease == null) {
      return;
    }
    remove(lease);
    if (inRanges(lease.address())) {
      away.put(lease.address(), lease);
    }
    try {
      write();
    } catch (IOException e) {
      away.remove(lease.address());
      enter(lease);
      throw e;
    }
  }

  /**
   * Frees the address that is kept for a machine on another host.
   *
   * @throws IOException if that cannot be written down; then nothing has changed
   */
  public synchronized void forgetAway(MacAddress mac) throws IOException {
    Lease lease = ofAway(mac);
    if (lease == null) {
      return;
    }
    away.remove(lease.address());
    try {
      write();
    } catch (IOException e) {
      away.put(lease.address(), lease);
      throw e;
    }
  }

  /** What is kept for machines that are on other hosts, lowest address first. */
  public synchronized List<Lease> away() {
    return List.copyOf(away.values());
  }

  private @Nullable Lease ofAway(MacAddress mac) {
    for (Lease lease : away.values()) {
      if (lease.mac().equals(mac)) {
        return lease;
      }
    }
    return null;
  }

  private void write() throws IOException {
    file.write(leases.values(), away.values());
  }

  private @Nullable Lease ofMachine(String machine) {
    for (Lease lease : leases.values()) {
      if (lease.machine().isPresent() && lease.machine().get().equals(machine)) {
        return lease;
      }
    }
    return null;
  }

  private Ipv4Address free(Ipv4Address address, @Nullable Lease own, MacAddress mac)
      throws AddressException {
    if (!canBeGiven(address)) {
      throw new AddressException(address + " is not for machines of the subnet " + subnet);
    }
    Lease taken = leases.get(address);
    if (taken != null && !taken.equals(own) && taken.machine().isPresent()) {
      throw new AddressException(address + " is reserved for " + taken.machine().get());
    }
    Lease elsewhere = away.get(address);
    if (elsewhere != null && !elsewhere.mac().equals(mac)) {
      throw new AddressException(
          address
              + " is kept for "
              + elsewhere.machine().orElse(elsewhere.mac().toString())
              + ", which is on another host");
    }
    return address;
  }

  private Ipv4Address lowestFree() throws AddressException {
    Instant now = time.instant();
    for (int i = 1; i < subnet.size() - 1; i++) {
      Ipv4Address address = subnet.address(i);
      Lease taken = leases.get(address);
      if (canBeGiven(address)
          && inRanges(address)
          && !away.containsKey(address)
          && (taken == null || taken.expired(now))
          && !isQuarantined(address, now)) {
        return address;
      }
    }
    throw new AddressException(
        "all addresses of "
            + (ranges.isEmpty() ? "the subnet " + subnet : "this host, " + ranges + ",")
            + " are in use");
  }

  private boolean isQuarantined(Ipv4Address address, Instant now) {
    Instant end = quarantined.get(address);
    if (end != null && end.isBefore(now)) {
      quarantined.remove(address);
      return false;
    }
    return end != null;
  }

  /**
   * Frees the address of a machine that is no more.
   *
   * @throws IOException if that cannot be written down; then nothing has changed
   */
  public synchronized void forget(String machine) throws IOException {
    Lease lease = ofMachine(machine);
    if (lease != null) {
      removeAndWrite(lease);
    }
  }

  /**
   * Frees the addresses of all machines but these.
   *
   * @throws IOException if that cannot be written down; then nothing has changed
   */
  public synchronized void keep(Predicate<String> known) throws IOException {
    List<Lease> gone =
        leases.values().stream()
            .filter(lease -> lease.machine().isPresent() && !known.test(lease.machine().get()))
            .toList();
    if (gone.isEmpty()) {
      return;
    }
    gone.forEach(this::remove);
    try {
      write();
    } catch (IOException e) {
      gone.forEach(this::enter);
      throw e;
    }
  }

  private void removeAndWrite(Lease lease) throws IOException {
    remove(lease);
    try {
      write();
    } catch (IOException e) {
      enter(lease);
      throw e;
    }
  }

  /** What an Ethernet address has now. */
  public synchronized Optional<Lease> of(MacAddress mac) {
    Lease lease = byMac.get(mac);
    return lease == null || lease.expired(time.instant()) ? Optional.empty() : Optional.of(lease);
  }

  /** Who has an address now. */
  public synchronized Optional<Lease> at(Ipv4Address address) {
    Lease lease = leases.get(address);
    return lease == null || lease.expired(time.instant()) ? Optional.empty() : Optional.of(lease);
  }

  /**
   * What somebody without a reservation may have: what it had, what it wants if that is free, or
   * any other. At most half of the subnet goes this way. Nothing is noted yet.
   */
  synchronized Optional<Ipv4Address> offer(MacAddress mac, Optional<Ipv4Address> wanted) {
    Lease old = byMac.get(mac);
    if (old != null) {
      return Optional.of(old.address());
    }
    Instant now = time.instant();
    long temporary =
        leases.values().stream()
            .filter(lease -> lease.machine().isEmpty() && !lease.expired(now))
            .count();
    if (temporary >= subnet.size() / 2) {
      return Optional.empty();
    }
    if (wanted.isPresent()
        && canBeGiven(wanted.get())
        && inRanges(wanted.get())
        && !away.containsKey(wanted.get())
        && at(wanted.get()).isEmpty()
        && !isQuarantined(wanted.get(), now)) {
      return wanted;
    }
    try {
      return Optional.of(lowestFree());
    } catch (AddressException e) {
      return Optional.empty();
    }
  }

  /**
   * Gives an address for a term, if it may be given to who asks.
   *
   * @throws IOException if it cannot be written down; then nothing has changed
   */
  synchronized boolean lend(MacAddress mac, Ipv4Address address) throws IOException {
    if (!offer(mac, Optional.of(address)).equals(Optional.of(address))) {
      return false;
    }
    Lease lease = new Lease(address, mac, Optional.empty(), Optional.of(time.instant().plus(TERM)));
    Lease old = byMac.get(mac);
    Lease taken = leases.get(address);
    if (old != null) {
      remove(old);
    }
    if (taken != null) {
      remove(taken);
    }
    enter(lease);
    try {
      write();
    } catch (IOException e) {
      remove(lease);
      if (taken != null) {
        enter(taken);
      }
      if (old != null) {
        enter(old);
      }
      throw e;
    }
    return true;
  }

  /** Takes back what was given for a term. */
  synchronized void release(MacAddress mac, Ipv4Address address) throws IOException {
    Lease lease = byMac.get(mac);
    if (lease != null && lease.machine().isEmpty() && lease.address().equals(address)) {
      removeAndWrite(lease);
    }
  }

  /** Notes that who was given an address has found somebody else using it. */
  synchronized void decline(MacAddress mac, Ipv4Address address) throws IOException {
    Lease lease = byMac.get(mac);
    if (lease != null && lease.machine().isEmpty() && lease.address().equals(address)) {
      removeAndWrite(lease);
      quarantined.put(address, time.instant().plus(QUARANTINE));
    }
  }

  /** All that somebody has, lowest address first. */
  public synchronized List<Lease> leases() {
    Instant now = time.instant();
    return leases.values().stream()
        .filter(lease -> !lease.expired(now))
        .sorted(Comparator.comparing(Lease::address))
        .toList();
  }
}
