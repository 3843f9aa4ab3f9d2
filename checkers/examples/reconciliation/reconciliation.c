// What is booked has been settled: two tables hold the same payments.
// Datasets booked and settled: reference text, amount numeric(12,2), sorted by reference in byte
// order. The host compares them; only if they differ are both read, side by side, to say where.
#include "checker.h"

// A place in a dataset that is sorted.
struct cursor {
  struct checker_reader reader;
  struct checker_column reference;
  struct checker_column amount;
  size_t row;
};

static void start(struct cursor* cursor, const char* dataset) {
  checker_open(&cursor->reader, dataset);
  checker_bind(&cursor->reader, &cursor->reference, "reference", CHECKER_TEXT);
  checker_bind(&cursor->reader, &cursor->amount, "amount", CHECKER_DECIMAL);
  cursor->row = 0;
  checker_next(&cursor->reader);
}

static bool at_end(const struct cursor* cursor) { return cursor->reader.rows == 0; }

static void advance(struct cursor* cursor) {
  if (++cursor->row < cursor->reader.rows) return;
  checker_next(&cursor->reader);
  cursor->row = 0;
}

static struct checker_text reference(const struct cursor* cursor) {
  return checker_text_at(&cursor->reference, cursor->row);
}

static checker_int128 amount(const struct cursor* cursor) {
  return checker_decimal(&cursor->amount, cursor->row);
}

// Negative if the left one's payment comes first, 0 if both have it.
static int compare(const struct cursor* left, const struct cursor* right) {
  if (at_end(left) || at_end(right)) return at_end(right) ? -1 : 1;
  return checker_text_compare(reference(left), reference(right));
}

static void report(const struct cursor* booked, const struct cursor* settled, int order) {
  struct checker_message text;
  checker_message_begin(&text);
  checker_append(&text, "payment ");
  checker_append_text(&text, reference(order > 0 ? settled : booked));
  if (order == 0) {
    checker_append(&text, ": booked ");
    checker_append_decimal(&text, amount(booked), 2);
    checker_append(&text, ", settled ");
    checker_append_decimal(&text, amount(settled), 2);
  } else {
    checker_append(&text, order < 0 ? " is booked only" : " is settled only");
  }
  checker_log(CHECKER_WARNING, text.text);
}

CHECKER_EXPORT(check) void check(void) {
  if (checker_assert_equal("booked", "settled", "what is booked has been settled")) return;
  struct cursor booked, settled;
  start(&booked, "booked");
  start(&settled, "settled");
  while (!at_end(&booked) || !at_end(&settled)) {
    const int order = compare(&booked, &settled);
    if (order != 0 || amount(&booked) != amount(&settled)) report(&booked, &settled, order);
    if (order <= 0) advance(&booked);
    if (order >= 0) advance(&settled);
  }
  checker_close(&booked.reader);
  checker_close(&settled.reader);
}
