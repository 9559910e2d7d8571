package org.javisor.host;

/** How a machine's instructions are executed. */
public enum EngineKind {
  /** Binary translation of what is hot, interpretation of the rest. */
  TRANSLATOR,
  /** One instruction after the other: for finding out whether the translator is at fault. */
  INTERPRETER
}
