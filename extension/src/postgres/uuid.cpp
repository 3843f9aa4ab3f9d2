#include "postgres/uuid.hpp"

#include "postgres/error_bridge.hpp"

namespace pg_checker::postgres {

namespace {

constexpr size_t kUuidBytes = 16;

std::string Format(const unsigned char* bytes) {
  static const char kDigits[] = "0123456789abcdef";
  std::string text;
  for (size_t i = 0; i < kUuidBytes; i++) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text.push_back('-');
    text.push_back(kDigits[bytes[i] >> 4]);
    text.push_back(kDigits[bytes[i] & 15]);
  }
  return text;
}

}  // namespace

std::string NewUuid() {
  unsigned char bytes[kUuidBytes];
  if (!pg_strong_random(bytes, sizeof bytes)) {
    Throw({engine::ErrorKind::kStopped, "could not get random bytes for a run's uuid", "", "",
           "XX000"});
  }
  bytes[6] = (bytes[6] & 0x0F) | 0x40;
  bytes[8] = (bytes[8] & 0x3F) | 0x80;
  return Format(bytes);
}

std::optional<std::string> CanonicalUuid(std::string_view text) {
  unsigned char bytes[kUuidBytes] = {};
  size_t digits = 0;
  for (char c : text) {
    if (c == '-' || c == '{' || c == '}') continue;
    int value;
    if (c >= '0' && c <= '9') {
      value = c - '0';
    } else if (c >= 'a' && c <= 'f') {
      value = c - 'a' + 10;
    } else if (c >= 'A' && c <= 'F') {
      value = c - 'A' + 10;
    } else {
      return std::nullopt;
    }
    if (digits >= 2 * kUuidBytes) return std::nullopt;
    bytes[digits / 2] |= static_cast<unsigned char>(value << (digits % 2 == 0 ? 4 : 0));
    digits++;
  }
  if (digits != 2 * kUuidBytes) return std::nullopt;
  return Format(bytes);
}

}  // namespace pg_checker::postgres
