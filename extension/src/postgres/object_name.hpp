// Names of checkers and datasets: `name` (namespace "default") or `namespace.name`, each part
// matching [A-Za-z_][A-Za-z0-9_-]{0,62}.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pg_checker::postgres {

struct ObjectName {
  std::string name_space;
  std::string name;
  std::string Qualified() const { return name_space + "." + name; }
  bool operator==(const ObjectName&) const = default;
};

// Nothing if the text is not a name.
std::optional<ObjectName> ParseObjectName(std::string_view text);

// The same, but throws PostgresError (invalid_name) that names `kind` ("checker", "dataset").
ObjectName RequireObjectName(std::string_view kind, std::string_view text);

}  // namespace pg_checker::postgres
