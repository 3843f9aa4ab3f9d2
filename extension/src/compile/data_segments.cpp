#include "compile/data_segments.hpp"

#include "compile/lines.hpp"

namespace pg_checker::compile {
namespace {

constexpr std::string_view kPrefix = "static const u8 data_segment_data_";
constexpr std::string_view kSuffix = "[] = {";
constexpr size_t kElementChars = 6;  // "0x1f, "
constexpr size_t kBytesPerLine = 64;

// The value of a lower-case hexadecimal digit; -1 for any other character.
int HexValue(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  return -1;
}

// Three octal digits always, so that no digit behind an escape becomes part of it.
void AppendOctal(std::string& to, unsigned byte) {
  to += '\\';
  to += static_cast<char>('0' + (byte >> 6));
  to += static_cast<char>('0' + (byte >> 3 & 7));
  to += static_cast<char>('0' + (byte & 7));
}

}  // namespace

bool OpensDataSegment(std::string_view line) {
  return line.starts_with(kPrefix) && line.ends_with(kSuffix);
}

std::optional<std::string> RewriteDataSegment(std::string_view opening, std::string_view& rest) {
  std::string literal;
  size_t bytes = 0;
  while (true) {
    if (rest.empty()) return std::nullopt;
    std::string_view line = NextLine(rest);
    if (line == "};") break;
    line.remove_prefix(Indentation(line));
    for (; !line.empty(); line.remove_prefix(kElementChars)) {
      if (line.size() < kElementChars || !line.starts_with("0x") || line.substr(4, 2) != ", ")
        return std::nullopt;
      int high = HexValue(line[2]), low = HexValue(line[3]);
      if (high < 0 || low < 0) return std::nullopt;
      if (bytes % kBytesPerLine == 0) literal += bytes == 0 ? "\n  \"" : "\"\n  \"";
      AppendOctal(literal, static_cast<unsigned>(high * 16 + low));
      ++bytes;
    }
  }
  if (bytes == 0) return std::nullopt;
  // The array's size leaves no room for the terminating NUL, which C allows.
  opening.remove_suffix(kSuffix.size());
  return std::string(opening) + "[" + std::to_string(bytes) + "] =" + literal + "\";\n";
}

}  // namespace pg_checker::compile
