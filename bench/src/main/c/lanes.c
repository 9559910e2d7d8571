/* SHA-256 of sixteen messages of 32 KiB, shared out among threads: compute that as many harts as
   there are threads can do side by side. */
#include "bench.h"
#include "sha256.h"

#include <pthread.h>
#include <stdlib.h>

enum { LANES = 16, SIZE = 32 * 1024 };

const char bench_name[] = "lanes";
const uint64_t bench_work = (uint64_t)LANES * SIZE;

static uint8_t messages[LANES][SIZE];
static uint64_t digests[LANES];

/* All threads, the main one among them, meet before an iteration and after it. */
static pthread_barrier_t meeting;

/* Lanes of one thread, numbered from 0. */
static void hash_lanes_of(int thread) {
  for (int lane = thread; lane < LANES; lane += bench_threads) {
    digests[lane] = sha256(messages[lane], SIZE);
  }
}

static void *helper(void *thread) {
  for (;;) {
    pthread_barrier_wait(&meeting);
    hash_lanes_of((int)(intptr_t)thread);
    pthread_barrier_wait(&meeting);
  }
  return NULL;
}

void bench_prepare(void) {
  uint64_t state = 42;
  for (int lane = 0; lane < LANES; lane++) {
    for (int i = 0; i < SIZE; i++) {
      messages[lane][i] = (uint8_t)(bench_random(&state) >> 56);
    }
  }
  if (pthread_barrier_init(&meeting, NULL, (unsigned)bench_threads) != 0) {
    abort();
  }
  for (int thread = 1; thread < bench_threads; thread++) {
    pthread_t started;
    if (pthread_create(&started, NULL, helper, (void *)(intptr_t)thread) != 0) {
      abort();
    }
  }
}

uint64_t bench_iteration(void) {
  for (int lane = 0; lane < LANES; lane++) {
    digests[lane] = 0;
  }
  pthread_barrier_wait(&meeting);
  hash_lanes_of(0);
  pthread_barrier_wait(&meeting);
  uint64_t checksum = 0;
  for (int lane = 0; lane < LANES; lane++) {
    checksum = bench_mix(checksum, digests[lane]);
  }
  return checksum;
}

/* One thread finds the same as several did. */
int bench_verify(void) {
  for (int lane = 0; lane < LANES; lane++) {
    if (digests[lane] != sha256(messages[lane], SIZE)) {
      return 0;
    }
  }
  return sha256_is_right();
}
