/* A computation without input. Returns a number that tells whether it came out right. */
#ifndef KERNEL_H
#define KERNEL_H

#include <stdint.h>

#ifdef __wasm__
__attribute__((export_name("kernel")))
#endif
uint32_t
kernel(void);

/* As a guest: the checker fails unless the number is EXPECTED, which the native one has said. */
#ifdef __wasm__
__attribute__((export_name("check"))) int check(void) { return kernel() != EXPECTED; }
#endif

#endif
