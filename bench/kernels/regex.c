/* Matching by backtracking (after Kernighan's matcher in "The Practice of Programming", with
 * classes of characters): branches, recursion and bytes. */
#include "kernel.h"

enum { kLines = 120000, kLineBytes = 64 };

static const char kPattern[] = "[a-z0-9.]+@[a-z0-9]+.[a-z]+";

/* Whether the pattern's first element, which ends before `end`, takes this character. */
static int Takes(const char* element, const char* end, char c) {
  if (*element != '[') return *element == c;
  for (element++; element < end - 1; element++) {
    if (element + 2 < end - 1 && element[1] == '-') {
      if (c >= element[0] && c <= element[2]) return 1;
      element += 2;
    } else if (*element == c) {
      return 1;
    }
  }
  return 0;
}

static const char* EndOf(const char* element) {
  if (*element == '[') {
    while (*element != ']') element++;
  }
  return element + 1;
}

static int MatchesHere(const char* pattern, const char* text) {
  if (*pattern == 0) return 1;
  const char* end = EndOf(pattern);
  if (*end != '+') return *text != 0 && Takes(pattern, end, *text) && MatchesHere(end, text + 1);
  const char* last = text;
  while (*last != 0 && Takes(pattern, end, *last)) last++;
  for (; last > text; last--) {
    if (MatchesHere(end + 1, last)) return 1;
  }
  return 0;
}

static int Matches(const char* text) {
  for (;; text++) {
    if (MatchesHere(kPattern, text)) return 1;
    if (*text == 0) return 0;
  }
}

/* Some lines are addresses, most are not. */
static void MakeLine(char* line, uint32_t* random) {
  static const char kLetters[] = "abcdefghijklmnopqrstuvwxyz0123456789. _-@";
  uint32_t length = 20 + *random % 40;
  for (uint32_t i = 0; i < length; i++) {
    *random = *random * 1664525 + 1013904223;
    line[i] = kLetters[(*random >> 16) % (sizeof(kLetters) - 1)];
  }
  line[length] = 0;
}

uint32_t kernel(void) {
  uint32_t random = 1, found = 0;
  char line[kLineBytes];
  for (uint32_t i = 0; i < kLines; i++) {
    MakeLine(line, &random);
    found += (uint32_t)Matches(line);
  }
  return found;
}
