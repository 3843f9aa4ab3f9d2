// Reads what a rule's thresholds hold: `value`, `warn_value`, `recover_value`, and how many failing
// rows may pass.
#pragma once

#include "assertions/rules/vocabulary.hpp"

namespace pg_checker::assertions::rules {

// A Fault of SQLSTATE 22023 at a value.
Fault Invalid(const JsonValue& at, const std::string& path, std::string message,
              std::string hint = "");

// The Fault of a member whose name is not known in the object at `path`.
Fault UnknownKey(const JsonValue& member, const std::string& path, const std::string& name,
                 std::string hint);

// The beginning of a text that somebody wrote, for messages.
std::string Excerpt(std::string_view text);

// Whether the value says how many rows: a number, or a text such as "5%".
bool IsTolerance(const JsonValue& value);

// A list of scalars.
std::optional<Fault> ReadList(const JsonValue& value, const std::string& path,
                              std::optional<JsonValue>& list);

// Fills fail, warn, recover, values and comparison of a rule. `value_taken`: the key `value` was
// read as something else.
std::optional<Fault> ReadThresholds(const JsonValue& source, const std::string& path,
                                    const AssertFacts& facts, bool value_taken, Rule& rule);

}  // namespace pg_checker::assertions::rules
