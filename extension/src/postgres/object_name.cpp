#include "postgres/object_name.hpp"

#include "postgres/error_bridge.hpp"

namespace pg_checker::postgres {

namespace {

constexpr size_t kMaxPartLength = 63;

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

bool IsPart(std::string_view part) {
  if (part.empty() || part.size() > kMaxPartLength || !IsLetter(part[0])) return false;
  for (char c : part) {
    if (!IsLetter(c) && !(c >= '0' && c <= '9') && c != '-') return false;
  }
  return true;
}

}  // namespace

std::optional<ObjectName> ParseObjectName(std::string_view text) {
  const size_t dot = text.find('.');
  ObjectName parsed;
  if (dot == std::string_view::npos) {
    parsed = {"default", std::string(text)};
  } else {
    parsed = {std::string(text.substr(0, dot)), std::string(text.substr(dot + 1))};
  }
  if (!IsPart(parsed.name_space) || !IsPart(parsed.name)) return std::nullopt;
  return parsed;
}

ObjectName RequireObjectName(std::string_view kind, std::string_view text) {
  if (auto name = ParseObjectName(text)) return *name;
  engine::Error error{
      engine::ErrorKind::kSyntax,
      "\"" + std::string(text) + "\" is not a valid name for a " + std::string(kind)};
  error.hint =
      "A name is \"name\" or \"namespace.name\"; each part starts with a letter or underscore and "
      "goes on "
      "with letters, digits, underscores and hyphens, 63 at most.";
  error.sqlstate = "42602";
  Throw(error);
}

}  // namespace pg_checker::postgres
