#include "engine/arrow_layout.hpp"

#include <charconv>

namespace pg_checker::engine {

namespace {

constexpr ColumnLayout Fixed(uint32_t width) { return {ColumnLayout::Kind::kFixed, width}; }

constexpr ColumnLayout kBits = {ColumnLayout::Kind::kBits, 0};
constexpr ColumnLayout kVariable = {ColumnLayout::Kind::kVariable, 0};

constexpr uint32_t kDecimalBytes = 16;
constexpr uint32_t kMonthDayNanoBytes = 16;
// A fixed-width binary longer than this would be variable here.
constexpr uint32_t kFixedBinaryLimitBytes = 1024;

}  // namespace

std::optional<ColumnLayout> LayoutOfFormat(std::string_view format) {
  if (format == "b") return kBits;
  if (format == "u" || format == "z") return kVariable;
  if (format == "s") return Fixed(2);
  if (format == "i" || format == "f" || format == "tdD") return Fixed(4);
  if (format == "l" || format == "g" || format.starts_with("tsu:")) return Fixed(8);
  if (format == "tin") return Fixed(kMonthDayNanoBytes);
  if (format.starts_with("d:")) return Fixed(kDecimalBytes);
  if (format.starts_with("w:")) {
    uint32_t width = 0;
    const char* const end = format.data() + format.size();
    const auto [stop, error] = std::from_chars(format.data() + 2, end, width);
    if (error == std::errc() && stop == end && width > 0 && width <= kFixedBinaryLimitBytes)
      return Fixed(width);
  }
  return std::nullopt;
}

}  // namespace pg_checker::engine
