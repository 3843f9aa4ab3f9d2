// A checker in C, without any library: no share shall lose more than half of its price from one
// month to the next. It reads a dataset with the columns symbol, day, price, in the order of symbol
// and day, and remembers the row before.
#define CHECKER(name) __attribute__((import_module("checker"), import_name(#name)))

typedef struct {
  const char* text;
  int length;
} Text;

CHECKER(dataset_csv) void checker_dataset_csv(const char* name, int length, Text* out);
CHECKER(fail) void checker_fail(const char* message, int length);
CHECKER(succeed) void checker_succeed(const char* message, int length);

static Text NextField(const char** at, const char* end) {
  Text field = {*at, 0};
  while (*at < end && **at != ',' && **at != '\n') ++*at;
  field.length = (int)(*at - field.text);
  if (*at < end) ++*at;
  return field;
}

static int SameText(Text a, Text b) {
  if (a.length != b.length) return 0;
  for (int i = 0; i < a.length; ++i) {
    if (a.text[i] != b.text[i]) return 0;
  }
  return 1;
}

// "39.81" as 3981: prices have at most two decimals.
static long Cents(Text price) {
  long cents = 0;
  int decimals = -1;
  for (int i = 0; i < price.length; ++i) {
    if (price.text[i] == '.') {
      decimals = 0;
    } else {
      cents = cents * 10 + (price.text[i] - '0');
      if (decimals >= 0) ++decimals;
    }
  }
  for (int i = decimals < 0 ? 0 : decimals; i < 2; ++i) cents *= 10;
  return cents;
}

static char message[160];
static int message_length;

static void Append(const char* text, int length) {
  for (int i = 0; i < length && message_length < (int)sizeof message; ++i)
    message[message_length++] = text[i];
}

#define APPEND(literal) Append(literal, sizeof literal - 1)

__attribute__((export_name("check"))) void Check(void) {
  Text csv;
  checker_dataset_csv("share_prices", 12, &csv);
  const char* at = csv.text;
  const char* end = csv.text + csv.length;
  while (at < end && *at++ != '\n') {
  }  // the header
  Text symbol_before = {0, 0}, price_before = {0, 0};
  int failures = 0;
  while (at < end) {
    Text symbol = NextField(&at, end), day = NextField(&at, end), price = NextField(&at, end);
    if (SameText(symbol, symbol_before) && 2 * Cents(price) < Cents(price_before)) {
      message_length = 0;
      Append(symbol.text, symbol.length);
      APPEND(" fell from ");
      Append(price_before.text, price_before.length);
      APPEND(" to ");
      Append(price.text, price.length);
      APPEND(" within the month before ");
      Append(day.text, day.length);
      checker_fail(message, message_length);
      ++failures;
    }
    symbol_before = symbol;
    price_before = price;
  }
  if (failures == 0) checker_succeed("no share lost more than half within a month", 43);
}
