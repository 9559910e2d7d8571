/* A walk along a random cycle through 64 MiB: every step misses the caches and most miss the TLB. */
#include "bench.h"

#include <stdlib.h>

enum { NODES = 1024 * 1024, STEPS = NODES / 16 };

const char bench_name[] = "chase";
const uint64_t bench_work = STEPS;

struct node {
  struct node *next;
  uint64_t number;
  uint64_t unused[6]; /* to a cache line */
};

static struct node *nodes;
static uint32_t *order; /* the number of each node's next one */
static const struct node *end;

/* Sattolo's shuffle makes a permutation of one single cycle. */
void bench_prepare(void) {
  nodes = aligned_alloc(64, (size_t)NODES * sizeof *nodes);
  order = malloc((size_t)NODES * sizeof *order);
  if (nodes == NULL || order == NULL) {
    abort();
  }
  for (uint32_t i = 0; i < NODES; i++) {
    order[i] = i;
  }
  uint64_t state = 7;
  for (uint32_t i = NODES - 1; i > 0; i--) {
    uint32_t j = (uint32_t)((bench_random(&state) >> 32) % i);
    uint32_t value = order[i];
    order[i] = order[j];
    order[j] = value;
  }
  for (uint32_t i = 0; i < NODES; i++) {
    nodes[i].next = &nodes[order[i]];
    nodes[i].number = i;
  }
}

uint64_t bench_iteration(void) {
  const struct node *node = nodes;
  uint64_t checksum = 0;
  for (int i = 0; i < STEPS; i++) {
    checksum = checksum * 3 + node->number;
    node = node->next;
  }
  end = node;
  return checksum;
}

/* The same walk by numbers ends at the same place. */
int bench_verify(void) {
  uint32_t place = 0;
  for (int i = 0; i < STEPS; i++) {
    place = order[place];
  }
  return end == &nodes[place];
}
