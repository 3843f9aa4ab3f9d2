// Whether so many failing rows may pass.
#pragma once

#include <cstdint>

#include "assertions/rules/rule.hpp"

namespace pg_checker::assertions::rules {

// Digits that the number of a tolerance may have before and behind its point: as many as can be
// counted with exactly.
inline constexpr size_t kToleranceWholeDigits = 12;
inline constexpr size_t kToleranceFractionDigits = 6;

// `failing` of `rows` rows; exact.
bool Tolerates(const Tolerance& tolerance, uint64_t failing, uint64_t rows);

}  // namespace pg_checker::assertions::rules
