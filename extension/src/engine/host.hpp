// What a guest may ask of its surroundings. The engine checks pointers and text and knows nothing
// else; whoever runs a guest implements this interface (a PostgreSQL backend, a test, later the
// sidecar's plugin runner).
//
// Every method is called on the thread that runs the guest, while guest frames lie below on the
// stack: an implementation must return, never throw and never longjmp past its caller. A Result
// with an Error stops the guest; kStopped means that the implementation keeps an error of its own,
// which it raises after the run has unwound. Text arguments are valid UTF-8 and live only for the
// call.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "engine/dataset_reader.hpp"
#include "engine/result.hpp"

namespace pg_checker::engine {

enum class Outcome { kFail, kWarn, kSucceed };

// How assert_row_count compares: rows OP limit. The numbers are the guest's.
enum class RowCountOperator : uint32_t {
  kEqual = 0,
  kNotEqual = 1,
  kLess = 2,
  kAtMost = 3,
  kGreater = 4,
  kAtLeast = 5,
};

enum class LogLevel : uint32_t { kDebug = 0, kInfo = 1, kWarning = 2, kError = 3 };

// What an assertion on a program's own values compared, as texts for people.
struct Comparison {
  std::string expected;  // "< 42"
  std::string actual;    // "57"
};

class Host {
 public:
  virtual ~Host() = default;

  // Asked between fuel slices, between the chunks of bulk operations and while a guest sleeps. An
  // Error ends the run: kTimeout for the checker's own deadline, kStopped for what is not the
  // checker's fault.
  virtual Result<void> Continue() = 0;

  // The flag at which large function bodies, growth and host calls look besides; null if there is
  // none.
  virtual const volatile int* StopFlag() const = 0;

  virtual Result<void> Record(Outcome outcome, std::string_view message) = 0;

  // The rows of a declared dataset as CSV in UTF-8, as COPY ... CSV HEADER writes it. An Error of
  // kind kMemory if it would be longer than limit_bytes.
  virtual Result<std::string> DatasetCsv(std::string_view dataset, uint64_t limit_bytes) = 0;

  // Opens a declared dataset for reading in batches. The reader is closed before the run ends.
  virtual Result<std::unique_ptr<DatasetReader>> OpenDataset(std::string_view dataset) = 0;

  // Assertions decided by the host. The value says whether the assertion holds; it has been
  // recorded.
  virtual Result<bool> AssertEmpty(std::string_view dataset, std::string_view message) = 0;
  virtual Result<bool> AssertNotEmpty(std::string_view dataset, std::string_view message) = 0;
  virtual Result<bool> AssertRowCount(std::string_view dataset, RowCountOperator op, int64_t limit,
                                      std::string_view message) = 0;
  virtual Result<bool> AssertEqual(std::string_view left, std::string_view right,
                                   std::string_view message) = 0;
  // assert_true (expected) and assert_false (not expected) on a value of the guest's.
  virtual Result<bool> AssertBoolean(bool value, bool expected, std::string_view message) = 0;
  // An assertion that an interpreter's host has decided itself.
  virtual Result<bool> AssertComparison(bool holds, const Comparison& comparison,
                                        std::string_view message) = 0;

  // Microseconds since 1970-01-01 UTC; the same for the whole run.
  virtual int64_t NowMicroseconds() = 0;
  virtual Result<bool> BusinessDay() = 0;

  // A parameter as JSON text; nothing if absent.
  virtual std::optional<std::string> Param(std::string_view name) = 0;

  virtual Result<void> Log(LogLevel level, std::string_view text) = 0;
};

}  // namespace pg_checker::engine
