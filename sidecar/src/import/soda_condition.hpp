// Conditions of SodaCL: what follows a metric ("> 0", "between 1 and 5", "< 5 %"), and when a check
// warns or fails ("when < 5").
#pragma once

#include <optional>
#include <string>

#include "definitions/value.hpp"

namespace pg_checker::import {

// A comparison as the rules have it: less_than with 5, or between with [1, 5].
struct SodaCondition {
  std::string assertion;
  definitions::Value value;
};

// What has to hold. Nothing if the text is no condition, or one that no rule has.
std::optional<SodaCondition> ParseSodaCondition(const std::string& text);

// Of "when ...", which says what is wrong, what has to hold instead.
std::optional<SodaCondition> ParseSodaAlarm(const std::string& text);

}  // namespace pg_checker::import
