/* A walk along a random cycle through 64 MiB: every step misses the caches and most miss the TLB. */
#include "bench.h"

#include <stdlib.h>

enum { NODES = 1024 * 1024 };

const char bench_name[] = "chase";
const uint64_t bench_work = NODES;

struct node {
  struct node *next;
  uint64_t number;
  uint64_t unused[6]; /* to a cache line */
};

static struct node *nodes;
static struct node *end;

/* Sattolo's shuffle makes a permutation of one single cycle. */
void bench_prepare(void) {
  nodes = aligned_alloc(64, (size_t)NODES * sizeof *nodes);
  uint32_t *order = malloc((size_t)NODES * sizeof *order);
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
  free(order);
}

uint64_t bench_iteration(void) {
  const struct node *node = nodes;
  uint64_t checksum = 0;
  for (int i = 0; i < NODES; i++) {
    checksum = checksum * 3 + node->number;
    node = node->next;
  }
  end = (struct node *)node;
  return checksum;
}

/* One step for each node leads back to the first, and not before. */
int bench_verify(void) {
  if (end != nodes) {
    return 0;
  }
  uint64_t seen = 0;
  const struct node *node = nodes;
  do {
    seen++;
    node = node->next;
  } while (node != nodes && seen <= NODES);
  return seen == NODES;
}
