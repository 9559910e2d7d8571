package org.javisor.virtio.driver;

/** A buffer that the device has given back: the token of its adding, and bytes written. */
public record Used(int token, long written) {}
