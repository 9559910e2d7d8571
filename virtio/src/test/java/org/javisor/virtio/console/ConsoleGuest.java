package org.javisor.virtio.console;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.javisor.virtio.driver.DriverOptions;
import org.javisor.virtio.driver.DriverQueue;
import org.javisor.virtio.driver.Piece;
import org.javisor.virtio.driver.Rig;
import org.javisor.virtio.driver.Used;

/** What a guest's console driver does, on top of the model driver. */
final class ConsoleGuest implements AutoCloseable {
  /** A control message as it arrived. */
  record Message(int port, int event, int value, String rest) {}

  private static final int BUFFER = 64;

  final Rig<ConsoleState> rig;
  final ConsoleDevice device;
  private final Map<Integer, Map<Integer, List<Piece>>> posted = new HashMap<>();
  private final List<List<Piece>> spareTransmits = new ArrayList<>();

  ConsoleGuest(ConsoleDevice device, DriverOptions options) {
    this.device = device;
    this.rig = new Rig<>(device, options);
  }

  /** Sets the device up, gives it control buffers, and says that the driver is ready. */
  void start(long features) {
    rig.start(features, 32);
    if ((features & 2) != 0) {
      post(2, 8);
      control(-1, 0, 1);
    }
  }

  /** Makes buffers of 64 bytes available in a receive queue. */
  void post(int queue, int count) {
    for (int i = 0; i < count; i++) {
      post(queue, List.of(new Piece(rig.arena().allocate(BUFFER, 1), BUFFER)));
    }
    rig.driver().kick(queue);
  }

  private void post(int queue, List<Piece> room) {
    int token = rig.driver().queues().get(queue).add(List.of(), room);
    posted.computeIfAbsent(queue, q -> new HashMap<>()).put(token, room);
  }

  void control(int port, int event, int value) {
    byte[] message =
        ByteBuffer.allocate(8)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(port)
            .putShort((short) event)
            .putShort((short) value)
            .array();
    send(3, message);
  }

  /** Sends bytes and waits until the device has used them. */
  void send(int queue, byte[] bytes) {
    List<Piece> pieces = List.of(new Piece(rig.arena().allocate(bytes.length, 1), bytes.length));
    rig.arena().fill(pieces, bytes);
    rig.driver().roundTrip(queue, pieces, List.of());
  }

  /** Makes bytes available in random pieces, without waiting. */
  void sendLater(int queue, byte[] bytes, RandomGenerator random) {
    List<Piece> pieces = rig.arena().scatter(random, bytes.length, 5);
    rig.arena().fill(pieces, bytes);
    spareTransmits.add(pieces);
    if (rig.driver().queues().get(queue).add(pieces, List.of()) < 0) {
      throw new AssertionError("the test's ring is full");
    }
    rig.driver().kick(queue);
  }

  /** Waits for a used buffer of a receive queue, reads it and posts it again. */
  byte[] receive(int queue) {
    Used used = rig.driver().await(queue);
    return take(queue, used);
  }

  /** As {@link #receive}, or null if there is nothing at this moment. */
  byte[] receiveNow(int queue) {
    DriverQueue ring = rig.driver().queues().get(queue);
    Used used = ring.take();
    return used == null ? null : take(queue, used);
  }

  private byte[] take(int queue, Used used) {
    List<Piece> room = posted.get(queue).remove(used.token());
    byte[] bytes = rig.arena().read(room, (int) used.written());
    post(queue, room);
    rig.driver().kick(queue);
    return bytes;
  }

  Message message() {
    byte[] bytes = receive(2);
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int port = buffer.getInt();
    int event = buffer.getShort();
    int value = buffer.getShort();
    byte[] rest = new byte[buffer.remaining()];
    buffer.get(rest);
    return new Message(
        port, event, value, new String(rest, java.nio.charset.StandardCharsets.ISO_8859_1));
  }

  @Override
  public void close() {
    rig.close();
  }
}
