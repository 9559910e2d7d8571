package org.javisor.bench;

/**
 * What one program printed after one run.
 *
 * @param program its name
 * @param threads among which it shared its work out
 * @param iterations how often it did its work
 * @param checksum of each iteration's result
 * @param work units of work done in all iterations
 * @param nanoseconds elapsed time by the guest's monotonic clock
 * @param steady nanoseconds of one iteration at steady state: the median of the second half
 * @param settled nanoseconds from the start until iterations ran at 90 % of the steady speed
 * @param instructions retired meanwhile by the guest's own count, 0 if it has none
 */
record ProgramResult(
    String program,
    int threads,
    long iterations,
    long checksum,
    long work,
    long nanoseconds,
    long steady,
    long settled,
    long instructions) {}
