/* SHA-256 (FIPS 180-4), for the programs that hash. */
#ifndef SHA256_H
#define SHA256_H

#include <stdint.h>

/* The first eight bytes of the digest, big-endian. */
uint64_t sha256(const uint8_t *bytes, uint64_t size);

/* Whether it is right about the examples of FIPS 180-4, of one block and of two. */
int sha256_is_right(void);

#endif
