/* A bytecode interpreter that counts Collatz steps: an indirect jump for each bytecode. */
#include "bench.h"

enum { LIMIT = 500 };

const char bench_name[] = "interpreter";
const uint64_t bench_work = LIMIT;

/* A register machine; the operands of an instruction follow its code. */
enum code { SET, MOVE, ADD, ADD_CONSTANT, MULTIPLY_CONSTANT, HALVE, IF_ODD, IF_LESS, JUMP, STOP };

enum { NUMBER, VALUE, STEPS, TOTAL, REGISTERS };

/* Adds up the steps to one of every number below the limit. The program is not
   constant, so that the compiler cannot run it. */
static int program[] = {
    /*  0 */ SET, NUMBER, 1,
    /*  3 */ SET, TOTAL, 0,
    /*  6 */ MOVE, VALUE, NUMBER, /* next number */
    /*  9 */ SET, STEPS, 0,
    /* 12 */ IF_LESS, VALUE, 2, 34, /* next step */
    /* 16 */ ADD_CONSTANT, STEPS, 1,
    /* 19 */ IF_ODD, VALUE, 26,
    /* 22 */ HALVE, VALUE,
    /* 24 */ JUMP, 12,
    /* 26 */ MULTIPLY_CONSTANT, VALUE, 3,
    /* 29 */ ADD_CONSTANT, VALUE, 1,
    /* 32 */ JUMP, 12,
    /* 34 */ ADD, TOTAL, STEPS, /* number done */
    /* 37 */ ADD_CONSTANT, NUMBER, 1,
    /* 40 */ IF_LESS, NUMBER, LIMIT, 6,
    /* 44 */ STOP,
};

static uint64_t run(const int *code) {
  int64_t registers[REGISTERS] = {0};
  const int *pc = code;
  for (;;) {
    switch ((enum code)*pc) {
    case SET:
      registers[pc[1]] = pc[2];
      pc += 3;
      break;
    case MOVE:
      registers[pc[1]] = registers[pc[2]];
      pc += 3;
      break;
    case ADD:
      registers[pc[1]] += registers[pc[2]];
      pc += 3;
      break;
    case ADD_CONSTANT:
      registers[pc[1]] += pc[2];
      pc += 3;
      break;
    case MULTIPLY_CONSTANT:
      registers[pc[1]] *= pc[2];
      pc += 3;
      break;
    case HALVE:
      registers[pc[1]] >>= 1;
      pc += 2;
      break;
    case IF_ODD:
      pc = (registers[pc[1]] & 1) != 0 ? code + pc[2] : pc + 3;
      break;
    case IF_LESS:
      pc = registers[pc[1]] < pc[2] ? code + pc[3] : pc + 4;
      break;
    case JUMP:
      pc = code + pc[1];
      break;
    case STOP:
      return (uint64_t)registers[TOTAL];
    }
  }
}

static uint64_t result;

void bench_prepare(void) {}

uint64_t bench_iteration(void) {
  result = run(program);
  return result;
}

int bench_verify(void) {
  uint64_t steps = 0;
  for (int64_t number = 1; number < LIMIT; number++) {
    for (int64_t value = number; value >= 2; steps++) {
      value = (value & 1) != 0 ? 3 * value + 1 : value / 2;
    }
  }
  return result == steps;
}
