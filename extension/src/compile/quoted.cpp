#include "compile/quoted.hpp"

#include "compile/utf8.hpp"

namespace pg_checker::compile {
namespace {

constexpr size_t kNameLimitBytes = 80;

void AppendEscaped(std::string& to, unsigned char byte) {
  static constexpr char kDigits[] = "0123456789abcdef";
  to += '\\';
  to += kDigits[byte >> 4];
  to += kDigits[byte & 15];
}

std::string Escaped(std::string_view text, size_t limit, bool quoted) {
  std::string result;
  for (size_t at = 0; at < text.size();) {
    if (result.size() >= limit) {
      result += "...";
      break;
    }
    unsigned char byte = static_cast<unsigned char>(text[at]);
    size_t length = Utf8SequenceLength(text.substr(at));
    bool control = byte < 0x20 || byte == 0x7f;
    if (length == 0 || control || (quoted && (byte == '"' || byte == '\\'))) {
      AppendEscaped(result, byte);
      ++at;
      continue;
    }
    result.append(text.substr(at, length));
    at += length;
  }
  return result;
}

}  // namespace

std::string Quoted(std::string_view text) {
  return '"' + Escaped(text, kNameLimitBytes, true) + '"';
}

std::string OneLine(std::string_view text, size_t limit) { return Escaped(text, limit, false); }

}  // namespace pg_checker::compile
