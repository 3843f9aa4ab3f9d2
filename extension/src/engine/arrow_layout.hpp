// The structs of the Arrow C data interface as a 32-bit guest sees them, and the formats of columns
// that a stream may have (https://arrow.apache.org/docs/format/CDataInterface.html; the contract's
// "Batches" has the offsets). Pointers are offsets into the guest's memory, numbers little-endian.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace pg_checker::engine {

namespace arrow {

inline constexpr uint32_t kSchemaBytes = 48;
inline constexpr uint32_t kSchemaFormat = 0;
inline constexpr uint32_t kSchemaName = 4;
inline constexpr uint32_t kSchemaFlags = 16;
inline constexpr uint32_t kSchemaChildCount = 24;
inline constexpr uint32_t kSchemaChildren = 32;
inline constexpr uint64_t kFlagNullable = 2;

inline constexpr uint32_t kArrayBytes = 64;
inline constexpr uint32_t kArrayLength = 0;
inline constexpr uint32_t kArrayNullCount = 8;
inline constexpr uint32_t kArrayBufferCount = 24;
inline constexpr uint32_t kArrayChildCount = 32;
inline constexpr uint32_t kArrayBuffers = 40;
inline constexpr uint32_t kArrayChildren = 44;

inline constexpr std::string_view kStructFormat = "+s";

}  // namespace arrow

// How a column's values lie in memory.
struct ColumnLayout {
  enum class Kind : uint8_t {
    kBits,      // one bit a row, least significant first
    kFixed,     // `width` bytes a row
    kVariable,  // i32 offsets, rows + 1 of them, into bytes
  };
  Kind kind;
  uint32_t width;  // bytes; 0 unless kFixed
};

// The layout of a format string; nothing for one that no stream has.
std::optional<ColumnLayout> LayoutOfFormat(std::string_view format);

}  // namespace pg_checker::engine
