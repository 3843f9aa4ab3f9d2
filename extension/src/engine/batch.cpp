#include "engine/batch.hpp"

#include <algorithm>
#include <bit>

namespace pg_checker::engine {

// Numbers are copied as they lie in memory, and Arrow's bits are numbered likewise.
static_assert(std::endian::native == std::endian::little);

namespace {

// Of every buffer, and of the structs.
constexpr uint64_t kAlignment = 8;
// What a text is taken to be long before any has been seen.
constexpr double kExpectedBytes = 24;
// A batch ends when one column's room is used up, so each gets a little more than it had.
constexpr double kHeadroom = 1.125;

constexpr uint32_t kBuffersAtMost = 3;  // of a column: validity, offsets, values
constexpr uint32_t kPointerBytes = 4;
constexpr uint64_t kBufferListBytes = 16;  // of a column, aligned
constexpr uint64_t kRootBufferListBytes = 8;

constexpr uint64_t Aligned(uint64_t bytes) {
  return (bytes + kAlignment - 1) / kAlignment * kAlignment;
}
constexpr uint64_t BitBytes(uint64_t bits) { return Aligned((bits + 7) / 8); }

template <typename Number>
void Store(uint8_t* at, Number number) {
  std::memcpy(at, &number, sizeof(number));
}

}  // namespace

Batch::Batch(const std::vector<ColumnLayout>& layouts)
    : descriptor_bytes_(kRootBufferListBytes + Aligned(layouts.size() * kPointerBytes) +
                        layouts.size() * (arrow::kArrayBytes + kBufferListBytes)) {
  static_assert(kBufferListBytes >= kBuffersAtMost * kPointerBytes);
  for (const ColumnLayout& layout : layouts) {
    Column column = {};
    column.kind = layout.kind;
    column.width = layout.width;
    column.expected = kExpectedBytes;
    columns_.push_back(column);
    switch (layout.kind) {
      case ColumnLayout::Kind::kBits:
        fixed_bits_per_row_ += 2;
        break;
      case ColumnLayout::Kind::kFixed:
        fixed_bits_per_row_ += 1 + 8 * uint64_t{layout.width};
        break;
      case ColumnLayout::Kind::kVariable:
        fixed_bits_per_row_ += 1 + 8 * sizeof(int32_t);
        ++variable_columns_;
        break;
    }
  }
}

uint64_t Batch::FixedBytes(uint64_t rows) const {
  uint64_t bytes = 0;
  for (const Column& column : columns_) {
    bytes += BitBytes(rows);
    switch (column.kind) {
      case ColumnLayout::Kind::kBits:
        bytes += BitBytes(rows);
        break;
      case ColumnLayout::Kind::kFixed:
        bytes += Aligned(rows * column.width);
        break;
      case ColumnLayout::Kind::kVariable:
        bytes += Aligned((rows + 1) * sizeof(int32_t));
        break;
    }
  }
  return bytes;
}

uint64_t Batch::least_block_bytes() const { return descriptor_bytes_ + FixedBytes(1); }

// Places the buffers for so many rows and the capacities that the columns have; returns the bytes
// of the block.
uint64_t Batch::LayOut(uint32_t rows) {
  row_capacity_ = rows;
  uint64_t at = descriptor_bytes_;
  for (Column& column : columns_) {
    column.validity_at = static_cast<uint32_t>(at);
    at += BitBytes(rows);
    switch (column.kind) {
      case ColumnLayout::Kind::kBits:
        column.values_at = static_cast<uint32_t>(at);
        at += BitBytes(rows);
        break;
      case ColumnLayout::Kind::kFixed:
        column.values_at = static_cast<uint32_t>(at);
        at += Aligned(uint64_t{rows} * column.width);
        break;
      case ColumnLayout::Kind::kVariable:
        column.offsets_at = static_cast<uint32_t>(at);
        at += Aligned((uint64_t{rows} + 1) * sizeof(int32_t));
        column.values_at = static_cast<uint32_t>(at);
        at += Aligned(column.capacity);
        break;
    }
  }
  return at;
}

void Batch::PlanRows(uint64_t block_bytes) {
  const uint64_t room = std::max(block_bytes, descriptor_bytes_) - descriptor_bytes_;
  double expected = 0;
  for (const Column& column : columns_) {
    if (column.kind == ColumnLayout::Kind::kVariable) expected += column.expected;
  }
  // A dataset may have no column at all.
  const double bits_per_row =
      std::max(1.0, static_cast<double>(fixed_bits_per_row_) + 8 * expected);
  const double fits = static_cast<double>(room) * 8 / bits_per_row;
  auto rows = static_cast<uint32_t>(std::clamp(fits, 1.0, static_cast<double>(kRowsAtMost)));
  while (rows > 1 && FixedBytes(rows) > room) rows -= std::max(1u, rows / 64);
  const uint64_t fixed = FixedBytes(rows);
  const double left = room > fixed ? static_cast<double>(room - fixed) : 0;
  for (Column& column : columns_) {
    if (column.kind != ColumnLayout::Kind::kVariable) continue;
    const double share = std::min(left * column.expected / expected, double{INT32_MAX});
    column.capacity = static_cast<uint32_t>(share) / kAlignment * kAlignment;
  }
  LayOut(rows);
}

uint64_t Batch::PlanForWaitingRow(uint64_t block_bytes) {
  for (Column& column : columns_)
    column.expected = std::max(column.expected, static_cast<double>(column.waiting + kAlignment));
  PlanRows(block_bytes);
  const bool fits = std::all_of(columns_.begin(), columns_.end(), [](const Column& column) {
    return column.kind != ColumnLayout::Kind::kVariable || column.capacity >= column.waiting;
  });
  if (fits && LayOut(row_capacity_) <= block_bytes) return block_bytes;
  for (Column& column : columns_) column.capacity = static_cast<uint32_t>(column.waiting);
  return LayOut(1);
}

void Batch::Place(uint8_t* block, uint32_t pointer) {
  block_ = block;
  pointer_ = pointer;
  rows_ = 0;
  for (Column& column : columns_) {
    column.validity = block + column.validity_at;
    column.values = block + column.values_at;
    column.nulls = 0;
    column.used = 0;
    if (column.kind == ColumnLayout::Kind::kBits) {
      std::memset(column.values, 0, BitBytes(row_capacity_));
    } else if (column.kind == ColumnLayout::Kind::kVariable) {
      column.offsets = reinterpret_cast<int32_t*>(block + column.offsets_at);
      column.offsets[0] = 0;
    }
  }
}

void Batch::PutNull(size_t column) {
  Column& target = columns_[column];
  if (target.nulls++ == 0) std::memset(target.validity, 0xFF, BitBytes(row_capacity_));
  target.validity[rows_ / 8] &= static_cast<uint8_t>(~(1u << (rows_ % 8)));
  if (target.kind == ColumnLayout::Kind::kFixed) {
    std::memset(target.values + size_t{rows_} * target.width, 0, target.width);
  } else if (target.kind == ColumnLayout::Kind::kVariable) {
    target.offsets[rows_ + 1] = static_cast<int32_t>(target.used);
  }
}

// The guest has not run since the row was begun: what stands in its memory is what was put there.
void Batch::AbandonRow() {
  for (Column& column : columns_) {
    if (column.kind == ColumnLayout::Kind::kVariable)
      column.used = static_cast<uint32_t>(column.offsets[rows_]);
    const bool is_null =
        column.nulls > 0 && (column.validity[rows_ / 8] & (1u << (rows_ % 8))) == 0;
    if (is_null) --column.nulls;
  }
}

void Batch::Finish(uint8_t* root) {
  const uint32_t children_at = kRootBufferListBytes;
  const auto arrays_at =
      static_cast<uint32_t>(children_at + Aligned(columns_.size() * kPointerBytes));
  const auto lists_at = static_cast<uint32_t>(arrays_at + columns_.size() * arrow::kArrayBytes);
  std::memset(block_, 0, descriptor_bytes_);
  for (size_t i = 0; i < columns_.size(); ++i) {
    Column& column = columns_[i];
    const auto array_at = static_cast<uint32_t>(arrays_at + i * arrow::kArrayBytes);
    const auto list_at = static_cast<uint32_t>(lists_at + i * kBufferListBytes);
    Store(block_ + children_at + i * kPointerBytes, pointer_ + array_at);
    uint8_t* const array = block_ + array_at;
    Store(array + arrow::kArrayLength, int64_t{rows_});
    Store(array + arrow::kArrayNullCount, int64_t{column.nulls});
    Store(array + arrow::kArrayBuffers, pointer_ + list_at);
    uint8_t* const list = block_ + list_at;
    if (column.nulls > 0) Store(list, pointer_ + column.validity_at);
    if (column.kind == ColumnLayout::Kind::kVariable) {
      Store(array + arrow::kArrayBufferCount, int64_t{3});
      Store(list + kPointerBytes, pointer_ + column.offsets_at);
      Store(list + 2 * kPointerBytes, pointer_ + column.values_at);
      if (rows_ > 0) column.expected = 1 + kHeadroom * column.used / rows_;
    } else {
      Store(array + arrow::kArrayBufferCount, int64_t{2});
      Store(list + kPointerBytes, pointer_ + column.values_at);
    }
  }
  std::memset(root, 0, arrow::kArrayBytes);
  Store(root + arrow::kArrayLength, int64_t{rows_});
  Store(root + arrow::kArrayBufferCount, int64_t{1});
  Store(root + arrow::kArrayBuffers, pointer_);
  Store(root + arrow::kArrayChildCount, static_cast<int64_t>(columns_.size()));
  Store(root + arrow::kArrayChildren, pointer_ + children_at);
}

uint64_t Batch::filled_bytes() const {
  uint64_t bytes = 0;
  for (const Column& column : columns_) {
    if (column.nulls > 0) bytes += BitBytes(rows_);
    switch (column.kind) {
      case ColumnLayout::Kind::kBits:
        bytes += BitBytes(rows_);
        break;
      case ColumnLayout::Kind::kFixed:
        bytes += uint64_t{rows_} * column.width;
        break;
      case ColumnLayout::Kind::kVariable:
        bytes += (uint64_t{rows_} + 1) * sizeof(int32_t) + column.used;
        break;
    }
  }
  return bytes;
}

}  // namespace pg_checker::engine
