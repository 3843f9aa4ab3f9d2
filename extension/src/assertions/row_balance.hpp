// Two multisets of rows, held against each other: for each row, known by a hash, how much more
// often it stands on one side than on the other.
//
// A hash table of many small parts: each one grows for itself, so that no row takes longer than a
// fraction of a millisecond and a cancel is heard between any two of them, and the whole is given
// back as a few blocks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace pg_checker::assertions {

// 128 bits that stand for a row. They must be as good as random: both halves choose places.
struct RowHash {
  uint64_t high;
  uint64_t low;
  bool operator==(const RowHash&) const = default;
};

class RowBalance {
 public:
  // Memory that a row with a balance takes at most, in bytes: a part is at least 3/8 full when it
  // has just grown.
  static constexpr size_t kBytesPerRow = 64;

  RowBalance() : parts_(kParts) {}

  // Adds to the balance of a row and returns the new one. Rows of balance 0 make room for others.
  // Throws std::bad_alloc and leaves all as it was.
  int64_t Add(const RowHash& row, int64_t weight);
  int64_t Of(const RowHash& row) const;

  // Rows whose balance is not 0, and the sum of what these differ by.
  size_t rows() const { return rows_; }
  uint64_t differences() const { return differences_; }

 private:
  struct Entry {
    RowHash row;
    int64_t balance;  // 0: vacant
  };
  // Open addressing with linear probing.
  struct Part {
    std::unique_ptr<Entry[]> entries;
    size_t capacity = 0;  // a power of 2, or none yet
    size_t used = 0;

    Entry* Find(const RowHash& row) const;  // the row's entry, or the vacant one for it
    void Grow();
    void Vacate(Entry* entry);
  };
  static constexpr size_t kParts = 1024;

  std::vector<Part> parts_;
  size_t rows_ = 0;
  uint64_t differences_ = 0;
};

}  // namespace pg_checker::assertions
