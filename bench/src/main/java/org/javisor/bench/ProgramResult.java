package org.javisor.bench;

/**
 * What one program printed after one run.
 *
 * @param program its name
 * @param iterations how often it did its work
 * @param checksum of each iteration's result
 * @param work units of work done in all iterations
 * @param nanoseconds elapsed time by the guest's monotonic clock
 * @param instructions retired meanwhile by the guest's own count, 0 if it has none
 */
record ProgramResult(
    String program,
    long iterations,
    long checksum,
    long work,
    long nanoseconds,
    long instructions) {}
