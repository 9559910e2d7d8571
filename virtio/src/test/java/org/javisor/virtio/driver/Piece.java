package org.javisor.virtio.driver;

/** A piece of a buffer in guest memory. */
public record Piece(long gpa, int length) {}
