#include "settling.h"

#include <stdlib.h>
#include <string.h>

enum { WINDOW = 5 };

static int compare(const void *a, const void *b) {
  uint64_t x = *(const uint64_t *)a;
  uint64_t y = *(const uint64_t *)b;
  return (x > y) - (x < y);
}

/* Sorts the values. */
static uint64_t median(uint64_t *values, uint64_t count) {
  qsort(values, count, sizeof *values, compare);
  return count % 2 != 0 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

static uint64_t begin(const uint64_t *ends, uint64_t iteration) {
  return iteration == 0 ? 0 : ends[iteration - 1];
}

struct settling settling_of(const uint64_t *ends, uint64_t iterations) {
  uint64_t half = iterations / 2;
  uint64_t *times = malloc((iterations - half) * sizeof *times);
  if (times == NULL) {
    abort();
  }
  for (uint64_t i = half; i < iterations; i++) {
    times[i - half] = ends[i] - begin(ends, i);
  }
  struct settling result = {.steady = median(times, iterations - half)};
  free(times);

  for (uint64_t first = 0; first < iterations; first++) {
    uint64_t window[WINDOW];
    uint64_t count = 0;
    for (uint64_t i = first; i < iterations && count < WINDOW; i++) {
      window[count++] = ends[i] - begin(ends, i);
    }
    result.settled = begin(ends, first);
    if (median(window, count) * 9 <= result.steady * 10) {
      break;
    }
  }
  return result;
}
