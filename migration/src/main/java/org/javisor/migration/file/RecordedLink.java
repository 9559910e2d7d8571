package org.javisor.migration.file;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import org.javisor.migration.protocol.Content;
import org.javisor.migration.protocol.Frame;
import org.javisor.migration.protocol.FrameReader;
import org.javisor.migration.protocol.Link;
import org.javisor.migration.protocol.Message;
import org.javisor.migration.protocol.ProtocolException;

/** Says what a source has said; what it is told leads nowhere. */
final class RecordedLink implements Link {
  private final FrameReader in;

  RecordedLink(InputStream in) {
    this.in = new FrameReader(in);
  }

  @Override
  public void send(Message message) {
    // Its source is long gone.
  }

  @Override
  public void send(Content.Kind kind, byte[] bytes, int length) {
    // Likewise.
  }

  @Override
  public long sent() {
    return 0;
  }

  @Override
  public void setPatience(Duration patience) {
    // Whoever gives the stream decides how long it waits.
  }

  @Override
  public Frame receive() throws IOException {
    try {
      return in.receive();
    } catch (EOFException e) {
      throw new ProtocolException("the file ends too early: it is not whole", e);
    }
  }

  @Override
  public void close() {
    // The stream is the caller's.
  }
}
