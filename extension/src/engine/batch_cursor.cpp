#include "engine/batch_cursor.hpp"

#include <algorithm>
#include <utility>

namespace pg_checker::engine {

namespace {

// As dataset_next has it: a short first block, because most datasets are short.
constexpr uint64_t kFirstBlockBytes = 64u << 10;

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
  return reader_->Close();
}

Result<void> BatchCursor::Fill() {
  batch_.Place(block_.get(), 0);
  Result<DatasetReader::Progress> progress = reader_->Fill(batch_);
  if (!progress.ok()) return progress.error();
  ended_ = *progress == DatasetReader::Progress::kEnded;
  return {};
}

Result<uint32_t> BatchCursor::Next() {
  if (ended_) return uint32_t{0};
  const uint64_t least = batch_.least_block_bytes();
  const uint64_t wanted = block_ == nullptr
                              ? std::max(least, std::min(kFirstBlockBytes, limits_.batch_bytes))
                              : std::max(least, batch_.descriptor_bytes() + limits_.batch_bytes);
  const auto enlarge = [this](uint64_t bytes) {
    if (bytes <= block_bytes_) return;
    block_.reset();
    block_ = std::unique_ptr<uint8_t[]>(new uint8_t[bytes]);
    block_bytes_ = bytes;
  };
  enlarge(wanted);
  batch_.PlanRows(block_bytes_);
  if (Result<void> filled = Fill(); !filled.ok()) return filled.error();
  if (batch_.rows() == 0 && !ended_) {
    const uint64_t needed = batch_.PlanForWaitingRow(block_bytes_);
    if (needed > limits_.row_bytes) {
      return Error{ErrorKind::kMemory,
                   "a row of " + std::to_string(needed) + " bytes does not fit into memory", "",
                   "Let the dataset return shorter values, or raise checker.memory_limit."};
    }
    enlarge(needed);
    if (Result<void> filled = Fill(); !filled.ok()) return filled.error();
  }
  if (batch_.rows() == 0) return uint32_t{0};
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
