// One batch of rows on its way into a guest's memory, column by column, in Arrow's layout.
//
// The guest's memory is written, never read back: sizes and offsets are kept here, so nothing that
// a guest does to its memory between two batches leads the host astray. Rows are appended by inline
// functions, because a dataset's executor calls them for each value; none of them throws or owns
// anything, so an error of the server's may jump over them.
//
// A block of guest memory holds a batch: first the descriptors (the children's ArrowArrays and
// their pointers to buffers), then the buffers. How large each buffer is, is planned before a batch
// is filled, from what the last one held.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#include "engine/arrow_layout.hpp"

namespace pg_checker::engine {

class Batch {
 public:
  static constexpr uint32_t kRowsAtMost = 65536;

  explicit Batch(const std::vector<ColumnLayout>& layouts);

  // Bytes of a block that are taken whatever it holds, and those of a block with one row of values
  // of no length.
  uint64_t descriptor_bytes() const { return descriptor_bytes_; }
  uint64_t least_block_bytes() const;

  // Plans for as many rows as fit into a block of `block_bytes`, at least one.
  void PlanRows(uint64_t block_bytes);
  // Plans so that the row that NoteRowBytes described fits, with others if there is room. Returns
  // the bytes of the block that takes, which may be more than `block_bytes`.
  uint64_t PlanForWaitingRow(uint64_t block_bytes);
  // Starts an empty batch in a block at offset `pointer` of the guest's memory, whose first byte is
  // at `block`. The block must be as large as planned.
  void Place(uint8_t* block, uint32_t pointer);

  // Appending a row: one Put for each column, then EndRow. The row must not be begun when full().
  void PutNull(size_t column);
  template <typename Value>
  void PutFixed(size_t column, Value value) {
    std::memcpy(columns_[column].values + size_t{rows_} * sizeof(Value), &value, sizeof(Value));
  }
  void PutFixedBytes(size_t column, const void* bytes) {
    const Column& target = columns_[column];
    std::memcpy(target.values + size_t{rows_} * target.width, bytes, target.width);
  }
  void PutBit(size_t column, bool value) {
    if (value) columns_[column].values[rows_ / 8] |= static_cast<uint8_t>(1u << (rows_ % 8));
  }
  // False if there is no room: the row must be abandoned then, and the batch is at its end.
  [[nodiscard]] bool PutBytes(size_t column, const char* bytes, size_t length) {
    Column& target = columns_[column];
    if (length > target.capacity - target.used) return false;
    std::memcpy(target.values + target.used, bytes, length);
    target.used += static_cast<uint32_t>(length);
    target.offsets[rows_ + 1] = static_cast<int32_t>(target.used);
    return true;
  }
  void EndRow() { ++rows_; }
  void AbandonRow();
  bool full() const { return rows_ == row_capacity_; }
  uint32_t rows() const { return rows_; }

  // For a row that does not fit into an empty batch: how long its value in a variable column is.
  // Said for every such column before PlanForWaitingRow.
  void NoteRowBytes(size_t column, uint64_t length) { columns_[column].waiting = length; }

  // Writes the descriptors, and the root ArrowArray into `root` (64 bytes). Learns from the batch
  // how long values are.
  void Finish(uint8_t* root);
  // Bytes of the finished batch's buffers that hold something.
  uint64_t filled_bytes() const;

 private:
  struct Column {
    uint8_t* validity;  // set from the first null on
    uint8_t* values;
    int32_t* offsets;
    uint32_t used;      // bytes of a variable column
    uint32_t capacity;  // the same, at most
    uint32_t width;
    ColumnLayout::Kind kind;
    uint32_t nulls;
    // Where the buffers lie in the block.
    uint32_t validity_at, values_at, offsets_at;
    double expected;   // bytes of a value of a variable column
    uint64_t waiting;  // bytes that the waiting row has in it
  };

  uint64_t FixedBytes(uint64_t rows) const;
  uint64_t LayOut(uint32_t rows);

  std::vector<Column> columns_;
  uint64_t descriptor_bytes_;
  uint64_t fixed_bits_per_row_ = 0;
  size_t variable_columns_ = 0;
  uint32_t rows_ = 0;
  uint32_t row_capacity_ = 0;
  uint8_t* block_ = nullptr;
  uint32_t pointer_ = 0;
};

}  // namespace pg_checker::engine
