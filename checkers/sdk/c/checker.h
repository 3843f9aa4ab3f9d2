/*
 * pg_checker's SDK for C: write a checker, compile it to wasm32 and store it with create_checker.
 * This file is all of it; it needs nothing beside the compiler, not even a C library.
 *
 *   #include "checker.h"
 *
 *   CHECKER_EXPORT(check) void check(void) {
 *     checker_assert_empty("orders_without_customer", "every order has a customer");
 *   }
 *
 * Texts are UTF-8. A `const char*` ends with NUL; a `struct checker_text` has a length. Rows count
 * from 0 within a batch. Times are microseconds since 1970-01-01 UTC.
 *
 * Errors. What a checker finds out is an outcome (checker_fail, checker_assert_...). A mistake in
 * the checker itself (a dataset that it does not declare, a column that does not exist or has
 * another type, a parameter that is no number) ends the run with status `error`: the SDK logs a
 * text that names what is wrong, and traps. No function returns an error code, so there is none to
 * check.
 *
 * The binary interface below is version 1 of the guest ABI (docs/reference/guest-abi.md). The
 * structs are those of the Arrow C data interface
 * (https://arrow.apache.org/docs/format/CDataInterface.html) as wasm32 has them.
 */
#ifndef CHECKER_H
#define CHECKER_H

#ifdef CHECKER_ABI_H
#error "checker.h declares what checker_abi.h does: include only one of them"
#endif

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The name under which the module exports a function: CHECKER_EXPORT(check) void check(void). */
#define CHECKER_EXPORT(name) __attribute__((export_name(#name)))

/* What is seldom called, or long, is compiled once, not at each call. */
#define CHECKER_ONCE_ __attribute__((noinline))

/* ---- Text ------------------------------------------------------------------------------------ */

/* `length` bytes of UTF-8. data == NULL is no text at all: SQL's NULL, or a parameter that is not
 * given. An empty text has data != NULL and length 0. */
struct checker_text {
  const char* data;
  size_t length;
};

/* Bytes of a NUL-terminated text. */
static inline __attribute__((always_inline)) size_t checker_length(const char* text) {
  /* A literal's is known to the compiler; otherwise there may be no strlen. */
  if (__builtin_constant_p(__builtin_strlen(text))) return __builtin_strlen(text);
  size_t length = 0;
  while (text[length] != '\0') ++length;
  return length;
}

static inline struct checker_text checker_text_of(const char* text) {
  struct checker_text made = {text, checker_length(text)};
  return made;
}

/* Whether both have the same bytes; NULL equals NULL only. */
static inline CHECKER_ONCE_ bool checker_text_equal(struct checker_text a, struct checker_text b) {
  if (a.length != b.length || (a.data == NULL) != (b.data == NULL)) return false;
  for (size_t i = 0; i < a.length; ++i) {
    if (a.data[i] != b.data[i]) return false;
  }
  return true;
}

/* Negative, 0 or positive as `a` comes before, equals or comes after `b`, byte by byte: the order
 * of COLLATE "C". */
static inline int checker_text_compare(struct checker_text a, struct checker_text b) {
  for (size_t i = 0; i < a.length && i < b.length; ++i) {
    if (a.data[i] != b.data[i]) return (unsigned char)a.data[i] < (unsigned char)b.data[i] ? -1 : 1;
  }
  return a.length == b.length ? 0 : a.length < b.length ? -1 : 1;
}

/* ---- The binary interface: call the functions further down instead --------------------------- */

#define CHECKER_IMPORT_(name) __attribute__((import_module("checker"), import_name(#name)))
CHECKER_IMPORT_(fail) void checker_import_fail(const char*, size_t);
CHECKER_IMPORT_(warn) void checker_import_warn(const char*, size_t);
CHECKER_IMPORT_(succeed) void checker_import_succeed(const char*, size_t);
CHECKER_IMPORT_(assert_empty)
int32_t checker_import_assert_empty(const char*, size_t, const char*, size_t);
CHECKER_IMPORT_(assert_not_empty)
int32_t checker_import_assert_not_empty(const char*, size_t, const char*, size_t);
CHECKER_IMPORT_(assert_less_than)
int32_t checker_import_assert_less_than(const char*, size_t, int64_t, const char*, size_t);
CHECKER_IMPORT_(assert_greater_than)
int32_t checker_import_assert_greater_than(const char*, size_t, int64_t, const char*, size_t);
CHECKER_IMPORT_(assert_row_count)
int32_t checker_import_assert_row_count(const char*, size_t, int32_t, int64_t, const char*, size_t);
CHECKER_IMPORT_(assert_equal)
int32_t checker_import_assert_equal(const char*, size_t, const char*, size_t, const char*, size_t);
CHECKER_IMPORT_(assert_true) int32_t checker_import_assert_true(int32_t, const char*, size_t);
CHECKER_IMPORT_(assert_false) int32_t checker_import_assert_false(int32_t, const char*, size_t);
CHECKER_IMPORT_(now) int64_t checker_import_now(void);
CHECKER_IMPORT_(business_day) int32_t checker_import_business_day(void);
CHECKER_IMPORT_(param_get)
int32_t checker_import_param_get(const char*, size_t, struct checker_text*);
CHECKER_IMPORT_(input_get) int32_t checker_import_input_get(struct checker_text*);
CHECKER_IMPORT_(log) void checker_import_log(int32_t, const char*, size_t);
CHECKER_IMPORT_(dataset_csv)
void checker_import_dataset_csv(const char*, size_t, struct checker_text*);

#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE
#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE 2
#define ARROW_FLAG_MAP_KEYS_SORTED 4
struct ArrowSchema {
  const char* format;
  const char* name;
  const char* metadata;
  int64_t flags;
  int64_t n_children;
  struct ArrowSchema** children;
  struct ArrowSchema* dictionary;
  void (*release)(struct ArrowSchema*);
  void* private_data;
};
struct ArrowArray {
  int64_t length;
  int64_t null_count;
  int64_t offset;
  int64_t n_buffers;
  int64_t n_children;
  const void** buffers;
  struct ArrowArray** children;
  struct ArrowArray* dictionary;
  void (*release)(struct ArrowArray*);
  void* private_data;
};
#endif

CHECKER_IMPORT_(dataset_open) int32_t checker_import_dataset_open(const char*, size_t);
CHECKER_IMPORT_(dataset_schema)
void checker_import_dataset_schema(int32_t, struct ArrowSchema*);
CHECKER_IMPORT_(dataset_next) uint32_t checker_import_dataset_next(int32_t, struct ArrowArray*);
CHECKER_IMPORT_(dataset_close) void checker_import_dataset_close(int32_t);
#undef CHECKER_IMPORT_

/* ---- Messages -------------------------------------------------------------------------------- */

enum { CHECKER_MESSAGE_BYTES = 1024 };

__extension__ typedef __int128 checker_int128;
__extension__ typedef unsigned __int128 checker_uint128;

/* A text that is put together without allocating: begin, append, then pass `text` on. What does not
 * fit is cut off before the first character that does not. */
struct checker_message {
  char text[CHECKER_MESSAGE_BYTES]; /* ends with NUL */
  size_t length;                    /* bytes before the NUL */
};

static inline void checker_message_begin(struct checker_message* message) {
  message->length = 0;
  message->text[0] = '\0';
}

static inline CHECKER_ONCE_ void checker_append_text(struct checker_message* message,
                                                     struct checker_text text) {
  size_t room = CHECKER_MESSAGE_BYTES - 1 - message->length;
  size_t length = text.length;
  if (length > room) {
    /* Never between the bytes of one character. */
    for (length = room; length > 0 && ((unsigned char)text.data[length] & 0xc0) == 0x80;) --length;
  }
  for (size_t i = 0; i < length; ++i) message->text[message->length + i] = text.data[i];
  message->length += length;
  message->text[message->length] = '\0';
}

static inline CHECKER_ONCE_ void checker_append(struct checker_message* message, const char* text) {
  checker_append_text(message, checker_text_of(text));
}

static inline CHECKER_ONCE_ void checker_append_int64(struct checker_message* message,
                                                      int64_t value) {
  char digits[20];
  char* const end = digits + sizeof digits;
  char* start = end;
  uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
  do {
    *--start = (char)('0' + rest % 10);
    rest /= 10;
  } while (rest > 0);
  if (value < 0) *--start = '-';
  struct checker_text text = {start, (size_t)(end - start)};
  checker_append_text(message, text);
}

/* value / 10^scale with all of its `scale` decimals, as numeric(p, scale) looks: 5, 2 is "0.05". */
static inline CHECKER_ONCE_ void checker_append_decimal(struct checker_message* message,
                                                        checker_int128 value, int32_t scale) {
  char digits[48];
  char* const end = digits + sizeof digits;
  char* start = end;
  const checker_uint128 size = value < 0 ? 0 - (checker_uint128)value : (checker_uint128)value;
  /* By hand, because a division of 128 bits is a call into a library that may not be there. */
  uint32_t limbs[4] = {(uint32_t)(size >> 96), (uint32_t)(size >> 64), (uint32_t)(size >> 32),
                       (uint32_t)size};
  for (int32_t written = 0; written <= scale || (limbs[0] | limbs[1] | limbs[2] | limbs[3]) != 0;
       ++written) {
    if (written == scale && scale > 0) *--start = '.';
    uint64_t rest = 0;
    for (int i = 0; i < 4; ++i) {
      rest = rest << 32 | limbs[i];
      limbs[i] = (uint32_t)(rest / 10);
      rest %= 10;
    }
    *--start = (char)('0' + rest);
  }
  if (value < 0) *--start = '-';
  struct checker_text text = {start, (size_t)(end - start)};
  checker_append_text(message, text);
}

/* ---- Outcomes and log ------------------------------------------------------------------------ */

/* Records a failed assertion, a warning, a passed assertion. The first failure's message becomes
 * the run's. The checker goes on. */
static inline void checker_fail(const char* message) {
  checker_import_fail(message, checker_length(message));
}
static inline void checker_warn(const char* message) {
  checker_import_warn(message, checker_length(message));
}
static inline void checker_succeed(const char* message) {
  checker_import_succeed(message, checker_length(message));
}
/* The same as checker_succeed. */
static inline void checker_ok(const char* message) { checker_succeed(message); }

enum checker_log_level {
  CHECKER_DEBUG = 0,
  CHECKER_INFO = 1,
  CHECKER_WARNING = 2,
  CHECKER_ERROR = 3
};

/* A line of the run's log; all lines together may have checker.output_limit bytes. */
static inline void checker_log(enum checker_log_level level, const char* text) {
  checker_import_log((int32_t)level, text, checker_length(text));
}

/* Ends the run with status `error`: logs the text at level `error`, and traps. For what must not
 * happen; a rule that does not hold is a checker_fail. */
static inline __attribute__((noreturn)) void checker_panic(const char* text) {
  checker_log(CHECKER_ERROR, text);
  __builtin_trap();
}

/* ---- Assertions that the host decides -------------------------------------------------------- */

/* Each returns whether it holds, records the outcome with `message`, and lets the checker go on.
 * The host reads no more rows than it needs to know, keeps some as a sample, and copies none into
 * the module. A dataset that the checker does not declare ends the run with status `error`. */

static inline bool checker_assert_empty(const char* dataset, const char* message) {
  return checker_import_assert_empty(dataset, checker_length(dataset), message,
                                     checker_length(message)) != 0;
}
static inline bool checker_assert_not_empty(const char* dataset, const char* message) {
  return checker_import_assert_not_empty(dataset, checker_length(dataset), message,
                                         checker_length(message)) != 0;
}
/* The number of rows is less than `limit`. */
static inline bool checker_assert_less_than(const char* dataset, int64_t limit,
                                            const char* message) {
  return checker_import_assert_less_than(dataset, checker_length(dataset), limit, message,
                                         checker_length(message)) != 0;
}
/* The number of rows is greater than `limit`. */
static inline bool checker_assert_greater_than(const char* dataset, int64_t limit,
                                               const char* message) {
  return checker_import_assert_greater_than(dataset, checker_length(dataset), limit, message,
                                            checker_length(message)) != 0;
}

enum checker_operator {
  CHECKER_EQUAL = 0,
  CHECKER_NOT_EQUAL = 1,
  CHECKER_LESS = 2,
  CHECKER_AT_MOST = 3,
  CHECKER_GREATER = 4,
  CHECKER_AT_LEAST = 5
};
/* The number of rows compares to `bound` as the operator says. */
static inline bool checker_assert_row_count(const char* dataset, enum checker_operator operation,
                                            int64_t bound, const char* message) {
  return checker_import_assert_row_count(dataset, checker_length(dataset), (int32_t)operation,
                                         bound, message, checker_length(message)) != 0;
}
/* Both datasets hold the same rows, in any order. Their columns must have the same types in the
 * same order; names do not matter. The sample shows the difference. */
static inline bool checker_assert_equal(const char* left, const char* right, const char* message) {
  return checker_import_assert_equal(left, checker_length(left), right, checker_length(right),
                                     message, checker_length(message)) != 0;
}
static inline bool checker_assert_true(bool value, const char* message) {
  return checker_import_assert_true(value, message, checker_length(message)) != 0;
}
static inline bool checker_assert_false(bool value, const char* message) {
  return checker_import_assert_false(value, message, checker_length(message)) != 0;
}

/* ---- Surroundings of the run ----------------------------------------------------------------- */

/* Microseconds since 1970-01-01 UTC at the start of the transaction: the same for the whole run,
 * and frozen in tests. */
static inline int64_t checker_now(void) { return checker_import_now(); }

/* Today is a Monday to Friday that table checker.holiday does not have, in checker.time_zone. */
static inline bool checker_business_day(void) { return checker_import_business_day() != 0; }

/* The run's input as JSON text; false, and `input` as no text, if there is none. */
static inline bool checker_input(struct checker_text* input) {
  input->data = NULL;
  input->length = 0;
  return checker_import_input_get(input) != 0;
}

/* A parameter of the run as JSON text, such as `42`, `"words"` or `{"a": 1}`; false, and `value` as
 * no text, if it is not given or is null. */
static inline bool checker_param(const char* name, struct checker_text* value) {
  value->data = NULL;
  value->length = 0;
  if (checker_import_param_get(name, checker_length(name), value) != 0 &&
      !checker_text_equal(*value, checker_text_of("null")))
    return true;
  value->data = NULL;
  value->length = 0;
  return false;
}

static inline CHECKER_ONCE_ __attribute__((noreturn)) void checker_refuse_param_(
    const char* name, struct checker_text value, const char* wanted) {
  struct checker_message message;
  checker_message_begin(&message);
  checker_append(&message, "parameter \"");
  checker_append(&message, name);
  checker_append(&message, "\" is ");
  checker_append_text(&message, value);
  checker_append(&message, ", not ");
  checker_append(&message, wanted);
  checker_panic(message.text);
}

/* A parameter that is a whole number, or `fallback` if it is not given. Anything else, and a number
 * outside of 64 bits, ends the run with an error that names the parameter. */
static inline CHECKER_ONCE_ int64_t checker_param_int64(const char* name, int64_t fallback) {
  struct checker_text value;
  if (!checker_param(name, &value)) return fallback;
  size_t at = 0;
  const bool negative = value.data[0] == '-';
  if (negative) ++at;
  uint64_t number = 0;
  bool valid = at < value.length;
  for (; at < value.length && value.data[at] != '.'; ++at) {
    const unsigned digit = (unsigned)(value.data[at] - '0');
    if (digit > 9 || number > (UINT64_MAX - digit) / 10) {
      valid = false;
      break;
    }
    number = number * 10 + digit;
  }
  /* 3.0 is whole, too. */
  for (++at; valid && at < value.length; ++at) valid = value.data[at] == '0';
  if (!valid || number > (uint64_t)INT64_MAX + negative)
    checker_refuse_param_(name, value, "a whole number");
  return (int64_t)(negative ? 0 - number : number);
}

static inline bool checker_param_bool(const char* name, bool fallback) {
  struct checker_text value;
  if (!checker_param(name, &value)) return fallback;
  if (checker_text_equal(value, checker_text_of("true"))) return true;
  if (checker_text_equal(value, checker_text_of("false"))) return false;
  checker_refuse_param_(name, value, "true or false");
}

#ifdef __wasi__
double strtod(const char* text, char** end);

/* A parameter that is a number, or `fallback` if it is not given; rounded to the nearest double.
 * Needs a C library: targets without wasi do not have it. */
static inline double checker_param_double(const char* name, double fallback) {
  struct checker_text value;
  if (!checker_param(name, &value)) return fallback;
  char digits[512];
  const bool is_number = value.data[0] == '-' || (value.data[0] >= '0' && value.data[0] <= '9');
  if (!is_number || value.length >= sizeof digits) checker_refuse_param_(name, value, "a number");
  for (size_t i = 0; i < value.length; ++i) digits[i] = value.data[i];
  digits[value.length] = '\0';
  return strtod(digits, NULL);
}
#endif

static inline uint32_t checker_hex4_(const char* at) {
  uint32_t code = 0;
  for (int i = 0; i < 4; ++i) {
    const char c = at[i];
    code = code * 16 + (uint32_t)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
  }
  return code;
}

static inline char* checker_put_utf8_(char* to, uint32_t code) {
  if (code < 0x80) {
    *to++ = (char)code;
    return to;
  }
  const int more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
  *to++ = (char)((0xf00 >> more) | (code >> (6 * more)));
  for (int i = more - 1; i >= 0; --i) *to++ = (char)(0x80 | (code >> (6 * i) & 0x3f));
  return to;
}

/* A parameter that is a JSON string, without its quotes and escapes; `fallback` if it is not given.
 * The text lives as long as the run. */
static inline CHECKER_ONCE_ struct checker_text checker_param_text(const char* name,
                                                                   const char* fallback) {
  struct checker_text value;
  if (!checker_param(name, &value)) return checker_text_of(fallback);
  if (value.data[0] != '"') checker_refuse_param_(name, value, "a text");
  /* The host wrote it into this module's memory for us alone: escapes only get shorter. */
  char* const start = (char*)value.data;
  char* to = start;
  const char* const end = value.data + value.length - 1;
  for (const char* at = value.data + 1; at < end; ++at) {
    if (*at != '\\') {
      *to++ = *at;
      continue;
    }
    switch (*++at) {
      case 'b':
        *to++ = '\b';
        break;
      case 'f':
        *to++ = '\f';
        break;
      case 'n':
        *to++ = '\n';
        break;
      case 'r':
        *to++ = '\r';
        break;
      case 't':
        *to++ = '\t';
        break;
      case 'u': {
        uint32_t code = checker_hex4_(at + 1);
        at += 4;
        if (code >> 10 == 0x36 && end - at > 6) { /* the first half of a pair */
          code = 0x10000 + ((code & 0x3ff) << 10) + (checker_hex4_(at + 3) & 0x3ff);
          at += 6;
        }
        to = checker_put_utf8_(to, code);
        break;
      }
      default:
        *to++ = *at;
    }
  }
  struct checker_text text = {start, (size_t)(to - start)};
  return text;
}

/* ---- Reading a dataset in columns ------------------------------------------------------------ */

/* What a column holds, by the names of PostgreSQL's types. Everything else (numeric without
 * precision, jsonb, arrays, enums, time, ...) arrives as CHECKER_TEXT in its output form. */
enum checker_type {
  CHECKER_BOOL,        /* boolean: checker_bool */
  CHECKER_INT16,       /* smallint: checker_int16 */
  CHECKER_INT32,       /* integer: checker_int32 */
  CHECKER_INT64,       /* bigint: checker_int64 */
  CHECKER_FLOAT,       /* real: checker_float */
  CHECKER_DOUBLE,      /* double precision: checker_double */
  CHECKER_TEXT,        /* text: checker_text_at */
  CHECKER_BYTEA,       /* bytea: checker_bytea */
  CHECKER_DATE,        /* date: checker_date, days since 1970-01-01 */
  CHECKER_TIMESTAMP,   /* timestamp: checker_timestamp, us since 1970-01-01 00:00 */
  CHECKER_TIMESTAMPTZ, /* timestamptz: checker_timestamptz, us since 1970-01-01 00:00 UTC */
  CHECKER_INTERVAL,    /* interval: checker_interval_at */
  CHECKER_UUID,        /* uuid: checker_uuid, 16 bytes */
  CHECKER_DECIMAL      /* numeric(p, s): checker_decimal, to be divided by 10^s */
};

/* An infinite date is INT32_MIN or INT32_MAX, an infinite timestamp INT64_MIN or INT64_MAX. */

struct checker_interval {
  int32_t months;
  int32_t days;
  int64_t nanoseconds;
};

/* A column of one reader. Bind it before the first checker_next; it then follows the reader from
 * batch to batch, so it must stay where it is until the reader is closed. Fields are for reading.
 */
struct checker_column {
  enum checker_type type;
  int32_t precision;       /* digits of a decimal */
  int32_t scale;           /* those of them behind the point */
  const void* values;      /* one element for each row; of text and bytea the offsets */
  const char* bytes;       /* of text and bytea */
  const uint8_t* validity; /* a bit for each row, 1 if it is not null; NULL if none is */
  const char* name;
  const char* dataset;
  int64_t index;
  struct checker_column* next;
};

/* A dataset that is read batch by batch, in constant memory. Up to 64 may be open at once, the same
 * dataset several times too; all read one snapshot. */
struct checker_reader {
  size_t rows;               /* of the present batch */
  struct ArrowSchema schema; /* valid until close */
  struct ArrowArray batch;   /* valid until the next checker_next or close */
  const char* dataset;
  int32_t handle;
  struct checker_column* columns;
};

/* The host owns what schemas and arrays point to. Arrow takes a `release` of NULL for "released".
 */
static inline void checker_release_schema_(struct ArrowSchema* schema) { (void)schema; }
static inline void checker_release_array_(struct ArrowArray* array) { (void)array; }

/* Starts reading. The name must live until close. */
static inline CHECKER_ONCE_ void checker_open(struct checker_reader* reader, const char* dataset) {
  reader->rows = 0;
  reader->dataset = dataset;
  reader->columns = NULL;
  reader->handle = checker_import_dataset_open(dataset, checker_length(dataset));
  checker_import_dataset_schema(reader->handle, &reader->schema);
  reader->schema.release = checker_release_schema_;
  for (int64_t i = 0; i < reader->schema.n_children; ++i)
    reader->schema.children[i]->release = checker_release_schema_;
}

/* Ends reading, before the dataset's end if need be. What is left open is closed with the run. */
static inline void checker_close(struct checker_reader* reader) {
  checker_import_dataset_close(reader->handle);
  reader->rows = 0;
}

/* Fetches the next batch: returns its rows, which `rows` has too, and 0 at the end. */
static inline size_t checker_next(struct checker_reader* reader) {
  reader->rows = checker_import_dataset_next(reader->handle, &reader->batch);
  if (reader->rows == 0) return 0;
  reader->batch.release = checker_release_array_;
  for (int64_t i = 0; i < reader->batch.n_children; ++i)
    reader->batch.children[i]->release = checker_release_array_;
  for (struct checker_column* column = reader->columns; column != NULL; column = column->next) {
    const struct ArrowArray* array = reader->batch.children[column->index];
    column->validity = (const uint8_t*)array->buffers[0];
    column->values = array->buffers[1];
    column->bytes = array->n_buffers > 2 ? (const char*)array->buffers[2] : NULL;
  }
  return reader->rows;
}

static inline int32_t checker_digits_(const char** at) {
  int32_t number = 0;
  while (**at >= '0' && **at <= '9') number = number * 10 + (*(*at)++ - '0');
  return number;
}

/* What an Arrow format string says; precision and scale are set for decimals, else 0. */
static inline CHECKER_ONCE_ enum checker_type checker_type_of_format(const char* format,
                                                                     int32_t* precision,
                                                                     int32_t* scale) {
  *precision = 0;
  *scale = 0;
  switch (format[0]) {
    case 'b':
      return CHECKER_BOOL;
    case 's':
      return CHECKER_INT16;
    case 'i':
      return CHECKER_INT32;
    case 'l':
      return CHECKER_INT64;
    case 'f':
      return CHECKER_FLOAT;
    case 'g':
      return CHECKER_DOUBLE;
    case 'u':
      return CHECKER_TEXT;
    case 'z':
      return CHECKER_BYTEA;
    case 'w':
      return CHECKER_UUID;
    case 'd': {
      const char* at = format + 2;
      *precision = checker_digits_(&at);
      ++at;
      *scale = checker_digits_(&at);
      return CHECKER_DECIMAL;
    }
    case 't':
      if (format[1] == 'd') return CHECKER_DATE;
      if (format[1] == 'i') return CHECKER_INTERVAL;
      return format[4] == '\0' ? CHECKER_TIMESTAMP : CHECKER_TIMESTAMPTZ;
    default:
      checker_panic("the host sent a column in a format that this SDK does not know");
  }
}

/* The name in SQL. */
static inline const char* checker_type_name(enum checker_type type) {
  switch (type) {
    case CHECKER_BOOL:
      return "boolean";
    case CHECKER_INT16:
      return "smallint";
    case CHECKER_INT32:
      return "integer";
    case CHECKER_INT64:
      return "bigint";
    case CHECKER_FLOAT:
      return "real";
    case CHECKER_DOUBLE:
      return "double precision";
    case CHECKER_TEXT:
      return "text";
    case CHECKER_BYTEA:
      return "bytea";
    case CHECKER_DATE:
      return "date";
    case CHECKER_TIMESTAMP:
      return "timestamp";
    case CHECKER_TIMESTAMPTZ:
      return "timestamptz";
    case CHECKER_INTERVAL:
      return "interval";
    case CHECKER_UUID:
      return "uuid";
    case CHECKER_DECIMAL:
      return "numeric";
  }
  return "unknown";
}

static inline CHECKER_ONCE_ __attribute__((noreturn)) void checker_refuse_type_(
    const char* dataset, const char* column, enum checker_type type, enum checker_type wanted) {
  struct checker_message message;
  checker_message_begin(&message);
  checker_append(&message, "dataset \"");
  checker_append(&message, dataset);
  checker_append(&message, "\": column \"");
  checker_append(&message, column);
  checker_append(&message, "\" is ");
  checker_append(&message, checker_type_name(type));
  checker_append(&message, ", not ");
  checker_append(&message, checker_type_name(wanted));
  checker_append(&message, "; cast it in the dataset's query, or read it as what it is");
  checker_panic(message.text);
}

static inline CHECKER_ONCE_ __attribute__((noreturn)) void checker_refuse_column_(
    const struct checker_reader* reader, const char* name) {
  struct checker_message message;
  checker_message_begin(&message);
  checker_append(&message, "dataset \"");
  checker_append(&message, reader->dataset);
  checker_append(&message, "\" has no column \"");
  checker_append(&message, name);
  checker_append(&message, "\"; it has");
  for (int64_t i = 0; i < reader->schema.n_children; ++i) {
    checker_append(&message, i == 0 ? " \"" : ", \"");
    checker_append(&message, reader->schema.children[i]->name);
    checker_append(&message, "\"");
  }
  checker_panic(message.text);
}

/* The number of columns, and the name and type of one of them, counted from 0. */
static inline int64_t checker_column_count(const struct checker_reader* reader) {
  return reader->schema.n_children;
}
static inline const char* checker_column_name(const struct checker_reader* reader, int64_t index) {
  return reader->schema.children[index]->name;
}
static inline enum checker_type checker_column_type(const struct checker_reader* reader,
                                                    int64_t index) {
  int32_t precision, scale;
  return checker_type_of_format(reader->schema.children[index]->format, &precision, &scale);
}

/* Binds a column by its name. If there is none of this name, or it is of another type, the run ends
 * with an error that names dataset, column and type. Types are not converted: cast in the query. */
static inline CHECKER_ONCE_ void checker_bind(struct checker_reader* reader,
                                              struct checker_column* column, const char* name,
                                              enum checker_type type) {
  int64_t index = 0;
  const struct checker_text wanted = checker_text_of(name);
  while (index < reader->schema.n_children &&
         !checker_text_equal(checker_text_of(reader->schema.children[index]->name), wanted))
    ++index;
  if (index == reader->schema.n_children) checker_refuse_column_(reader, name);
  column->name = name;
  column->dataset = reader->dataset;
  column->index = index;
  column->type = checker_type_of_format(reader->schema.children[index]->format, &column->precision,
                                        &column->scale);
  if (column->type != type) checker_refuse_type_(reader->dataset, name, column->type, type);
  column->values = NULL;
  column->bytes = NULL;
  column->validity = NULL;
  column->next = reader->columns;
  reader->columns = column;
}

static inline const void* checker_values_(const struct checker_column* column,
                                          enum checker_type type) {
  if (column->type != type) checker_refuse_type_(column->dataset, column->name, column->type, type);
  return column->values;
}

/* The values below are those of rows that are not null; what a null has is not specified. Rows are
 * less than the reader's `rows`. */

static inline bool checker_is_null(const struct checker_column* column, size_t row) {
  return column->validity != NULL && !(column->validity[row / 8] >> (row % 8) & 1);
}

static inline bool checker_bool(const struct checker_column* column, size_t row) {
  return ((const uint8_t*)checker_values_(column, CHECKER_BOOL))[row / 8] >> (row % 8) & 1;
}

/* All values of the present batch, one for each row; and that of one row. */
static inline const int16_t* checker_int16_values(const struct checker_column* column) {
  return (const int16_t*)checker_values_(column, CHECKER_INT16);
}
static inline const int32_t* checker_int32_values(const struct checker_column* column) {
  return (const int32_t*)checker_values_(column, CHECKER_INT32);
}
static inline const int64_t* checker_int64_values(const struct checker_column* column) {
  return (const int64_t*)checker_values_(column, CHECKER_INT64);
}
static inline const float* checker_float_values(const struct checker_column* column) {
  return (const float*)checker_values_(column, CHECKER_FLOAT);
}
static inline const double* checker_double_values(const struct checker_column* column) {
  return (const double*)checker_values_(column, CHECKER_DOUBLE);
}
static inline int16_t checker_int16(const struct checker_column* column, size_t row) {
  return checker_int16_values(column)[row];
}
static inline int32_t checker_int32(const struct checker_column* column, size_t row) {
  return checker_int32_values(column)[row];
}
static inline int64_t checker_int64(const struct checker_column* column, size_t row) {
  return checker_int64_values(column)[row];
}
static inline float checker_float(const struct checker_column* column, size_t row) {
  return checker_float_values(column)[row];
}
static inline double checker_double(const struct checker_column* column, size_t row) {
  return checker_double_values(column)[row];
}

static inline struct checker_text checker_slice_(const struct checker_column* column, size_t row,
                                                 enum checker_type type) {
  struct checker_text text = {NULL, 0};
  const int32_t* offsets = (const int32_t*)checker_values_(column, type);
  if (checker_is_null(column, row)) return text;
  /* Where all texts of a batch are empty there may be no buffer of bytes. */
  text.data = column->bytes != NULL ? column->bytes + offsets[row] : "";
  text.length = (size_t)(offsets[row + 1] - offsets[row]);
  return text;
}

/* The text or bytes of a row, valid until the next checker_next or close; no text if it is null. */
static inline struct checker_text checker_text_at(const struct checker_column* column, size_t row) {
  return checker_slice_(column, row, CHECKER_TEXT);
}
static inline struct checker_text checker_bytea(const struct checker_column* column, size_t row) {
  return checker_slice_(column, row, CHECKER_BYTEA);
}

static inline int32_t checker_date(const struct checker_column* column, size_t row) {
  return ((const int32_t*)checker_values_(column, CHECKER_DATE))[row];
}
static inline int64_t checker_timestamp(const struct checker_column* column, size_t row) {
  return ((const int64_t*)checker_values_(column, CHECKER_TIMESTAMP))[row];
}
static inline int64_t checker_timestamptz(const struct checker_column* column, size_t row) {
  return ((const int64_t*)checker_values_(column, CHECKER_TIMESTAMPTZ))[row];
}
static inline struct checker_interval checker_interval_at(const struct checker_column* column,
                                                          size_t row) {
  return ((const struct checker_interval*)checker_values_(column, CHECKER_INTERVAL))[row];
}
/* 16 bytes, the first one first. */
static inline const uint8_t* checker_uuid(const struct checker_column* column, size_t row) {
  return (const uint8_t*)checker_values_(column, CHECKER_UUID) + 16 * row;
}
/* The digits as a whole number: 12.50 in a numeric(10,2) is 1250; column->scale says 2. */
static inline checker_int128 checker_decimal(const struct checker_column* column, size_t row) {
  const uint64_t* halves = (const uint64_t*)checker_values_(column, CHECKER_DECIMAL) + 2 * row;
  return (checker_int128)((checker_uint128)halves[1] << 64 | halves[0]);
}

/* ---- Reading a dataset as CSV ---------------------------------------------------------------- */

/* A reader of RFC 4180: records end with LF or CR LF, fields are separated by commas, and one that
 * is quoted may hold commas, line ends and doubled quotes. As COPY writes it, a field without
 * quotes that is empty is NULL, and "" is an empty text. Fields lie in the text itself, which the
 * reader changes: nothing is allocated. */
struct checker_csv {
  char* at;
  char* end;
};

/* Reads over a text of your own, which must be writable. */
static inline void checker_csv_over(struct checker_csv* csv, char* text, size_t length) {
  csv->at = text;
  csv->end = text + length;
}

/* Has the host write the whole dataset into this module's memory, as COPY ... CSV HEADER does: the
 * first record has the columns' names. Large datasets are better read in columns. */
static inline void checker_csv_open(struct checker_csv* csv, const char* dataset) {
  struct checker_text rows;
  checker_import_dataset_csv(dataset, checker_length(dataset), &rows);
  checker_csv_over(csv, (char*)rows.data, rows.length);
}

/* Reads the field at `at` and what separates it from the next one; true if it ends its record. */
static inline bool checker_csv_field_(struct checker_csv* csv, struct checker_text* field) {
  char* at = csv->at;
  char* const end = csv->end;
  char* start = at;
  if (at < end && *at == '"') {
    char* to = ++start;
    for (++at;; ++at) {
      if (at == end) checker_panic("malformed CSV: a quoted field does not end");
      if (*at == '"' && !(++at < end && *at == '"')) break;
      *to++ = *at;
    }
    field->data = start;
    field->length = (size_t)(to - start);
  } else {
    while (at < end && *at != ',' && *at != '\n' && !(*at == '\r' && at + 1 < end && at[1] == '\n'))
      ++at;
    field->data = at == start ? NULL : start;
    field->length = (size_t)(at - start);
  }
  csv->at = at;
  if (at == end) return true;
  if (*at == ',') {
    csv->at = at + 1;
    return false;
  }
  if (*at == '\r' && at + 1 < end) ++at;
  if (*at != '\n') checker_panic("malformed CSV: text behind a quoted field");
  csv->at = at + 1;
  return true;
}

/* Reads the next record into `fields`, as many as there is room for, and returns how many it has; 0
 * at the end. A field is valid as long as the text. */
static inline size_t checker_csv_next(struct checker_csv* csv, struct checker_text* fields,
                                      size_t room) {
  if (csv->at == csv->end) return 0;
  size_t count = 0;
  struct checker_text field;
  for (bool last = false; !last; ++count) {
    last = checker_csv_field_(csv, &field);
    if (count < room) fields[count] = field;
  }
  return count;
}

#ifdef __cplusplus
}
#endif

#endif
