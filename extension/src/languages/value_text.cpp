#include "languages/value_text.hpp"

namespace pg_checker::languages {

std::string UuidText(std::string_view bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (size_t i = 0; i < bytes.size(); i++) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    const auto byte = static_cast<uint8_t>(bytes[i]);
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

std::string DecimalText(__int128 number, int scale) {
  const bool negative = number < 0;
  auto left =
      negative ? -static_cast<unsigned __int128>(number) : static_cast<unsigned __int128>(number);
  std::string reversed;
  for (int digits = 0; left > 0 || digits <= scale; digits++) {
    if (digits == scale && scale > 0) reversed += '.';
    reversed += static_cast<char>('0' + static_cast<int>(left % 10));
    left /= 10;
  }
  if (negative) reversed += '-';
  return {reversed.rbegin(), reversed.rend()};
}

}  // namespace pg_checker::languages
