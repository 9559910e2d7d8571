package org.javisor.host.agent;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Files in a running machine, as root sees them. Contents are streamed over a command's ports,
 * which is many times as quick as the agent's own file commands with their base64. Paths are
 * absolute, or relative to root's home.
 */
public final class GuestFiles {
  /** A listing of more bytes than this is refused. */
  private static final int MAX_LISTING = 16 << 20;

  private static final int MAX_WORDS = 1000;

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** For scripts that want $1 to be there. */
  private static final String REQUIRE = "[ -e \"$1\" ] || [ -L \"$1\" ] || exit 44; ";

  /** How shells say it of a folder on the way. */
  private static final Pattern NO_SUCH_FILE_TEXT =
      Pattern.compile("no such file|nonexistent directory", Pattern.CASE_INSENSITIVE);

  /** The exit code by which the scripts here say that there is no such file. */
  private static final int NO_SUCH_FILE = 44;

  private final GuestAgent agent;

  GuestFiles(GuestAgent agent) {
    this.agent = agent;
  }

  /**
   * Copies a file of the guest into a stream, which is not closed.
   *
   * @throws GuestFileException if the guest cannot read it; part of it may have been written
   */
  public void read(String path, OutputStream target) throws IOException, InterruptedException {
    try (ExecSession session =
        start(
            REQUIRE + "[ ! -d \"$1\" ] || { echo Is a directory >&2; exit 1; }; exec cat < \"$1\"",
            path)) {
      Errors errors = new Errors(session.stderr());
      session.stdin().close();
      session.stdout().transferTo(target);
      check(session, path, errors);
    }
  }

  /**
   * Writes a file of the guest, replacing what was there; links are followed.
   *
   * @param content read to its end, not closed
   * @param mode permission bits, or -1 to leave them (0644 for a new file)
   * @param uid owner, or -1 to leave it
   * @param gid group, or -1 to leave it
   * @throws GuestFileException if the guest cannot write it; part of it may be there
   */
  public void write(String path, InputStream content, int mode, int uid, int gid)
      throws IOException, InterruptedException {
    transfer("cat > \"$1\" || exit 1" + attributes(mode, uid, gid), path, content);
  }

  /** The same at the end of what is there. */
  public void append(String path, InputStream content) throws IOException, InterruptedException {
    transfer("cat >> \"$1\"", path, content);
  }

  private void transfer(String script, String path, InputStream content)
      throws IOException, InterruptedException {
    try (ExecSession session = start(script, path)) {
      Errors errors = new Errors(session.stderr());
      try (OutputStream input = session.stdin()) {
        content.transferTo(input);
      }
      session.stdout().transferTo(OutputStream.nullOutputStream());
      check(session, path, errors);
    }
  }

  private static String attributes(int mode, int uid, int gid) {
    StringBuilder script = new StringBuilder();
    if (uid >= 0) {
      script.append(" && chown -h ").append(uid).append(" \"$1\"");
    }
    if (gid >= 0) {
      script.append(" && chgrp -h ").append(gid).append(" \"$1\"");
    }
    // Last, because a change of the owner takes set-user-id bits away.
    if (mode >= 0) {
      script.append(" && chmod ").append(Integer.toOctalString(mode & 07777)).append(" \"$1\"");
    }
    return script.toString();
  }

  /**
   * What is known of a file; of a link itself.
   *
   * @throws GuestFileException if there is none
   */
  public FileStatus stat(String path) throws IOException, InterruptedException {
    String line = text(REQUIRE + "exec stat -c '%f %u %g %s %Y' -- \"$1\"", path).strip();
    String name = path.replaceAll("/+$", "");
    return parse(line, name.isEmpty() ? "/" : name.substring(name.lastIndexOf('/') + 1));
  }

  /** Where a symbolic link points to. */
  public String readLink(String path) throws IOException, InterruptedException {
    // The dot keeps line feeds at the end, which the shell would take away.
    String target = text(REQUIRE + "readlink -- \"$1\"", path);
    return target.endsWith("\n") ? target.substring(0, target.length() - 1) : target;
  }

  /**
   * The files in a folder, in no order, without {@code .} and {@code ..}.
   *
   * @throws GuestFileException if it is none
   */
  public List<FileStatus> list(String path) throws IOException, InterruptedException {
    String script =
        REQUIRE
            + "cd -- \"$1\" || exit 1; for f in * .[!.]* ..?*; do"
            + " { [ -e \"$f\" ] || [ -L \"$f\" ]; } && printf '%s\\0' \"$f\"; done; :";
    List<String> names = split(text(script, path));
    List<FileStatus> files = new ArrayList<>(names.size());
    for (int from = 0; from < names.size(); from += MAX_WORDS) {
      List<String> some = names.subList(from, Math.min(names.size(), from + MAX_WORDS));
      files.addAll(statEach(path, some));
    }
    return files;
  }

  /** One stat for all; those that have vanished since are left out. */
  private List<FileStatus> statEach(String path, List<String> names)
      throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(names.size() + 1);
    words.add(path);
    names.forEach(name -> words.add("./" + name));
    String script = "cd -- \"$1\" && shift && stat -c '%f %u %g %s %Y' -- \"$@\" 2>/dev/null; :";
    List<String> lines = text(script, words.toArray(String[]::new)).lines().toList();
    List<FileStatus> files = new ArrayList<>();
    if (lines.size() == names.size()) {
      for (int i = 0; i < lines.size(); i++) {
        files.add(parse(lines.get(i), names.get(i)));
      }
      return files;
    }
    for (String name : names) {
      try {
        files.add(stat(path + "/" + name));
      } catch (GuestFileException e) {
        // It has gone since.
      }
    }
    return files;
  }

  private static List<String> split(String text) {
    List<String> parts = new ArrayList<>();
    int from = 0;
    for (int at = text.indexOf(0); at >= 0; at = text.indexOf(0, from)) {
      parts.add(text.substring(from, at));
      from = at + 1;
    }
    return parts;
  }

  private static FileStatus parse(String line, String name) throws AgentException.Malformed {
    String[] fields = line.split(" ", -1);
    try {
      int mode = Integer.parseInt(fields[0], 16);
      return new FileStatus(
          name,
          FileStatus.Type.of(mode),
          mode & 07777,
          Integer.parseInt(fields[1]),
          Integer.parseInt(fields[2]),
          Long.parseLong(fields[3]),
          Instant.ofEpochSecond(Long.parseLong(fields[4])));
    } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
      throw new AgentException.Malformed("the guest's stat says what none does");
    }
  }

  /**
   * Makes a folder; its parents must be there. Nothing happens to one that is there, but for its
   * attributes.
   */
  public void makeDirectory(String path, int mode, int uid, int gid)
      throws IOException, InterruptedException {
    text("[ -d \"$1\" ] || mkdir -- \"$1\" || exit 1" + attributes(mode, uid, gid), path);
  }

  /** Makes a symbolic link, replacing one that is there. */
  public void makeLink(String path, String target) throws IOException, InterruptedException {
    text("[ ! -L \"$1\" ] || rm -f -- \"$1\"; exec ln -s -- \"$2\" \"$1\"", path, target);
  }

  /** Changes attributes; -1 leaves one as it is. */
  public void setAttributes(String path, int mode, int uid, int gid)
      throws IOException, InterruptedException {
    text(REQUIRE + ":" + attributes(mode, uid, gid), path);
  }

  /** Renames, replacing a file that is there. */
  public void rename(String from, String to) throws IOException, InterruptedException {
    text(REQUIRE + "[ ! -d \"$2\" ] || exit 1; exec mv -f -- \"$1\" \"$2\"", from, to);
  }

  /** Removes a file or an empty folder. */
  public void remove(String path) throws IOException, InterruptedException {
    text(
        REQUIRE
            + "if [ -d \"$1\" ] && [ ! -L \"$1\" ]; then exec rmdir -- \"$1\"; fi;"
            + " exec rm -f -- \"$1\"",
        path);
  }

  /** Removes a folder with all that is in it, or a file. */
  public void removeAll(String path) throws IOException, InterruptedException {
    text(REQUIRE + "exec rm -rf -- \"$1\"", path);
  }

  private ExecSession start(String script, String... arguments)
      throws AgentException, InterruptedException {
    List<String> words = new ArrayList<>(List.of("sh", "-c", script, "sh"));
    words.addAll(List.of(arguments));
    return agent.exec(ExecRequest.of(words.toArray(String[]::new)));
  }

  private String text(String script, String... arguments) throws IOException, InterruptedException {
    try (ExecSession session = start(script, arguments)) {
      Errors errors = new Errors(session.stderr());
      session.stdin().close();
      byte[] text = session.stdout().readNBytes(MAX_LISTING);
      if (text.length == MAX_LISTING) {
        throw new GuestFileException(arguments[0], "more files than can be listed", false);
      }
      check(session, arguments[0], errors);
      return new String(text, StandardCharsets.UTF_8);
    }
  }

  private static void check(ExecSession session, String path, Errors errors)
      throws IOException, InterruptedException {
    @Nullable ExitStatus status = session.await(PATIENCE);
    if (status == null) {
      throw new AgentException.TimedOut("a command for a file in the guest does not end");
    }
    if (status.shellCode() != 0) {
      boolean absent = status.shellCode() == NO_SUCH_FILE;
      String why = errors.text();
      boolean says = NO_SUCH_FILE_TEXT.matcher(why).find();
      throw new GuestFileException(
          path, absent ? "there is no such file in the guest" : why, absent || says);
    }
  }

  /** What a command says on its error output, as far as it fits a message. */
  private static final class Errors {
    private static final int KEPT = 500;

    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private final Thread reader;

    Errors(InputStream source) {
      reader = Thread.ofVirtual().start(() -> read(source));
    }

    private void read(InputStream source) {
      byte[] part = new byte[1024];
      try {
        for (int count = source.read(part); count >= 0; count = source.read(part)) {
          synchronized (kept) {
            kept.write(part, 0, Math.min(count, KEPT - kept.size()));
          }
        }
      } catch (IOException e) {
        // The machine is gone, as the output says too.
      }
    }

    String text() throws InterruptedException {
      reader.join(Duration.ofSeconds(5));
      synchronized (kept) {
        String line = kept.toString(StandardCharsets.UTF_8).replaceAll("\\p{Cntrl}", " ").strip();
        return line.isEmpty() ? "the guest refuses it" : line;
      }
    }
  }
}
