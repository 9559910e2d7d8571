/* Fibonacci numbers by their definition: calls and returns. */
#include "bench.h"

enum { N = 23 };

const char bench_name[] = "recursion";
const uint64_t bench_work = 92735; /* calls: 2 fib(24) - 1 */

/* Without the attributes the compiler turns half of the calls into a loop. */
__attribute__((noinline, noclone, optimize("no-optimize-sibling-calls"))) static uint64_t
fibonacci(uint64_t n) {
  return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

static uint64_t result;
static volatile uint64_t argument = N;

void bench_prepare(void) {}

uint64_t bench_iteration(void) {
  result = fibonacci(argument);
  return result;
}

int bench_verify(void) {
  uint64_t previous = 0;
  uint64_t current = 1;
  for (int i = 1; i < N; i++) {
    uint64_t next = previous + current;
    previous = current;
    current = next;
  }
  return result == current;
}
