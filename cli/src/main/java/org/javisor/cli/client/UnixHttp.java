package org.javisor.cli.client;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * HTTP/1.1 (RFC 9112) to a Unix socket, a connection for each request: what a command needs that
 * asks one thing and ends. An HTTP client with pools and threads of its own costs more processor
 * time to start than all the rest of such a command.
 *
 * <p>A thread that is interrupted while it waits gets a {@link
 * java.nio.channels.ClosedByInterruptException}.
 */
final class UnixHttp {
  private static final int MAX_LINE = 64 << 10;
  private static final int MAX_FIELDS = 200;
  private static final int PART = 32 << 10;

  private final Path socket;

  UnixHttp(Path socket) {
    this.socket = socket;
  }

  /** What was answered; to be closed. Header names are in any case. */
  record Answer(int status, Map<String, String> headers, InputStream content)
      implements AutoCloseable {
    @Override
    public void close() throws IOException {
      content.close();
    }
  }

  /**
   * Sends a request and reads the head of its answer.
   *
   * @param body what is sent, of any length; null for none
   * @throws IOException if the connection fails or what comes is not HTTP
   */
  Answer send(String method, String path, Map<String, String> fields, @Nullable InputStream body)
      throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    boolean answered = false;
    try {
      channel.connect(UnixDomainSocketAddress.of(socket));
      OutputStream output = Channels.newOutputStream(channel);
      output.write(head(method, path, fields, body != null));
      if (body != null) {
        write(body, output);
      }
      InputStream input = new BufferedInputStream(Channels.newInputStream(channel), PART);
      Answer answer = read(input, method.equals("HEAD"));
      answered = true;
      return answer;
    } finally {
      if (!answered) {
        channel.close();
      }
    }
  }

  private static byte[] head(
      String method, String path, Map<String, String> fields, boolean hasBody) {
    StringBuilder head = new StringBuilder(method).append(' ').append(path).append(" HTTP/1.1\r\n");
    head.append("Host: localhost\r\nConnection: close\r\n");
    fields.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
    if (hasBody) {
      head.append("Transfer-Encoding: chunked\r\n");
    }
    return head.append("\r\n").toString().getBytes(StandardCharsets.UTF_8);
  }

  /** In chunks (section 7.1). Who refuses a request need not read it: the answer says why. */
  private static void write(InputStream body, OutputStream output) throws IOException {
    byte[] part = new byte[PART];
    boolean wanted = true;
    int count = body.readNBytes(part, 0, part.length);
    while (count > 0 && wanted) {
      ByteArrayOutputStream chunk = new ByteArrayOutputStream(count + 16);
      chunk.writeBytes((Integer.toHexString(count) + "\r\n").getBytes(StandardCharsets.US_ASCII));
      chunk.write(part, 0, count);
      chunk.writeBytes(new byte[] {'\r', '\n'});
      wanted = tryWrite(chunk.toByteArray(), output);
      count = body.readNBytes(part, 0, part.length);
    }
    if (wanted) {
      tryWrite("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII), output);
    }
  }

  private static boolean tryWrite(byte[] bytes, OutputStream output) throws IOException {
    try {
      output.write(bytes);
      return true;
    } catch (java.nio.channels.ClosedChannelException e) {
      throw e;
    } catch (IOException e) {
      return false;
    }
  }

  private static Answer read(InputStream input, boolean headOnly) throws IOException {
    String[] status = line(input).split(" ", 3);
    while (status.length > 1 && status[1].startsWith("1")) {
      fields(input); // An interim answer, such as 100 Continue.
      status = line(input).split(" ", 3);
    }
    if (status.length < 2
        || !status[0].startsWith("HTTP/1.")
        || !status[1].matches("[2-5]\\d\\d")) {
      throw new IOException("it does not speak HTTP");
    }
    Map<String, String> fields = fields(input);
    int code = Integer.parseInt(status[1]);
    InputStream content;
    if (headOnly || code == 204 || code == 304) {
      content = new Limited(input, 0);
    } else if (fields.getOrDefault("Transfer-Encoding", "").equalsIgnoreCase("chunked")) {
      content = new Chunked(input);
    } else {
      String length = fields.getOrDefault("Content-Length", "");
      if (!length.matches("\\d{0,18}")) {
        throw new IOException("the answer's length is " + length);
      }
      content = length.isEmpty() ? input : new Limited(input, Long.parseLong(length));
    }
    return new Answer(code, fields, content);
  }

  private static Map<String, String> fields(InputStream input) throws IOException {
    Map<String, String> fields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    String line = line(input);
    while (!line.isEmpty()) {
      int colon = line.indexOf(':');
      if (colon <= 0 || fields.size() >= MAX_FIELDS) {
        throw new IOException("the answer has no proper header");
      }
      fields.put(line.substring(0, colon), line.substring(colon + 1).strip());
      line = line(input);
    }
    return fields;
  }

  private static String line(InputStream input) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int next = input.read();
    while (next != '\n') {
      if (next < 0) {
        throw new EOFException("the connection ended");
      }
      if (line.size() == MAX_LINE) {
        throw new IOException("a header line is too long");
      }
      line.write(next);
      next = input.read();
    }
    String text = line.toString(StandardCharsets.UTF_8);
    return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
  }

  /** So many bytes of a stream, and an error if it ends before. */
  private static class Limited extends InputStream {
    final InputStream input;
    long left;

    Limited(InputStream input, long length) {
      this.input = input;
      left = length;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (left == 0 || length == 0) {
        return length == 0 ? 0 : -1;
      }
      int count = input.read(bytes, offset, (int) Math.min(length, left));
      if (count < 0) {
        throw new EOFException("the answer ended before its end");
      }
      left -= count;
      return count;
    }

    @Override
    public void close() throws IOException {
      input.close();
    }
  }

  /** The chunked coding of section 7.1; what follows the last chunk is dropped. */
  private static final class Chunked extends Limited {
    private boolean first = true;
    private boolean ended;

    Chunked(InputStream input) {
      super(input, 0);
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (left == 0 && !ended && length > 0) {
        begin();
      }
      return super.read(bytes, offset, length);
    }

    private void begin() throws IOException {
      if (!first && !line(input).isEmpty()) {
        throw new IOException("a chunk of the answer does not end where it says");
      }
      first = false;
      String size = line(input).split(";", 2)[0].strip();
      if (!size.matches("[0-9a-fA-F]{1,15}")) {
        throw new IOException("a chunk of the answer has no length");
      }
      left = Long.parseLong(size, 16);
      ended = left == 0;
    }
  }
}
