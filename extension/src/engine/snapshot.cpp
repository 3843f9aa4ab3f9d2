#include "engine/snapshot.hpp"

#include <cstring>

#include "engine/instance.hpp"

namespace pg_checker::engine {

namespace {

// What is looked at for zeros as a whole.
constexpr uint64_t kPieceBytes = 1024;

bool IsZero(const uint8_t* piece) {
  return piece[0] == 0 && std::memcmp(piece, piece + 1, kPieceBytes - 1) == 0;
}

}  // namespace

std::unique_ptr<Snapshot> Snapshot::Take(Instance& instance) {
  std::unique_ptr<Snapshot> snapshot(new Snapshot());
  const auto* native = static_cast<const uint8_t*>(instance.native_.get());
  snapshot->native_.assign(native, native + instance.module_.instance_bytes);
  const wasm_rt_memory_t& memory = *instance.memory();
  snapshot->memory_ = memory;
  for (uint64_t at = 0; at < memory.size; at += kPieceBytes) {
    if (IsZero(memory.data + at)) continue;
    std::vector<Stretch>& stretches = snapshot->stretches_;
    if (stretches.empty() || stretches.back().at + stretches.back().bytes != at)
      stretches.push_back({at, 0});
    stretches.back().bytes += kPieceBytes;
    snapshot->bytes_.insert(snapshot->bytes_.end(), memory.data + at,
                            memory.data + at + kPieceBytes);
  }
  const wasm_rt_funcref_table_t* table =
      instance.module_.interpreter->table(instance.native_.get());
  snapshot->table_ = *table;
  snapshot->elements_.assign(table->data, table->data + table->size);
  for (wasm_rt_funcref_t& element : snapshot->elements_) {
    if (element.module_instance == instance.native_.get()) element.module_instance = nullptr;
  }
  return snapshot;
}

int Instance::StartFrom(const Snapshot& snapshot) {
  const checker_context own = context();
  std::memcpy(native_.get(), snapshot.native_.data(), module_.instance_bytes);
  context() = own;
  const int memory_trap =
      storage_.AllocateBusyMemory(memory(), snapshot.memory_.pages, snapshot.memory_.max_pages);
  if (memory_trap != 0) return memory_trap;
  const uint8_t* bytes = snapshot.bytes_.data();
  for (const Snapshot::Stretch& stretch : snapshot.stretches_) {
    std::memcpy(memory()->data + stretch.at, bytes, stretch.bytes);
    bytes += stretch.bytes;
  }
  wasm_rt_funcref_table_t* table = module_.interpreter->table(native_.get());
  const int table_trap =
      storage_.AllocateTable(table, snapshot.table_.size, snapshot.table_.max_size);
  if (table_trap != 0) return table_trap;
  for (size_t i = 0; i < snapshot.elements_.size(); i++) {
    table->data[i] = snapshot.elements_[i];
    if (table->data[i].func != nullptr && table->data[i].module_instance == nullptr)
      table->data[i].module_instance = native_.get();
  }
  return 0;
}

}  // namespace pg_checker::engine
