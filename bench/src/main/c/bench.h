/* What every benchmark program supplies; bench.c measures it and prints the result. */
#ifndef BENCH_H
#define BENCH_H

#include <stdint.h>

/* The program's name in results. */
extern const char bench_name[];

/* Units of work of one iteration: bytes hashed, numbers sorted, calls made, steps walked. An
   iteration takes a millisecond or a few, so that a warm-up can be told from what follows. */
extern const uint64_t bench_work;

/* Threads the work is to be shared out among: 1, but for programs that are told otherwise. */
extern int bench_threads;

/* Makes the input; not measured. */
void bench_prepare(void);

/* Does the work once and returns a checksum of its result, the same at every call. */
uint64_t bench_iteration(void);

/* Checks the last iteration's result by other means than it was computed; not measured.
   Returns 0 if it is wrong. */
int bench_verify(void);

/* A fixed sequence of pseudo-random numbers (xorshift64*). */
static inline uint64_t bench_random(uint64_t *state) {
  *state ^= *state >> 12;
  *state ^= *state << 25;
  *state ^= *state >> 27;
  return *state * UINT64_C(0x2545f4914f6cdd1d);
}

/* Folds a value into a checksum; the order of the values matters. */
static inline uint64_t bench_mix(uint64_t checksum, uint64_t value) {
  checksum = (checksum ^ value) * UINT64_C(0x9e3779b97f4a7c15);
  return checksum ^ checksum >> 29;
}

#endif
