package org.javisor.migration.file;

import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.javisor.migration.protocol.Content;
import org.javisor.migration.protocol.Frame;
import org.javisor.migration.protocol.FrameWriter;
import org.javisor.migration.protocol.Link;
import org.javisor.migration.protocol.Message;

/** Writes down what a source says, and answers as a target would that has nothing yet. */
final class RecordingLink implements Link {
  private final FrameWriter out;
  private final Deque<Message> answers = new ArrayDeque<>();
  private volatile boolean closed;

  RecordingLink(OutputStream out) {
    this.out = new FrameWriter(out);
  }

  @Override
  public void send(Message message) throws IOException {
    requireOpen();
    out.write(message);
    switch (message) {
      case Message.Offer offer ->
          answers.add(
              new Message.Reserved(
                  offer.files().stream().map(Message.File::sha256).distinct().toList()));
      case Message.RoundEnd(int round) -> answers.add(new Message.RoundDone(round));
      case Message.Complete _ -> answers.add(new Message.Prepared(0, 0));
      case Message.Committed _ -> answers.add(new Message.Activated(0));
      case Message _ -> {}
    }
  }

  @Override
  public void send(Content.Kind kind, byte[] bytes, int length) throws IOException {
    requireOpen();
    out.write(kind, bytes, length);
  }

  private void requireOpen() throws IOException {
    if (closed) {
      throw new IOException("the file was closed");
    }
  }

  @Override
  public long sent() {
    return out.written();
  }

  @Override
  public void setPatience(Duration patience) {
    // Every answer is there at once.
  }

  @Override
  public Frame receive() throws IOException {
    Message answer = answers.poll();
    if (answer == null || closed) {
      throw new EOFException("a file says nothing");
    }
    return answer;
  }

  @Override
  public void close() {
    closed = true;
  }
}
