package org.javisor.cli;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Arguments as the bytes they were given as. The JVM decodes them by the locale, and what does not
 * fit is lost; where the system tells (Linux), the bytes are taken from there.
 */
final class RawArguments {
  private RawArguments() {}

  /** The bytes of the last arguments of this process, which Java sees as {@code arguments}. */
  static List<byte[]> last(List<String> arguments) {
    List<byte[]> raw = new ArrayList<>();
    try {
      byte[] all = Files.readAllBytes(Path.of("/proc/self/cmdline"));
      int start = 0;
      for (int i = 0; i < all.length; i++) {
        if (all[i] == 0) {
          byte[] argument = new byte[i - start];
          System.arraycopy(all, start, argument, 0, argument.length);
          raw.add(argument);
          start = i + 1;
        }
      }
    } catch (IOException e) {
      raw.clear();
    }
    List<byte[]> last =
        raw.size() < arguments.size()
            ? List.of()
            : raw.subList(raw.size() - arguments.size(), raw.size());
    // Any other main class, a test's say, has other arguments.
    return matches(last, arguments) ? List.copyOf(last) : encode(arguments);
  }

  private static boolean matches(List<byte[]> raw, List<String> arguments) {
    if (raw.size() != arguments.size()) {
      return false;
    }
    for (int i = 0; i < raw.size(); i++) {
      if (!new String(raw.get(i), platform()).equals(arguments.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static List<byte[]> encode(List<String> arguments) {
    return arguments.stream().map(argument -> argument.getBytes(platform())).toList();
  }

  private static Charset platform() {
    return Charset.forName(
        System.getProperty("sun.jnu.encoding", Charset.defaultCharset().name()),
        Charset.defaultCharset());
  }
}
