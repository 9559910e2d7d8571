/* Product of two 64 x 64 matrices of double: fused multiply-adds and regular memory access. */
#include "bench.h"

#include <string.h>

enum { N = 64 };

const char bench_name[] = "matrix";
const uint64_t bench_work = (uint64_t)N * N * N;

static double a[N][N];
static double b[N][N];
static double c[N][N];

void bench_prepare(void) {
  for (int i = 0; i < N; i++) {
    for (int j = 0; j < N; j++) {
      a[i][j] = (double)(i + 1) / (double)(j + 3);
      b[i][j] = (double)(j - i) / (double)(2 * i + 5);
    }
  }
}

uint64_t bench_iteration(void) {
  memset(c, 0, sizeof c);
  for (int i = 0; i < N; i++) {
    for (int k = 0; k < N; k++) {
      double factor = a[i][k];
      for (int j = 0; j < N; j++) {
        c[i][j] += factor * b[k][j];
      }
    }
  }
  uint64_t checksum = 0;
  for (int i = 0; i < N; i++) {
    for (int j = 0; j < N; j++) {
      uint64_t bits;
      memcpy(&bits, &c[i][j], sizeof bits);
      checksum = bench_mix(checksum, bits);
    }
  }
  return checksum;
}

/* Freivalds: (A B) x and A (B x) agree for a vector, up to rounding. */
int bench_verify(void) {
  double bx[N];
  for (int i = 0; i < N; i++) {
    bx[i] = 0;
    for (int j = 0; j < N; j++) {
      bx[i] += b[i][j] * (j % 7 - 3);
    }
  }
  for (int i = 0; i < N; i++) {
    double left = 0;
    double right = 0;
    double size = 1;
    for (int j = 0; j < N; j++) {
      double term = c[i][j] * (j % 7 - 3);
      left += term;
      right += a[i][j] * bx[j];
      size += term < 0 ? -term : term;
    }
    double difference = left < right ? right - left : left - right;
    if (!(difference <= 1e-12 * size)) {
      return 0;
    }
  }
  return 1;
}
