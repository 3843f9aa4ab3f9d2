/*
 * The guest ABI of pg_checker, version 1, for C and C++ compiled to wasm32: every function of
 * module `checker` under the name checker_NAME, and the structs of the batches.
 *
 * Texts are UTF-8, a pointer and a length in bytes. A pointer out of bounds, text that is not
 * UTF-8, a dataset that the checker did not declare: each ends the run with status error. The
 * program exports `check` (CHECKER_EXPORT) and its memory.
 */
#ifndef CHECKER_ABI_H
#define CHECKER_ABI_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CHECKER_IMPORT(name) __attribute__((import_module("checker"), import_name(#name)))
#define CHECKER_EXPORT(name) __attribute__((export_name(#name)))

/* Outcomes of the program's own making. */
CHECKER_IMPORT(fail) void checker_fail(const char* message, size_t length);
CHECKER_IMPORT(warn) void checker_warn(const char* message, size_t length);
CHECKER_IMPORT(succeed) void checker_succeed(const char* message, size_t length);

/* Assertions that the host decides; each returns 1 where it holds, else 0. The rows never come into
 * the program's memory. */
CHECKER_IMPORT(assert_empty)
int32_t checker_assert_empty(const char* dataset, size_t dataset_length, const char* message,
                             size_t length);
CHECKER_IMPORT(assert_not_empty)
int32_t checker_assert_not_empty(const char* dataset, size_t dataset_length, const char* message,
                                 size_t length);
CHECKER_IMPORT(assert_less_than)
int32_t checker_assert_less_than(const char* dataset, size_t dataset_length, int64_t limit,
                                 const char* message, size_t length);
CHECKER_IMPORT(assert_greater_than)
int32_t checker_assert_greater_than(const char* dataset, size_t dataset_length, int64_t limit,
                                    const char* message, size_t length);
enum checker_operator {
  CHECKER_EQUAL = 0,
  CHECKER_NOT_EQUAL = 1,
  CHECKER_LESS = 2,
  CHECKER_AT_MOST = 3,
  CHECKER_GREATER = 4,
  CHECKER_AT_LEAST = 5
};
CHECKER_IMPORT(assert_row_count)
int32_t checker_assert_row_count(const char* dataset, size_t dataset_length,
                                 enum checker_operator operation, int64_t limit,
                                 const char* message, size_t length);
CHECKER_IMPORT(assert_equal)
int32_t checker_assert_equal(const char* left, size_t left_length, const char* right,
                             size_t right_length, const char* message, size_t length);
CHECKER_IMPORT(assert_true)
int32_t checker_assert_true(int32_t value, const char* message, size_t length);
CHECKER_IMPORT(assert_false)
int32_t checker_assert_false(int32_t value, const char* message, size_t length);

/* A text in the program's memory, made by its own allocator. */
struct checker_text {
  const char* data;
  size_t length;
};

/* The rows of a dataset as CSV, as COPY ... CSV HEADER writes it. */
CHECKER_IMPORT(dataset_csv)
void checker_dataset_csv(const char* dataset, size_t length, struct checker_text* rows);

/* A parameter of the run as JSON text, and the run's input; 0 if there is none. */
CHECKER_IMPORT(param_get)
int32_t checker_param_get(const char* name, size_t length, struct checker_text* value);
CHECKER_IMPORT(input_get) int32_t checker_input_get(struct checker_text* value);

/* Microseconds since 1970-01-01 UTC; the same for the whole run. */
CHECKER_IMPORT(now) int64_t checker_now(void);
/* 1 from Monday to Friday unless it is a holiday. */
CHECKER_IMPORT(business_day) int32_t checker_business_day(void);

enum checker_log_level {
  CHECKER_DEBUG = 0,
  CHECKER_INFO = 1,
  CHECKER_WARNING = 2,
  CHECKER_ERROR = 3
};
CHECKER_IMPORT(log)
void checker_log(enum checker_log_level level, const char* text, size_t length);

/*
 * Reading a dataset in batches of columns: the structs of the Arrow C data interface. `release` is
 * null, because the host owns what they point to; libraries that take null for "released" want a
 * function there that does nothing.
 */
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

/* Starts reading; the handle is 1 or more. */
CHECKER_IMPORT(dataset_open) int32_t checker_dataset_open(const char* dataset, size_t length);
/* The columns, valid until the handle is closed. */
CHECKER_IMPORT(dataset_schema) void checker_dataset_schema(int32_t handle, struct ArrowSchema* out);
/* The next batch, valid until the next call with the handle. Returns its number of rows, 0 at the
 * end. */
CHECKER_IMPORT(dataset_next) uint32_t checker_dataset_next(int32_t handle, struct ArrowArray* out);
CHECKER_IMPORT(dataset_close) void checker_dataset_close(int32_t handle);

#ifdef __cplusplus
}
#endif

#endif
