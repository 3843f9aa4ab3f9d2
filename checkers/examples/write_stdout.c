// A WASI command: what it prints is kept in the run's output, and exit code 0 means ok.
#include <stdio.h>

int main(void) {
  puts("hello from a checker");
  return 0;
}
