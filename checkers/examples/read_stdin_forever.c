// Reads its input again and again, also after the end of it: only a limit ends this run
// (checker.timeout, checker.fuel).
#include <unistd.h>

#include "checker.h"

CHECKER_ENTRY(check) void Check(void) {
  char buffer[256];
  for (;;) {
    if (read(STDIN_FILENO, buffer, sizeof buffer) < 0) Fail(TEXT("stdin cannot be read"));
  }
}
