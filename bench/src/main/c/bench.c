/* Runs one benchmark program: PROGRAM [ITERATIONS [THREADS]]. Prints one line

     @bench result NAME threads=N iterations=N checksum=HEX work=N nanoseconds=N steady=N settled=N
     instructions=N

   with the elapsed time of CLOCK_MONOTONIC for all iterations, for one iteration at steady state and
   until the steady state was reached (see settling.h), and the instructions the hart retired
   meanwhile, 0 where it does not say or where several do the work. Ends with 1 if the program finds
   its own result wrong. */
#define _GNU_SOURCE
#include "bench.h"
#include "settling.h"

#include <inttypes.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { MAX_THREADS = 64 };

int bench_threads = 1;

static uint64_t nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static sigjmp_buf not_counted;

static void on_illegal_instruction(int signal) {
  siglongjmp(not_counted, signal);
}

static uint64_t retired(void) {
  uint64_t count = 0;
#ifdef __riscv
  __asm__ volatile("rdinstret %0" : "=r"(count));
#endif
  return count;
}

/* Each hart counts for itself: one thread stays where it is, so that two readings can be
   subtracted. */
static int stays_on_its_hart(void) {
  int hart = sched_getcpu();
  if (hart < 0) {
    return 0;
  }
  cpu_set_t only;
  CPU_ZERO(&only);
  CPU_SET(hart, &only);
  return sched_setaffinity(0, sizeof only, &only) == 0;
}

/* The kernel may have closed the counter to user mode. */
static int counts_instructions(void) {
  if (bench_threads != 1 || !stays_on_its_hart()) {
    return 0;
  }
  if (sigsetjmp(not_counted, 1) != 0) {
    return 0;
  }
  signal(SIGILL, on_illegal_instruction);
  return retired() != 0;
}

int main(int argc, char **argv) {
  uint64_t iterations = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
  if (iterations == 0) {
    fprintf(stderr, "%s: the number of iterations must be positive\n", bench_name);
    return 2;
  }
  if (argc > 2) {
    long threads = strtol(argv[2], NULL, 10);
    if (threads < 1 || threads > MAX_THREADS) {
      fprintf(stderr, "%s: the number of threads must be 1 to %d\n", bench_name, MAX_THREADS);
      return 2;
    }
    bench_threads = (int)threads;
  }
  uint64_t *ends = calloc(iterations, sizeof *ends);
  if (ends == NULL) {
    fprintf(stderr, "%s: no memory for the times of the iterations\n", bench_name);
    return 1;
  }
  int counted = counts_instructions();
  signal(SIGILL, SIG_DFL);
  bench_prepare();

  uint64_t instructions = counted ? retired() : 0;
  uint64_t start = nanoseconds();
  uint64_t checksum = bench_iteration();
  ends[0] = nanoseconds() - start;
  int same = 1;
  for (uint64_t i = 1; i < iterations; i++) {
    same &= bench_iteration() == checksum;
    ends[i] = nanoseconds() - start;
  }
  instructions = counted ? retired() - instructions : 0;

  if (!same || !bench_verify()) {
    printf("@bench wrong %s\n", bench_name);
    return 1;
  }
  struct settling settling = settling_of(ends, iterations);
  printf("@bench result %s threads=%d iterations=%" PRIu64 " checksum=%016" PRIx64 " work=%" PRIu64
         " nanoseconds=%" PRIu64 " steady=%" PRIu64 " settled=%" PRIu64 " instructions=%" PRIu64
         "\n",
         bench_name, bench_threads, iterations, checksum, bench_work * iterations,
         ends[iterations - 1], settling.steady, settling.settled, instructions);
  free(ends);
  return 0;
}
