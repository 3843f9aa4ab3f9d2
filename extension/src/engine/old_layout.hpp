// The layout of the oldest example modules: the only dataset lies as CSV at a fixed place in memory
// before the guest starts, zeros behind it.
#pragma once

#include <string_view>

#include "engine/instance.hpp"
#include "engine/result.hpp"

namespace pg_checker::engine {

// In bytes from the start of memory.
inline constexpr uint32_t kOldLayoutOffset = 65538;

// Whether a module is of that time: an exported memory of exactly two pages, no allocator, and
// nothing imported of module `checker` but outcomes.
bool HasOldLayout(Instance& instance);

// Writes `dataset` to that place of an instantiated guest. Memory grows if it must.
Result<void> PlaceDataset(Instance& instance, std::string_view dataset);

}  // namespace pg_checker::engine
