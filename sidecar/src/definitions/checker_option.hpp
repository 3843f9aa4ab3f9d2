// The options of a checker as definitions spell them. They are those of create_checker:
// sql/checker_options.txt.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pg_checker::definitions {

struct CheckerOption {
  enum class Shape { kText, kTextList, kMap, kAny, kBoolean, kInteger };
  const char* name;
  Shape shape;
  const char* type;  // in SQL
};

// In the order in which they are exported.
std::span<const CheckerOption> CheckerOptions();

const CheckerOption* FindCheckerOption(std::string_view name);

// A text array as PostgreSQL reads it: {"a","b"}.
std::string ArrayText(const std::vector<std::string>& items);

}  // namespace pg_checker::definitions
