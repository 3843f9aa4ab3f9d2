#include "engine/old_layout.hpp"

#include <algorithm>
#include <cstring>
#include <string>

namespace pg_checker::engine {

namespace {

constexpr uint32_t kOldLayoutPages = 2;

}  // namespace

bool HasOldLayout(Instance& instance) {
  const checker_module& module = instance.module();
  return module.memory_min_pages == kOldLayoutPages &&
         (module.flags & CHECKER_MODULE_ONLY_OUTCOMES) != 0 &&
         module.exports[CHECKER_EXPORT_ALLOC] == nullptr &&
         module.exports[CHECKER_EXPORT_REALLOC] == nullptr &&
         module.exports[CHECKER_EXPORT_MALLOC] == nullptr && instance.memory() != nullptr;
}

Result<void> PlaceDataset(Instance& instance, std::string_view dataset) {
  wasm_rt_memory_t* memory = instance.memory();
  const uint64_t capacity = instance.storage().Capacity(*memory);
  // One byte for the zero that ends the text.
  Result<std::string> csv = instance.host().DatasetCsv(dataset, capacity - (kOldLayoutOffset + 1));
  if (!csv.ok()) return csv.error();
  const uint64_t needed = kOldLayoutOffset + csv->size() + 1;
  if (needed > memory->size) {
    const uint64_t pages = (needed - memory->size + CHECKER_PAGE_BYTES - 1) / CHECKER_PAGE_BYTES;
    if (pages > UINT32_MAX ||
        instance.storage().GrowMemory(memory, static_cast<uint32_t>(pages)) == UINT32_MAX) {
      return Error{ErrorKind::kMemory,
                   "dataset \"" + std::string(dataset) + "\" does not fit into the guest's memory",
                   "It is " + std::to_string(csv->size()) + " bytes of CSV at offset " +
                       std::to_string(kOldLayoutOffset) + ".",
                   "Raise checker.memory_limit, let the dataset return fewer rows or columns, or "
                   "build the module with a larger maximum of memory."};
    }
  }
  uint8_t* place = memory->data + kOldLayoutOffset;
  constexpr uint64_t kPieceBytes = 64u << 10;
  constexpr uint64_t kBytesPerTick = 64;
  for (uint64_t done = 0; done < csv->size();) {
    const uint64_t piece = std::min<uint64_t>(kPieceBytes, csv->size() - done);
    std::memcpy(place + done, csv->data() + done, piece);
    done += piece;
    if (Result<void> paid = instance.Charge(piece / kBytesPerTick); !paid.ok()) return paid;
  }
  // Fresh pages are zero, but the module's data segments may have written to this one.
  const uint64_t page_end =
      (needed + CHECKER_PAGE_BYTES - 1) / CHECKER_PAGE_BYTES * CHECKER_PAGE_BYTES;
  std::memset(place + csv->size(), 0, page_end - (needed - 1));
  return {};
}

}  // namespace pg_checker::engine
