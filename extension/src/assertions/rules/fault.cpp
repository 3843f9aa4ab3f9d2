#include "assertions/rules/fault.hpp"

#include <algorithm>

namespace pg_checker::assertions::rules {

TextPosition PositionAt(std::string_view text, size_t offset) {
  TextPosition position = {1, 1};
  for (const char byte : text.substr(0, std::min(offset, text.size()))) {
    if (byte == '\n') {
      position.line++;
      position.column = 1;
    } else if ((static_cast<unsigned char>(byte) & 0xC0) != 0x80) {
      position.column++;
    }
  }
  return position;
}

}  // namespace pg_checker::assertions::rules
