/* When a program has settled, and how fast it is then: an engine that compiles is slow at first. */
#ifndef SETTLING_H
#define SETTLING_H

#include <stdint.h>

struct settling {
  /* Nanoseconds of one iteration at steady state: the median of the second half of them. */
  uint64_t steady;
  /* Nanoseconds from the start to the first iteration from which on a window of them runs, in its
     median, at 90 % of the steady speed or more. */
  uint64_t settled;
};

/* Of iterations that ended so many nanoseconds after the start; at least one, and ends with the
   process where there is no memory for as many numbers again. */
struct settling settling_of(const uint64_t *ends, uint64_t iterations);

#endif
