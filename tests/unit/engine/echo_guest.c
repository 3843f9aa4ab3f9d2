// A WASI command as anybody would write one: it greets, repeats its input by lines, and says how
// many there were.
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char** argv) {
  const char* color = getenv("COLOR");
  printf("hello from %s of %d, color %s\n", argv[0], argc, color != NULL ? color : "none");
  char line[256];
  int lines = 0;
  while (fgets(line, sizeof(line), stdin) != NULL) {
    printf("> %s", line);
    ++lines;
  }
  fprintf(stderr, "%d lines, a third of them is %.3f\n", lines, lines / 3.0);
  return lines;
}
