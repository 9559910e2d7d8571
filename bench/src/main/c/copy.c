/* memcpy of 2 MiB, eight times: the memory path at its widest. */
#include "bench.h"

#include <string.h>

enum { SIZE = 2 * 1024 * 1024, COPIES = 8 };

const char bench_name[] = "copy";
const uint64_t bench_work = (uint64_t)SIZE * COPIES;

static uint64_t source[SIZE / 8];
static uint64_t target[SIZE / 8];

void bench_prepare(void) {
  uint64_t state = 42;
  for (int i = 0; i < SIZE / 8; i++) {
    source[i] = bench_random(&state);
  }
  memset(target, 0xff, sizeof target);
}

uint64_t bench_iteration(void) {
  for (int i = 0; i < COPIES; i++) {
    memcpy(target, source, SIZE);
    /* The compiler must not think a copy without a reader superfluous. */
    __asm__ volatile("" : : "r"(target), "r"(source) : "memory");
  }
  uint64_t checksum = 0;
  for (int i = 0; i < SIZE / 8; i += 509) {
    checksum = bench_mix(checksum, target[i]);
  }
  return checksum;
}

int bench_verify(void) {
  uint64_t state = 42;
  for (int i = 0; i < SIZE / 8; i++) {
    if (target[i] != bench_random(&state)) {
      return 0;
    }
  }
  return 1;
}
