package org.javisor.host.agent;

import org.javisor.host.TerminalSize;

/**
 * The shell script that connects a command to its ports and becomes the command. It is for any
 * POSIX shell; the agent starts it as the leader of a process group, so that the command and what
 * it starts can be signalled together. Few characters are escaped in JSON: an agent that is a shell
 * script takes its time over each.
 */
final class SessionScript {
  /** What a command has besides what the agent has. */
  private static final String ENVIRONMENT = "export HOME=/root USER=root LOGNAME=root\n";

  private SessionScript() {}

  /**
   * Three streams. Until the guest knows that the host is connected, input reads as ended: the line
   * feed that the host sends first tells the one from the other.
   */
  static String onStreams(ExecRequest request, SessionPorts.Streams ports) {
    return """
        set -- /dev/vport*p%d /dev/vport*p%d /dev/vport*p%d
        exec <$1 >$2 2>$3
        until read -r _; do sleep 0.01; done
        """
            .formatted(ports.id(), ports.id() + 1, ports.id() + 2)
        + ENVIRONMENT
        + command(request);
  }

  /** A terminal, and descriptor 9 as the sign of life. */
  static String onTerminal(ExecRequest request, SessionPorts.Terminal ports, TerminalSize size) {
    String inner =
        "stty sane rows %d cols %d\n".formatted(size.rows(), size.columns())
            + ENVIRONMENT
            + "export TERM=\"${TERM:-linux}\"\n"
            + command(request);
    return """
        set -- /dev/vport*p%d
        exec 9>$1 </dev/hvc%d >/dev/hvc%d 2>&1
        exec setsid -c sh -c %s
        """
        .formatted(ports.id(), ports.number(), ports.number(), quoted(inner));
  }

  private static String command(ExecRequest request) {
    StringBuilder script = new StringBuilder();
    request
        .environment()
        .forEach(
            (name, value) ->
                script
                    .append("export ")
                    .append(name)
                    .append('=')
                    .append(quoted(value))
                    .append('\n'));
    script.append(
        request
            .workingDirectory()
            .map(folder -> "cd -- " + quoted(folder) + " || exit 126\n")
            .orElse("cd || cd /\n"));
    StringBuilder words = new StringBuilder();
    request.command().forEach(word -> words.append(' ').append(quoted(word)));
    request
        .user()
        .ifPresentOrElse(
            user -> script.append(asUser(user, words)),
            () -> script.append("exec").append(words).append('\n'));
    return script.toString();
  }

  /** Busybox's setpriv cannot change users; its start-stop-daemon can, to one that has a name. */
  private static String asUser(ExecRequest.User user, CharSequence words) {
    return """
        set --%s
        if setpriv --reuid 0 true 2>/dev/null; then
          exec setpriv --reuid %d --regid %d --clear-groups -- "$@"
        fi
        program=$(command -v -- "$1") || { echo "$1: not found" >&2; exit 127; }
        shift
        known=
        while IFS=: read -r _ _ id _; do
          [ "$id" != %d ] || known=yes
        done < /etc/passwd
        [ "$known" ] || echo "user%d:x:%d:%d::/:/bin/sh" >> /etc/passwd
        exec start-stop-daemon -S -p /nonexistent -c %d:%d -x "$program" -- "$@"
        """
        .formatted(
            words,
            user.uid(),
            user.gid(),
            user.uid(),
            user.uid(),
            user.uid(),
            user.gid(),
            user.uid(),
            user.gid());
  }

  /** Between single quotes every character stands for itself, but for the quote. */
  static String quoted(String text) {
    return "'" + text.replace("'", "'\\''") + "'";
  }
}
