package org.javisor.riscv.translator;

/**
 * What a translating engine has done so far.
 *
 * @param interpreted instructions that the interpreter executed; all others were translated code
 * @param units units of translation made
 * @param shared units that another place, hart or machine had already made
 * @param instructions guest instructions in them
 * @param classBytes bytes of the class files made for them
 * @param nanoseconds time spent on making them, without the JVM's compilation
 * @param discarded units that were never put in place, because their code had changed meanwhile
 * @param evicted units taken out of place to bound what all of them take
 * @param refused requests that found the queue full
 * @param queued requests waiting now
 */
public record TranslatorMetrics(
    long interpreted,
    long units,
    long shared,
    long instructions,
    long classBytes,
    long nanoseconds,
    long discarded,
    long evicted,
    long refused,
    int queued) {}
