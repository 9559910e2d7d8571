package org.javisor.virtio.console;

/** Control messages: {port u32, event u16, value u16} (virtio 1.2, section 5.3.6.2). */
final class ControlMessage {
  static final int DEVICE_READY = 0;
  static final int PORT_ADD = 1;
  static final int PORT_READY = 3;
  static final int CONSOLE_PORT = 4;
  static final int RESIZE = 5;
  static final int PORT_OPEN = 6;
  static final int PORT_NAME = 7;

  static final int BYTES = 8;

  private ControlMessage() {}
}
