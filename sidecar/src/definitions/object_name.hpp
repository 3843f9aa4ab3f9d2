// Names of checkers and datasets: "name" or "namespace.name".
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pg_checker::definitions {

inline constexpr std::string_view kDefaultNamespace = "default";

// Whether a text can be a name or a namespace.
bool IsNamePart(std::string_view text);

// The name with its namespace, or nothing where it is no name.
std::optional<std::string> Qualified(std::string_view name, std::string_view name_space);

std::string NamespaceOf(const std::string& qualified);

// The name without its namespace.
std::string BareName(const std::string& qualified);

// Without its namespace where that is the default one.
std::string ShortName(const std::string& qualified);

// A text as part of a name: what a name cannot have becomes an underscore.
std::string AsNamePart(std::string_view text);

}  // namespace pg_checker::definitions
