// Where assertions get their rows from: an interface, implemented over SPI in postgres/ and by
// vectors in tests.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/result.hpp"

namespace pg_checker::assertions {

// How far to read. The first `decide_at` rows decide the assertion if there are so many: it holds
// then if `enough_holds`, and reading stops; else reading goes on to `count_to` rows, for the sake
// of the figure.
struct RowBudget {
  uint64_t decide_at;
  bool enough_holds;
  uint64_t count_to;
};

struct RowScan {
  uint64_t rows = 0;                  // read
  bool ended = false;                 // there were no more
  std::optional<std::string> sample;  // the first rows as a JSON array, unless the assertion holds
};

struct RowComparison {
  bool comparable = true;  // same number and types of columns
  uint64_t left_rows = 0;
  uint64_t right_rows = 0;
  uint64_t differences = 0;  // rows that one side has more often than the other
  std::optional<std::string>
      sample;  // of these, a JSON array of {"side": "left"|"right", "row": {…}}
};

class RowSource {
 public:
  virtual ~RowSource() = default;

  // Reads rows of a declared dataset. `ended_holds(rows)` says whether the assertion holds when the
  // dataset ends after so many rows, fewer than decide_at.
  virtual engine::Result<RowScan> Read(std::string_view dataset, const RowBudget& budget,
                                       bool (*ended_holds)(uint64_t rows, const void* argument),
                                       const void* argument) = 0;

  // Compares two declared datasets as multisets of rows.
  virtual engine::Result<RowComparison> Compare(std::string_view left, std::string_view right) = 0;
};

}  // namespace pg_checker::assertions
