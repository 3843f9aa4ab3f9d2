// The datasets that a guest has open, by handle, and their blocks of guest memory.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "engine/dataset_reader.hpp"
#include "engine/result.hpp"

namespace pg_checker::engine {

class HostCall;

// At most so many at a time: each is a query under way.
inline constexpr size_t kOpenStreamsAtMost = 64;

// One for each instance. Guests cannot free what the host has allocated in their memory, so blocks
// go from a closed stream to the next one that is opened.
class DatasetStreams {
 public:
  // The functions dataset_open, dataset_schema, dataset_next and dataset_close.
  Result<void> Open(HostCall& call);
  Result<void> Schema(HostCall& call);
  Result<void> Next(HostCall& call);
  Result<void> Close(HostCall& call);

  // Closes what the guest has left open, in order. Returns the first Error.
  Result<void> CloseAll();

 private:
  struct Block {
    uint32_t pointer = 0;
    uint64_t bytes = 0;
  };
  struct Stream {
    Stream(std::unique_ptr<DatasetReader> opened, const std::vector<ColumnLayout>& layouts)
        : reader(std::move(opened)), batch(layouts) {}
    std::unique_ptr<DatasetReader> reader;
    Batch batch;
    Block block;                   // of batches; no bytes until the first
    Block schema;                  // no bytes until it is asked for
    bool has_whole_block = false;  // or there was no room for it
    bool ended = false;
  };

  // The stream of the handle in argument 0.
  Result<Stream*> Find(HostCall& call);
  // A block with at least `least` bytes, `wanted` if memory allows: a free one, or a new one.
  Result<Block> Acquire(HostCall& call, uint64_t least, uint64_t wanted);
  void Release(Block& block);
  // Makes the stream's block at least `least` bytes long, up to `wanted`; keeps the one it has if
  // that is large enough and no larger one is to be had.
  Result<void> Enlarge(HostCall& call, Stream& stream, uint64_t least, uint64_t wanted);
  // The block of the first batch, or of those behind it.
  Result<void> MakeRoom(HostCall& call, Stream& stream);
  Result<void> FillBatch(HostCall& call, Stream& stream);

  std::vector<std::unique_ptr<Stream>> streams_;  // handle - 1; null when closed
  std::vector<Block> free_;
};

}  // namespace pg_checker::engine
