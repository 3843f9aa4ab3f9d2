// Values of columns as text, where a language has no type for them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace pg_checker::languages {

// An interval as Arrow's "tin" lays it out.
struct MonthDayNano {
  int32_t months, days;
  int64_t nanoseconds;
};

// 16 bytes as 8-4-4-4-12 hexadecimal digits.
std::string UuidText(std::string_view bytes);

// A whole number of 10^-scale.
std::string DecimalText(__int128 number, int scale);

}  // namespace pg_checker::languages
