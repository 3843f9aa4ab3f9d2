#include "app/uuid.hpp"

#include <array>
#include <random>

namespace pg_checker::app {

std::string RandomUuid() {
  std::random_device source;
  std::array<unsigned, 16> bytes{};
  for (unsigned& byte : bytes) byte = source() & 0xff;
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += kDigits[bytes[i] >> 4];
    text += kDigits[bytes[i] & 0x0f];
  }
  return text;
}

}  // namespace pg_checker::app
