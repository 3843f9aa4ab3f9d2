#include "engine/dataset_streams.hpp"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

#include "engine/host_call.hpp"
#include "engine/utf8.hpp"

namespace pg_checker::engine {

namespace {

// The first block of a stream is short, as most datasets are: with what aligning takes it is one
// page. The second has what checker.batch_bytes allows.
constexpr uint64_t kAlignment = 8;
constexpr uint64_t kFirstBlockBytes = (64u << 10) - kAlignment;
constexpr uint64_t kBytesPerTick = 64;

template <typename Number>
void Store(std::string& bytes, size_t at, Number number) {
  std::memcpy(bytes.data() + at, &number, sizeof(number));
}

// The root schema, and the block that it points into: children, then names and formats.
struct SchemaImage {
  std::string root;
  std::string block;
};

// `pointer` is where the block will lie.
SchemaImage DrawSchema(const std::vector<StreamColumn>& columns, uint32_t pointer) {
  SchemaImage image;
  const size_t count = columns.size();
  const size_t pointers_bytes = (count * 4 + kAlignment - 1) / kAlignment * kAlignment;
  image.block.resize(pointers_bytes + count * arrow::kSchemaBytes);
  auto append = [&](std::string_view text) {
    const auto at = static_cast<uint32_t>(pointer + image.block.size());
    image.block.append(text).push_back('\0');
    return at;
  };
  for (size_t i = 0; i < count; ++i) {
    const size_t at = pointers_bytes + i * arrow::kSchemaBytes;
    Store(image.block, i * 4, static_cast<uint32_t>(pointer + at));
    Store(image.block, at + arrow::kSchemaFormat, append(columns[i].format));
    Store(image.block, at + arrow::kSchemaName, append(columns[i].name));
    Store(image.block, at + arrow::kSchemaFlags, arrow::kFlagNullable);
  }
  image.root.resize(arrow::kSchemaBytes);
  Store(image.root, arrow::kSchemaFormat, append(arrow::kStructFormat));
  Store(image.root, arrow::kSchemaName, append(""));
  Store(image.root, arrow::kSchemaChildCount, static_cast<int64_t>(count));
  Store(image.root, arrow::kSchemaChildren, pointer);
  return image;
}

}  // namespace

Result<void> DatasetStreams::Open(HostCall& call) {
  Result<std::string> name = call.DatasetName(0);
  if (!name.ok()) return name.error();
  const auto open = static_cast<size_t>(std::count_if(
      streams_.begin(), streams_.end(), [](const auto& stream) { return stream != nullptr; }));
  if (open >= kOpenStreamsAtMost) {
    Error error =
        call.Trap("more than " + std::to_string(kOpenStreamsAtMost) + " datasets are open");
    error.hint = "Close what is read with dataset_close.";
    return error;
  }
  Result<std::unique_ptr<DatasetReader>> reader = call.host().OpenDataset(*name);
  if (!reader.ok()) return reader.error();
  std::vector<ColumnLayout> layouts;
  for (const StreamColumn& column : (*reader)->columns()) {
    const std::optional<ColumnLayout> layout = LayoutOfFormat(column.format);
    if (!layout.has_value()) return call.Trap("column format \"" + column.format + "\" is unknown");
    layouts.push_back(*layout);
  }
  auto stream = std::make_unique<Stream>(std::move(*reader), layouts);
  auto slot = std::find(streams_.begin(), streams_.end(), nullptr);
  if (slot == streams_.end()) slot = streams_.insert(slot, nullptr);
  *slot = std::move(stream);
  call.Return(static_cast<uint32_t>(slot - streams_.begin() + 1));
  return {};
}

Result<DatasetStreams::Stream*> DatasetStreams::Find(HostCall& call) {
  const uint32_t handle = call.U32(0);
  if (handle == 0 || handle > streams_.size() || streams_[handle - 1] == nullptr)
    return call.Trap("handle " + std::to_string(handle) + " is not open");
  return streams_[handle - 1].get();
}

Result<DatasetStreams::Block> DatasetStreams::Acquire(HostCall& call, uint64_t least,
                                                      uint64_t wanted) {
  auto best = free_.end();
  for (auto block = free_.begin(); block != free_.end(); ++block) {
    if (block->bytes < least) continue;
    const bool better =
        best == free_.end() ||
        (best->bytes < wanted ? block->bytes > best->bytes
                              : block->bytes >= wanted && block->bytes < best->bytes);
    if (better) best = block;
  }
  const auto take = [&] {
    const Block block = *best;
    free_.erase(best);
    return block;
  };
  if (best != free_.end() && best->bytes >= wanted) return take();
  // Without asking for what cannot be: a refusal would stand in the error of a later trap.
  const uint64_t limit = call.DeliveryLimit();
  wanted = std::max(least, std::min(wanted, limit > kAlignment ? limit - kAlignment : 0));
  // An allocator's answer may lie anywhere; what is written is aligned.
  for (uint64_t bytes = wanted;; bytes = std::max(least, bytes / 2)) {
    Result<uint32_t> pointer = call.Allocate(bytes + kAlignment);
    if (pointer.ok()) {
      const auto aligned = (uint64_t{*pointer} + kAlignment - 1) / kAlignment * kAlignment;
      return Block{static_cast<uint32_t>(aligned), bytes};
    }
    if (pointer.error().kind != ErrorKind::kMemory) return pointer.error();
    if (best != free_.end() && best->bytes >= bytes / 2) return take();
    if (bytes <= least) return pointer.error();
  }
}

void DatasetStreams::Release(Block& block) {
  if (block.bytes > 0) free_.push_back(block);
  block = {};
}

Result<void> DatasetStreams::Enlarge(HostCall& call, Stream& stream, uint64_t least,
                                     uint64_t wanted) {
  if (stream.block.bytes >= wanted) return {};
  Result<Block> block = Acquire(call, std::max(least, stream.block.bytes + 1), wanted);
  if (!block.ok()) {
    const bool enough = stream.block.bytes >= least && block.error().kind == ErrorKind::kMemory;
    if (enough) return {};
    return block.error();
  }
  Release(stream.block);
  stream.block = *block;
  return {};
}

Result<void> DatasetStreams::MakeRoom(HostCall& call, Stream& stream) {
  if (stream.has_whole_block) return {};
  const uint64_t least = stream.batch.least_block_bytes();
  const uint64_t whole = std::max(
      least, stream.batch.descriptor_bytes() + call.instance().options().limits.batch_bytes);
  if (stream.block.bytes == 0)
    return Enlarge(call, stream, least, std::max(least, std::min(whole, kFirstBlockBytes)));
  // Asked for once: a guest that has no room now is not asked before each batch.
  stream.has_whole_block = true;
  return Enlarge(call, stream, least, whole);
}

Result<void> DatasetStreams::Schema(HostCall& call) {
  Result<Stream*> found = Find(call);
  if (!found.ok()) return found.error();
  Stream& stream = **found;
  const uint32_t out = call.U32(1);
  if (Result<void> inside = call.Check(out, arrow::kSchemaBytes); !inside.ok()) return inside;
  const std::vector<StreamColumn>& columns = stream.reader->columns();
  if (stream.schema.bytes == 0) {
    const uint64_t bytes = DrawSchema(columns, 0).block.size();
    Result<Block> block = Acquire(call, bytes, bytes);
    if (!block.ok()) return block.error();
    stream.schema = *block;
  }
  const SchemaImage image = DrawSchema(columns, stream.schema.pointer);
  if (Result<void> written = call.Write(stream.schema.pointer, image.block); !written.ok())
    return written;
  return call.Write(out, image.root);
}

// Leaves the batch filled, or empty where the dataset has ended.
Result<void> DatasetStreams::FillBatch(HostCall& call, Stream& stream) {
  Batch& batch = stream.batch;
  const auto fill = [&]() -> Result<void> {
    if (Result<void> inside = call.Check(stream.block.pointer, stream.block.bytes); !inside.ok())
      return inside;
    batch.Place(call.instance().memory()->data + stream.block.pointer, stream.block.pointer);
    Result<DatasetReader::Progress> progress = stream.reader->Fill(batch);
    if (!progress.ok()) return progress.error();
    stream.ended = *progress == DatasetReader::Progress::kEnded;
    return {};
  };
  batch.PlanRows(stream.block.bytes);
  if (Result<void> filled = fill(); !filled.ok()) return filled;
  if (batch.rows() > 0 || stream.ended) return {};
  const uint64_t needed = batch.PlanForWaitingRow(stream.block.bytes);
  if (Result<void> room = Enlarge(call, stream, needed, needed); !room.ok()) return room;
  return fill();
}

Result<void> DatasetStreams::Next(HostCall& call) {
  Result<Stream*> found = Find(call);
  if (!found.ok()) return found.error();
  Stream& stream = **found;
  const uint32_t out = call.U32(1);
  if (Result<void> inside = call.Check(out, arrow::kArrayBytes); !inside.ok()) return inside;
  // At the end, and ever after, the struct is zero.
  std::string root(arrow::kArrayBytes, '\0');
  uint32_t rows = 0;
  if (!stream.ended) {
    if (Result<void> room = MakeRoom(call, stream); !room.ok()) return room;
    if (Result<void> filled = FillBatch(call, stream); !filled.ok()) return filled;
    rows = stream.batch.rows();
  }
  if (rows > 0) {
    stream.batch.Finish(reinterpret_cast<uint8_t*>(root.data()));
    const uint64_t ticks = stream.batch.filled_bytes() / kBytesPerTick;
    if (Result<void> paid = call.instance().Charge(ticks); !paid.ok()) return paid;
  }
  if (Result<void> written = call.Write(out, root); !written.ok()) return written;
  call.Return(rows);
  return {};
}

Result<void> DatasetStreams::Close(HostCall& call) {
  Result<Stream*> found = Find(call);
  if (!found.ok()) return found.error();
  Stream& stream = **found;
  Release(stream.block);
  Release(stream.schema);
  Result<void> closed = stream.reader->Close();
  streams_[call.U32(0) - 1].reset();
  return closed;
}

Result<void> DatasetStreams::CloseAll() {
  Result<void> first;
  for (std::unique_ptr<Stream>& stream : streams_) {
    if (stream == nullptr) continue;
    Result<void> closed = stream->reader->Close();
    if (first.ok() && !closed.ok()) first = closed;
  }
  streams_.clear();
  return first;
}

}  // namespace pg_checker::engine
