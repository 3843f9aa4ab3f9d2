#include "engine/batch_cursor.hpp"

#include <algorithm>
#include <utility>

namespace pg_checker::engine {

namespace {

// As dataset_next has it: a short first block, because most datasets are short.
constexpr uint64_t kFirstBlockBytes = 64u << 10;

// What the blocks of all cursors have beyond their ordinary sizes.
thread_local constinit uint64_t all_extra_bytes = 0;

uint32_t Pointer(const uint8_t* at) {
  uint32_t pointer;
  std::memcpy(&pointer, at, sizeof(pointer));
  return pointer;
}

}  // namespace

BatchCursor::BatchCursor(std::unique_ptr<DatasetReader> reader,
                         const std::vector<ColumnLayout>& layouts, const Limits& limits)
    : reader_(std::move(reader)),
      batch_(layouts),
      layouts_(layouts),
      limits_(limits),
      views_(layouts.size()) {}

Result<std::unique_ptr<BatchCursor>> BatchCursor::Open(Host& host, std::string_view dataset,
                                                       const Limits& limits) {
  Result<std::unique_ptr<DatasetReader>> reader = host.OpenDataset(dataset);
  if (!reader.ok()) return reader.error();
  std::vector<ColumnLayout> layouts;
  for (const StreamColumn& column : (*reader)->columns()) {
    const std::optional<ColumnLayout> layout = LayoutOfFormat(column.format);
    if (!layout.has_value())
      return Error{ErrorKind::kTrap, "column format \"" + column.format + "\" is unknown"};
    layouts.push_back(*layout);
  }
  return std::unique_ptr<BatchCursor>(new BatchCursor(std::move(*reader), layouts, limits));
}

BatchCursor::~BatchCursor() {
  if (!closed_) static_cast<void>(Close().ok());
}

Result<void> BatchCursor::Close() {
  closed_ = true;
  Release();
  return reader_->Close();
}

uint64_t BatchCursor::OrdinaryBytes() const {
  return std::max(batch_.least_block_bytes(), batch_.descriptor_bytes() + limits_.batch_bytes);
}

Result<void> BatchCursor::Replace(uint64_t bytes) {
  Release();
  const uint64_t ordinary = OrdinaryBytes();
  const uint64_t extra = bytes > ordinary ? bytes - ordinary : 0;
  if (extra > 0 && all_extra_bytes + extra > limits_.row_bytes) {
    return Error{ErrorKind::kMemory,
                 "the rows of all open readings together do not fit into memory", "",
                 "Close readings before others are opened, or raise checker.memory_limit."};
  }
  block_ = std::unique_ptr<uint8_t[]>(new uint8_t[bytes]);
  block_bytes_ = bytes;
  extra_bytes_ = extra;
  all_extra_bytes += extra;
  return {};
}

void BatchCursor::Release() {
  block_.reset();
  block_bytes_ = 0;
  all_extra_bytes -= std::exchange(extra_bytes_, 0);
}

Result<void> BatchCursor::Fill() {
  batch_.Place(block_.get(), 0);
  Result<DatasetReader::Progress> progress = reader_->Fill(batch_);
  if (!progress.ok()) return progress.error();
  ended_ = *progress == DatasetReader::Progress::kEnded;
  return {};
}

Result<uint32_t> BatchCursor::Next() {
  if (ended_) {
    Release();
    return uint32_t{0};
  }
  const uint64_t wanted =
      block_ == nullptr
          ? std::max(batch_.least_block_bytes(), std::min(kFirstBlockBytes, limits_.batch_bytes))
          : OrdinaryBytes();
  // Smaller again, too, after a long row.
  if (wanted != block_bytes_) {
    if (Result<void> replaced = Replace(wanted); !replaced.ok()) return replaced.error();
  }
  batch_.PlanRows(block_bytes_);
  if (Result<void> filled = Fill(); !filled.ok()) return filled.error();
  if (batch_.rows() == 0 && !ended_) {
    const uint64_t needed = batch_.PlanForWaitingRow(block_bytes_);
    if (needed > limits_.row_bytes) {
      return Error{ErrorKind::kMemory,
                   "a row of " + std::to_string(needed) + " bytes does not fit into memory", "",
                   "Let the dataset return shorter values, or raise checker.memory_limit."};
    }
    if (needed > block_bytes_) {
      if (Result<void> replaced = Replace(needed); !replaced.ok()) return replaced.error();
    }
    if (Result<void> filled = Fill(); !filled.ok()) return filled.error();
  }
  if (batch_.rows() == 0) {
    Release();
    return uint32_t{0};
  }
  Look();
  return batch_.rows();
}

// Finds the buffers through the descriptors that Finish writes, as a guest would.
void BatchCursor::Look() {
  uint8_t root[arrow::kArrayBytes];
  batch_.Finish(root);
  const uint8_t* const block = block_.get();
  const uint8_t* const children = block + Pointer(root + arrow::kArrayChildren);
  for (size_t i = 0; i < views_.size(); ++i) {
    const uint8_t* const array = block + Pointer(children + i * sizeof(uint32_t));
    const uint8_t* const buffers = block + Pointer(array + arrow::kArrayBuffers);
    const auto buffer = [&](size_t number) {
      const uint32_t pointer = Pointer(buffers + number * sizeof(uint32_t));
      return pointer == 0 ? nullptr : block + pointer;
    };
    View& view = views_[i];
    view.validity = buffer(0);
    const bool variable = layouts_[i].kind == ColumnLayout::Kind::kVariable;
    view.offsets = variable ? reinterpret_cast<const int32_t*>(buffer(1)) : nullptr;
    view.values = buffer(variable ? 2 : 1);
  }
}

}  // namespace pg_checker::engine
