/* SHA-256 of 64 KiB: shifts, additions and logic on 32-bit words. */
#include "bench.h"
#include "sha256.h"

enum { SIZE = 64 * 1024 };

const char bench_name[] = "hash";
const uint64_t bench_work = SIZE;

static uint8_t message[SIZE];

void bench_prepare(void) {
  for (uint32_t i = 0; i < SIZE; i++) {
    message[i] = (uint8_t)(i * 31 + (i >> 8) * 17 + (i >> 16));
  }
}

uint64_t bench_iteration(void) {
  return sha256(message, SIZE);
}

int bench_verify(void) {
  return sha256_is_right();
}
