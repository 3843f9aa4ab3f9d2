/* The sieve of Eratosthenes: loads and stores of bytes in short loops. */
#include "kernel.h"

enum { kNumbers = 4000000 };
static uint8_t composite[kNumbers];

uint32_t kernel(void) {
  uint32_t primes = 0;
  for (uint32_t i = 0; i < kNumbers; i++) composite[i] = 0;
  for (uint32_t i = 2; i < kNumbers; i++) {
    if (composite[i]) continue;
    primes++;
    for (uint64_t k = (uint64_t)i * i; k < kNumbers; k += i) composite[k] = 1;
  }
  return primes;
}
