/*
 * Uses every function of the SDK, as parameter "do" says, and logs what comes of it. The other
 * languages do the same, and everything_test.py says what must come out.
 */
#include <string.h>

#include "checker.h"

static struct checker_message line;

static void begin(void) { checker_message_begin(&line); }
static void say(const char* text) { checker_append(&line, text); }
static void say_number(int64_t number) { checker_append_int64(&line, number); }
static void end(void) { checker_log(CHECKER_INFO, line.text); }

static void say_hex(const void* from, size_t bytes) {
  const unsigned char* at = from;
  char digits[3] = "";
  for (size_t i = 0; i < bytes; ++i) {
    digits[0] = "0123456789abcdef"[at[i] >> 4];
    digits[1] = "0123456789abcdef"[at[i] & 15];
    say(digits);
  }
}

static void say_value(const struct checker_column* column, size_t row) {
  if (checker_is_null(column, row)) {
    say("null");
    return;
  }
  switch (column->type) {
    case CHECKER_BOOL:
      say(checker_bool(column, row) ? "true" : "false");
      break;
    case CHECKER_INT16:
      say_number(checker_int16(column, row));
      break;
    case CHECKER_INT32:
      say_number(checker_int32(column, row));
      break;
    case CHECKER_INT64:
      say_number(checker_int64(column, row));
      break;
    case CHECKER_FLOAT: {
      const float number = checker_float(column, row);
      int32_t bits;
      memcpy(&bits, &number, sizeof bits);
      say_number(bits);
      break;
    }
    case CHECKER_DOUBLE: {
      const double number = checker_double(column, row);
      int64_t bits;
      memcpy(&bits, &number, sizeof bits);
      say_number(bits);
      break;
    }
    case CHECKER_TEXT:
      checker_append_text(&line, checker_text_at(column, row));
      break;
    case CHECKER_BYTEA:
      say_hex(checker_bytea(column, row).data, checker_bytea(column, row).length);
      break;
    case CHECKER_DATE:
      say_number(checker_date(column, row));
      break;
    case CHECKER_TIMESTAMP:
      say_number(checker_timestamp(column, row));
      break;
    case CHECKER_TIMESTAMPTZ:
      say_number(checker_timestamptz(column, row));
      break;
    case CHECKER_INTERVAL: {
      const struct checker_interval interval = checker_interval_at(column, row);
      say_number(interval.months);
      say(" ");
      say_number(interval.days);
      say(" ");
      say_number(interval.nanoseconds);
      break;
    }
    case CHECKER_UUID:
      say_hex(checker_uuid(column, row), 16);
      break;
    case CHECKER_DECIMAL:
      checker_append_decimal(&line, checker_decimal(column, row), column->scale);
  }
}

static void read_values(void) {
  struct checker_reader rows;
  struct checker_column columns[16];
  checker_open(&rows, "rows");
  begin();
  for (int64_t i = 0; i < checker_column_count(&rows); ++i) {
    const char* name = checker_column_name(&rows, i);
    const enum checker_type type = checker_column_type(&rows, i);
    checker_bind(&rows, &columns[i], name, type);
    say(i == 0 ? "" : ", ");
    say(name);
    say(" ");
    say(checker_type_name(type));
  }
  end();
  while (checker_next(&rows) > 0) {
    for (size_t row = 0; row < rows.rows; ++row) {
      begin();
      for (int64_t i = 0; i < checker_column_count(&rows); ++i) {
        say(i == 0 ? "" : "|");
        say_value(&columns[i], row);
      }
      end();
    }
  }
  checker_close(&rows);
}

static void read_csv(void) {
  struct checker_csv csv;
  struct checker_text fields[3];
  checker_csv_open(&csv, "rows");
  for (size_t count; (count = checker_csv_next(&csv, fields, 3)) > 0;) {
    begin();
    for (size_t i = 0; i < count; ++i) {
      say(i == 0 ? "" : "|");
      if (fields[i].data == NULL) {
        say("null");
      } else {
        say("[");
        checker_append_text(&line, fields[i]);
        say("]");
      }
    }
    end();
  }
}

static void assert_all(void) {
  begin();
  say_number(checker_assert_empty("none", "empty"));
  say_number(checker_assert_empty("rows", "empty"));
  say_number(checker_assert_not_empty("rows", "not empty"));
  say_number(checker_assert_not_empty("none", "not empty"));
  say_number(checker_assert_less_than("rows", 4, "less"));
  say_number(checker_assert_less_than("rows", 3, "less"));
  say_number(checker_assert_greater_than("rows", 2, "greater"));
  say_number(checker_assert_greater_than("rows", 3, "greater"));
  for (int operation = CHECKER_EQUAL; operation <= CHECKER_AT_LEAST; ++operation)
    say_number(checker_assert_row_count("rows", (enum checker_operator)operation, 3, "count"));
  say_number(checker_assert_equal("rows", "rows", "equal"));
  say_number(checker_assert_equal("rows", "others", "equal"));
  say_number(checker_assert_true(true, "true"));
  say_number(checker_assert_true(false, "true"));
  say_number(checker_assert_false(false, "false"));
  say_number(checker_assert_false(true, "false"));
  checker_fail("f\xc3\xa4il");
  checker_warn("warn");
  checker_succeed("succeed");
  checker_ok("ok");
  end();
}

static void say_text(struct checker_text text) {
  if (text.data == NULL) {
    say("null");
  } else {
    checker_append_text(&line, text);
  }
}

static void read_params(void) {
  struct checker_text text;
  begin();
  say_number(checker_param_int64("whole", -1));
  say(" ");
  say_number(checker_param_int64("least", -1));
  say(" ");
  say_number(checker_param_int64("absent", -1));
  say(" ");
  say_number((int64_t)(checker_param_double("number", -1) * 1000));
  say(" ");
  say_number(checker_param_bool("yes", false));
  say_number(checker_param_bool("no", true));
  say_number(checker_param_bool("nothing", true));
  say(" ");
  checker_append_text(&line, checker_param_text("text", "none"));
  say(" ");
  checker_append_text(&line, checker_param_text("absent", "none"));
  say(" ");
  checker_param("object", &text);
  say_text(text);
  say(" ");
  checker_param("absent", &text);
  say_text(text);
  say(" ");
  checker_input(&text);
  say_text(text);
  end();
  begin();
  say_number(checker_business_day());
  say(" ");
  say_number(checker_now());
  end();
}

CHECKER_EXPORT(check) void check(void) {
  struct checker_text job = checker_param_text("do", "");
  struct checker_reader rows;
  struct checker_column column;
#define IS(name) checker_text_equal(job, checker_text_of(name))
  if (IS("values")) {
    read_values();
  } else if (IS("csv")) {
    read_csv();
  } else if (IS("assertions")) {
    assert_all();
  } else if (IS("params")) {
    read_params();
  } else if (IS("wrong type")) {
    checker_open(&rows, "rows");
    checker_bind(&rows, &column, "t", CHECKER_INT64);
  } else if (IS("no column")) {
    checker_open(&rows, "rows");
    checker_bind(&rows, &column, "x", CHECKER_INT64);
  } else if (IS("wrong param")) {
    checker_param_int64("text", 0);
  } else if (IS("levels")) {
    checker_log(CHECKER_DEBUG, "debug");
    checker_log(CHECKER_INFO, "info");
    checker_log(CHECKER_WARNING, "warning");
    checker_log(CHECKER_ERROR, "error");
  } else {
    checker_panic("nothing to do");
  }
}
