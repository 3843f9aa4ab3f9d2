/* The outcome of a check: "BROKEN FIGURE", a failure if a row breaks the rule. */
#ifndef REPORT_H
#define REPORT_H

#include "checker.h"

static void report(int64_t broken, int64_t figure) {
  struct checker_message message;
  checker_message_begin(&message);
  checker_append_int64(&message, broken);
  checker_append(&message, " ");
  checker_append_int64(&message, figure);
  if (broken > 0) {
    checker_fail(message.text);
  } else {
    checker_succeed(message.text);
  }
}

#endif
