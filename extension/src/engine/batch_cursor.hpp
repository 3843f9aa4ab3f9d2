// A dataset read batch by batch into memory of the host's own: for a host that makes an
// interpreter's values of the rows. The layout is that of dataset_next (arrow_layout.hpp).
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/dataset_reader.hpp"
#include "engine/host.hpp"
#include "engine/result.hpp"

namespace pg_checker::engine {

class BatchCursor {
 public:
  // A batch of more than one row has at most `batch_bytes`; one row may have `row_bytes`, and is an
  // Error of kind kMemory beyond. So are the long rows of all cursors that are open, together.
  struct Limits {
    uint64_t batch_bytes;
    uint64_t row_bytes;
  };
  static Result<std::unique_ptr<BatchCursor>> Open(Host& host, std::string_view dataset,
                                                   const Limits& limits);
  // Closes the reader if Close was not called; an Error is lost then.
  ~BatchCursor();
  BatchCursor(const BatchCursor&) = delete;
  BatchCursor& operator=(const BatchCursor&) = delete;

  const std::vector<StreamColumn>& columns() const { return reader_->columns(); }

  // Reads the next batch; what the last one had is void. Returns its rows, 0 at the end.
  Result<uint32_t> Next();
  // Bytes of the batch that hold something: what reading it is charged by.
  uint64_t filled_bytes() const { return batch_.filled_bytes(); }
  Result<void> Close();

  // Values of the present batch. `row` counts from 0 in it.
  bool IsNull(size_t column, uint32_t row) const {
    const uint8_t* validity = views_[column].validity;
    return validity != nullptr && (validity[row / 8] >> (row % 8) & 1) == 0;
  }
  bool HasNulls(size_t column) const { return views_[column].validity != nullptr; }
  template <typename Number>
  Number Fixed(size_t column, uint32_t row) const {
    Number number;
    std::memcpy(&number, views_[column].values + size_t{row} * sizeof(number), sizeof(number));
    return number;
  }
  // All values of a column of fixed width.
  const uint8_t* Values(size_t column) const { return views_[column].values; }
  bool Bit(size_t column, uint32_t row) const {
    return (views_[column].values[row / 8] >> (row % 8) & 1) != 0;
  }
  // Of a column of variable width.
  std::string_view Bytes(size_t column, uint32_t row) const {
    const int32_t* offsets = views_[column].offsets;
    return {reinterpret_cast<const char*>(views_[column].values) + offsets[row],
            static_cast<size_t>(offsets[row + 1] - offsets[row])};
  }

 private:
  struct View {
    const uint8_t* validity;  // null: no value is null
    const uint8_t* values;
    const int32_t* offsets;
  };

  BatchCursor(std::unique_ptr<DatasetReader> reader, const std::vector<ColumnLayout>& layouts,
              const Limits& limits);
  // The size of a block that is not for one long row.
  uint64_t OrdinaryBytes() const;
  // Has a block of so many bytes in place of the present one.
  Result<void> Replace(uint64_t bytes);
  void Release();
  Result<void> Fill();
  void Look();

  std::unique_ptr<DatasetReader> reader_;
  Batch batch_;
  std::vector<ColumnLayout> layouts_;
  Limits limits_;
  std::unique_ptr<uint8_t[]> block_;
  uint64_t block_bytes_ = 0;
  uint64_t extra_bytes_ = 0;  // of the block, beyond the ordinary size
  std::vector<View> views_;
  bool ended_ = false;
  bool closed_ = false;
};

}  // namespace pg_checker::engine
