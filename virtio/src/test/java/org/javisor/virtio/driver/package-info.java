/**
 * A model of a correct guest driver, for tests: it knows the rings and registers from the driver's
 * side and shares no code with the devices. It sleeps only on interrupts and notifies only when the
 * device asks for it, so that a lost notification in either direction fails a test.
 */
package org.javisor.virtio.driver;
