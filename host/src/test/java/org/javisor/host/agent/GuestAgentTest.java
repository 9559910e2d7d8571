package org.javisor.host.agent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.javisor.host.ProblemException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class GuestAgentTest {
  private static final int SETS = 10;

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final GuestAgent agent = new GuestAgent(Duration.ofSeconds(30));
  private final FakeGuest guest = new FakeGuest(agent);

  @AfterEach
  void close() {
    agent.close();
    threads.shutdownNow();
  }

  private <T> Future<T> ask(Callable<T> question) {
    return threads.submit(question);
  }

  private static <T> T get(Future<T> future) throws Exception {
    try {
      return future.get(30, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Exception cause) {
        throw cause;
      }
      throw e;
    }
  }

  @Test
  void withoutAnAgentThereIsNothingToWaitFor() {
    assertThat(agent.isConnected()).isFalse();
    assertThatExceptionOfType(AgentException.Absent.class).isThrownBy(agent::hostName);
  }

  @Test
  void awaitsAnAgentThatComesLate() throws Exception {
    Future<Boolean> there = ask(() -> agent.await(Duration.ofSeconds(30)));
    guest.agent().open();
    guest.agent().bringIntoStep();
    guest.agent().answer("{}");
    assertThat(get(there)).isTrue();
    assertThat(agent.isConnected()).isTrue();
  }

  @Test
  void whatTheGuestSentBeforeTheSyncIsSkipped() throws Exception {
    guest.agent().open();
    Future<String> name = ask(agent::hostName);
    String sync = guest.agent().readLine();
    String id = sync.replaceAll(".*\"id\":([0-9]+).*", "$1");
    guest.agent().write("{\"return\": " + id + "}\n");
    guest.agent().write("half a li");
    guest.agent().write(new byte[] {(byte) 0xff});
    guest.agent().write("{\"return\": 1}\n[\n{\"return\"\n");
    guest.agent().write(new byte[] {(byte) 0xff});
    guest.agent().write("{\"return\": " + id + "}\n");
    guest.agent().answer("{\"host-name\": \"here\"}");
    assertThat(get(name)).isEqualTo("here");
  }

  @Test
  void repliesToOtherRequestsAreNotTaken() throws Exception {
    guest.agent().open();
    Future<String> name = ask(agent::hostName);
    guest.agent().bringIntoStep();
    String request = guest.agent().readLine();
    String id = FakeGuest.End.idOf(request);
    for (String wrong : List.of("1", "\"" + id + "\"", "null", id + "0", "[" + id + "]", "1e3")) {
      guest.agent().write("{\"return\": {\"host-name\": \"wrong\"}, \"id\": " + wrong + "}\n");
    }
    guest.agent().write("{\"return\": {\"host-name\": \"wrong\"}}\n");
    guest.agent().write("{\"return\": {\"host-name\": \"right\"}, \"id\": " + id + "}\n");
    assertThat(get(name)).isEqualTo("right");
  }

  @Test
  void aRefusalIsToldInTheAgentsWords() throws Exception {
    guest.agent().open();
    Future<String> name = ask(agent::hostName);
    guest.agent().bringIntoStep();
    String id = FakeGuest.End.idOf(guest.agent().readLine());
    guest
        .agent()
        .write(
            "{\"error\": {\"class\": \"CommandNotFound\", \"desc\": \"not\\u001b[0m here\"}, \"id\": "
                + id
                + "}\n");
    assertThatThrownBy(() -> get(name))
        .isInstanceOf(AgentException.Refused.class)
        .hasMessage("the guest's agent says: not [0m here");
    // Both are still in step.
    Future<String> again = ask(agent::hostName);
    guest.agent().answer("{\"host-name\": \"b\"}");
    assertThat(get(again)).isEqualTo("b");
  }

  @Test
  void anEndlessLineIsNotKept() throws Exception {
    guest.agent().open();
    Future<String> name = ask(agent::hostName);
    guest.agent().bringIntoStep();
    guest.agent().readLine();
    byte[] part = "x".repeat(1 << 16).getBytes(UTF_8);
    for (int i = 0; i < 64; i++) {
      guest.agent().write(part);
    }
    guest.agent().write("\n");
    assertThatThrownBy(() -> get(name)).isInstanceOf(AgentException.Malformed.class);
    recovers();
  }

  @Test
  void deepNestingAndOtherNonsenseAreRefused() throws Exception {
    guest.agent().open();
    for (String nonsense :
        List.of("[".repeat(100_000), "{\"return\": " + "9".repeat(1000) + "}", "\u0000", "7")) {
      Future<String> name = ask(agent::hostName);
      guest.agent().bringIntoStep();
      guest.agent().readLine();
      guest.agent().write(nonsense + "\n");
      assertThatThrownBy(() -> get(name)).isInstanceOf(AgentException.Malformed.class);
    }
    recovers();
  }

  private void recovers() throws Exception {
    Future<String> again = ask(agent::hostName);
    guest.agent().bringIntoStep();
    guest.agent().answer("{\"host-name\": \"again\"}");
    assertThat(get(again)).isEqualTo("again");
  }

  @Test
  void silenceHasAnEnd() throws Exception {
    try (GuestAgent hasty = new GuestAgent(Duration.ofMillis(100))) {
      FakeGuest silent = new FakeGuest(hasty);
      silent.agent().open();
      assertThatExceptionOfType(AgentException.TimedOut.class).isThrownBy(hasty::hostName);
      assertThatExceptionOfType(AgentException.TimedOut.class).isThrownBy(hasty::hostName);
      assertThat(hasty.await(Duration.ofMillis(100))).isFalse();
    }
  }

  @Test
  void anAgentThatDiesInTheMiddleIsToldAndTheNextOneSeesNothingOfIt() throws Exception {
    guest.agent().open();
    Future<String> name = ask(agent::hostName);
    guest.agent().bringIntoStep();
    guest.agent().readLine();
    guest.agent().write("{\"return\": ");
    guest.agent().close();
    assertThatThrownBy(() -> get(name)).isInstanceOf(AgentException.Absent.class);
    guest.agent().open();
    recovers();
  }

  @Test
  void aMachineThatEndsEndsTheWaiting() throws Exception {
    guest.agent().open();
    Future<String> name = ask(agent::hostName);
    guest.agent().bringIntoStep();
    guest.agent().readLine();
    agent.close();
    assertThatThrownBy(() -> get(name)).isInstanceOf(AgentException.Absent.class);
  }

  /** What the guest was told to start, in the order of the process ids from 100 on. */
  private final BlockingQueue<String> started = new LinkedBlockingQueue<>();

  private final Map<Integer, Integer> exits = new ConcurrentHashMap<>();

  /** Answers as an agent does that starts everything it is told to. */
  private void serve() {
    guest.agent().open();
    threads.submit(
        () -> {
          int next = 100;
          while (true) {
            String request = guest.agent().readLine();
            String id = FakeGuest.End.idOf(request);
            String value = "{}";
            if (request.contains("guest-sync-delimited")) {
              guest.agent().answerSync(request);
              continue;
            } else if (request.contains("guest-exec-status")) {
              int process = Integer.parseInt(request.replaceAll(".*\"pid\":([0-9]+).*", "$1"));
              Integer code = exits.get(process);
              value =
                  code == null
                      ? "{\"exited\": false}"
                      : "{\"exited\": true, \"exitcode\": " + code + "}";
            } else if (request.contains("guest-exec")) {
              started.add(request);
              value = "{\"pid\": " + next++ + "}";
            }
            guest.agent().write("{\"return\": " + value + ", \"id\": " + id + "}\n");
          }
        });
  }

  /** Starts a command; the guest takes its ports into use and opens them. */
  private ExecSession start(int set) throws Exception {
    Started begun = start();
    assertThat(begun.set()).isEqualTo(set);
    return begun.session();
  }

  /** A command that has been started, on which of the sets of three ports. */
  private record Started(ExecSession session, int set) {}

  private Started start() throws Exception {
    Future<ExecSession> starting = ask(() -> agent.exec(ExecRequest.of("true")));
    while (!starting.isDone()) {
      guest.takePlugged();
      Thread.sleep(1);
    }
    String command = started.take();
    int set = 0;
    while (!command.contains("/dev/vport*p" + first(set) + " ")) {
      set++;
    }
    for (int i = 0; i < 3; i++) {
      guest.port(first(set) + i).open();
    }
    return new Started(get(starting), set);
  }

  private static int first(int set) {
    return 1 + 3 * set;
  }

  private void end(int set, int process, int code) {
    exits.put(process, code);
    for (int i = 0; i < 3; i++) {
      guest.port(first(set) + i).close();
    }
  }

  @Test
  void aCommandHasItsStreamsAndItsExitCode() throws Exception {
    serve();
    ExecSession session = start(0);
    session.stdin().write("in".getBytes(UTF_8));
    session.stdin().close();
    // The line feed says that the host is connected.
    assertThat(new String(guest.port(1).read(), UTF_8)).isEqualTo("\nin");
    assertThat(guest.port(1).read()).isEmpty();
    guest.port(2).write("out");
    guest.port(3).write("err");
    end(0, 100, 3);
    assertThat(session.await()).isEqualTo(new ExitStatus.Exited(3));
    assertThat(session.stdout().readAllBytes()).asString(UTF_8).isEqualTo("out");
    assertThat(session.stderr().readAllBytes()).asString(UTF_8).isEqualTo("err");
    // The ports serve another command, as soon as both sides have closed them.
    Started next = start();
    int process = 101;
    while (next.set() != 0) {
      end(next.set(), process++, 0);
      next.session().await();
      next = start();
    }
    assertThat(new String(guest.port(1).read(), UTF_8)).isEqualTo("\n");
    end(0, process, 0);
    assertThat(next.session().await()).isEqualTo(new ExitStatus.Exited(0));
    assertThat(next.session().stdout().readAllBytes()).isEmpty();
  }

  @Test
  void whoComesWhenAllPortsAreInUseWaits() throws Exception {
    serve();
    List<ExecSession> sessions = new ArrayList<>();
    for (int i = 0; i < SETS; i++) {
      sessions.add(start(i));
    }
    Future<ExecSession> waiting = ask(() -> agent.exec(ExecRequest.of("late")));
    end(4, 104, 0);
    assertThat(sessions.get(4).await()).isEqualTo(new ExitStatus.Exited(0));
    assertThat(waiting.isDone()).isFalse();
    // Its output might still be read.
    sessions.get(4).close();
    get(waiting);
    assertThat(started.take()).contains("late").contains("/dev/vport*p" + first(4));
  }

  @Test
  void commandsThatAnotherHostStartedRunIntoClosedStreams() throws Exception {
    // As a restored device tells it.
    for (int i = 0; i < 3; i++) {
      guest.port(first(0) + i).open();
    }
    guest.port(2).write("x".repeat(1 << 20));
    assertThat(guest.port(1).read()).isEmpty();
    serve();
    // Its ports are not given to another command.
    start(1);
  }

  @Test
  void badRequestsNeverReachTheGuest() {
    assertThatExceptionOfType(ProblemException.class).isThrownBy(ExecRequest::of);
    assertThatExceptionOfType(ProblemException.class).isThrownBy(() -> ExecRequest.of("a\0b"));
    assertThatExceptionOfType(ProblemException.class)
        .isThrownBy(() -> ExecRequest.of("a", "b".repeat(1 << 20)));
    assertThatExceptionOfType(ProblemException.class).isThrownBy(() -> new ExecRequest.User(-1, 0));
  }
}
