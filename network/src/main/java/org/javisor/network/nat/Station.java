package org.javisor.network.nat;

/**
 * A machine of the network.
 *
 * @param mac its Ethernet address
 * @param address its IPv4 address
 */
public record Station(long mac, int address) {}
