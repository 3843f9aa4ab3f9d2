/* The outcome of a check: "BROKEN FIGURE", a failure if a row breaks the rule. */
#ifndef REPORT_H
#define REPORT_H

#include "checker_abi.h"

/* Writes the digits of a number that is not negative before `end`; returns where they begin. */
static char* Digits(char* end, int64_t number) {
  do {
    *--end = (char)('0' + number % 10);
    number /= 10;
  } while (number > 0);
  return end;
}

static void Report(int64_t broken, int64_t figure) {
  char message[48];
  char* const end = message + sizeof(message);
  char* start = Digits(end, figure);
  *--start = ' ';
  start = Digits(start, broken);
  if (broken > 0) {
    checker_fail(start, (size_t)(end - start));
  } else {
    checker_succeed(start, (size_t)(end - start));
  }
}

#endif
