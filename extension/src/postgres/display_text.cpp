#include "postgres/display_text.hpp"

#include <cstdint>

namespace pg_checker::postgres {

namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

struct Sequence {
  size_t length;  // bytes taken
  bool valid;
};

// Unicode 15, table 3-7: the ranges of well-formed byte sequences.
Sequence Next(std::string_view bytes, size_t at) {
  const auto lead = static_cast<uint8_t>(bytes[at]);
  if (lead < 0x80) return {1, lead != 0};
  size_t length;
  uint8_t low = 0x80;
  uint8_t high = 0xBF;
  if (lead >= 0xC2 && lead <= 0xDF) {
    length = 2;
  } else if (lead >= 0xE0 && lead <= 0xEF) {
    length = 3;
    if (lead == 0xE0) low = 0xA0;
    if (lead == 0xED) high = 0x9F;
  } else if (lead >= 0xF0 && lead <= 0xF4) {
    length = 4;
    if (lead == 0xF0) low = 0x90;
    if (lead == 0xF4) high = 0x8F;
  } else {
    return {1, false};
  }
  for (size_t i = 1; i < length; i++) {
    if (at + i >= bytes.size()) return {i, false};
    const auto next = static_cast<uint8_t>(bytes[at + i]);
    if (next < low || next > high) return {i, false};
    low = 0x80;
    high = 0xBF;
  }
  return {length, true};
}

}  // namespace

std::string DisplayText(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size());
  for (size_t at = 0; at < bytes.size();) {
    const Sequence sequence = Next(bytes, at);
    text.append(sequence.valid ? bytes.substr(at, sequence.length) : kReplacement);
    at += sequence.length;
  }
  return text;
}

}  // namespace pg_checker::postgres
