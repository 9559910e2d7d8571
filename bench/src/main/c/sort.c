/* Quicksort of 20,000 random 64-bit numbers: branches that cannot be predicted. */
#include "bench.h"

enum { COUNT = 20000, SHORT_RANGE = 12 };

const char bench_name[] = "sort";
const uint64_t bench_work = COUNT;

static uint64_t numbers[COUNT];

static void fill(void) {
  uint64_t state = 88172645463325252u;
  for (int i = 0; i < COUNT; i++) {
    numbers[i] = bench_random(&state);
  }
}

static void insertion_sort(uint64_t *from, uint64_t *to) {
  for (uint64_t *next = from + 1; next <= to; next++) {
    uint64_t value = *next;
    uint64_t *hole = next;
    for (; hole > from && hole[-1] > value; hole--) {
      *hole = hole[-1];
    }
    *hole = value;
  }
}

static uint64_t median(uint64_t a, uint64_t b, uint64_t c) {
  if (a > b) {
    uint64_t larger = a;
    a = b;
    b = larger;
  }
  return c < a ? a : c > b ? b : c;
}

static void quicksort(uint64_t *from, uint64_t *to) {
  while (to - from >= SHORT_RANGE) {
    uint64_t pivot = median(*from, from[(to - from) / 2], *to);
    uint64_t *left = from;
    uint64_t *right = to;
    while (left <= right) {
      while (*left < pivot) {
        left++;
      }
      while (*right > pivot) {
        right--;
      }
      if (left <= right) {
        uint64_t value = *left;
        *left++ = *right;
        *right-- = value;
      }
    }
    /* Recursion on the shorter part keeps the stack logarithmic. */
    if (right - from < to - left) {
      quicksort(from, right);
      from = left;
    } else {
      quicksort(left, to);
      to = right;
    }
  }
  insertion_sort(from, to);
}

void bench_prepare(void) {
  fill();
}

uint64_t bench_iteration(void) {
  fill();
  quicksort(numbers, numbers + COUNT - 1);
  uint64_t checksum = 0;
  for (int i = 0; i < COUNT; i += 97) {
    checksum = bench_mix(checksum, numbers[i]);
  }
  return checksum;
}

/* Ascending, and the same numbers as were made. */
int bench_verify(void) {
  uint64_t sum = 0;
  uint64_t mixed = 0;
  for (int i = 0; i < COUNT; i++) {
    if (i > 0 && numbers[i - 1] > numbers[i]) {
      return 0;
    }
    sum += numbers[i];
    mixed ^= numbers[i] * numbers[i];
  }
  fill();
  for (int i = 0; i < COUNT; i++) {
    sum -= numbers[i];
    mixed ^= numbers[i] * numbers[i];
  }
  return sum == 0 && mixed == 0;
}
