package org.javisor.host.agent;

import java.io.IOException;

/** What was asked of a guest's agent did not happen, or it is not known whether it did. */
public abstract sealed class AgentException extends IOException {
  private static final long serialVersionUID = 1L;

  private AgentException(String message) {
    super(message);
  }

  /** Nobody answers on the agent's port: the guest has no agent, or not yet, or it has died. */
  public static final class Absent extends AgentException {
    private static final long serialVersionUID = 1L;

    /** Says what was missed. */
    public Absent(String message) {
      super(message);
    }
  }

  /** The agent has not answered in time; it may still do what was asked. */
  public static final class TimedOut extends AgentException {
    private static final long serialVersionUID = 1L;

    /** Says what was waited for. */
    public TimedOut(String message) {
      super(message);
    }
  }

  /** The agent says that it did not do it. */
  public static final class Refused extends AgentException {
    private static final long serialVersionUID = 1L;

    private final String errorClass;

    /**
     * @param errorClass the error's class in the protocol, such as {@code CommandNotFound}
     * @param description the agent's words
     */
    public Refused(String errorClass, String description) {
      super("the guest's agent says: " + description);
      this.errorClass = errorClass;
    }

    /** The error's class in the protocol: {@code GenericError}, {@code CommandNotFound}, ... */
    public String errorClass() {
      return errorClass;
    }
  }

  /** What came from the guest is not of the protocol. */
  public static final class Malformed extends AgentException {
    private static final long serialVersionUID = 1L;

    /** Says what is wrong with it. */
    public Malformed(String message) {
      super(message);
    }
  }
}
