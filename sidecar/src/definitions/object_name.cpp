#include "definitions/object_name.hpp"

namespace pg_checker::definitions {
namespace {

constexpr std::size_t kLongestPart = 63;

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

bool MayGoOn(char c) { return IsLetter(c) || (c >= '0' && c <= '9') || c == '-'; }

}  // namespace

bool IsNamePart(std::string_view text) {
  if (text.empty() || text.size() > kLongestPart || !IsLetter(text[0])) return false;
  for (const char c : text) {
    if (!MayGoOn(c)) return false;
  }
  return true;
}

std::optional<std::string> Qualified(std::string_view name, std::string_view name_space) {
  const std::size_t dot = name.find('.');
  if (dot != std::string_view::npos) {
    name_space = name.substr(0, dot);
    name = name.substr(dot + 1);
  }
  if (!IsNamePart(name_space) || !IsNamePart(name)) return std::nullopt;
  return std::string(name_space) + "." + std::string(name);
}

std::string NamespaceOf(const std::string& qualified) {
  return qualified.substr(0, qualified.find('.'));
}

std::string BareName(const std::string& qualified) {
  return qualified.substr(qualified.find('.') + 1);
}

std::string ShortName(const std::string& qualified) {
  return NamespaceOf(qualified) == kDefaultNamespace ? BareName(qualified) : qualified;
}

std::string AsNamePart(std::string_view text) {
  std::string part;
  for (const char c : text) {
    if (MayGoOn(c)) {
      part += c;
    } else if ((static_cast<unsigned char>(c) & 0xc0U) != 0x80) {  // one for each character
      part += '_';
    }
  }
  return part;
}

}  // namespace pg_checker::definitions
