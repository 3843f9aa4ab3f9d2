#include "assertions/rules/tolerance.hpp"

namespace pg_checker::assertions::rules {

bool Tolerates(const Tolerance& tolerance, uint64_t failing, uint64_t rows) {
  // Both sides in units of 10^-kToleranceFractionDigits: below 10^18 × 2^64, which 128 bits hold.
  unsigned __int128 most = 0;
  size_t fraction = 0;
  bool behind_point = false;
  for (const char digit : tolerance.number) {
    if (digit == '.') {
      behind_point = true;
      continue;
    }
    most = most * 10 + static_cast<unsigned>(digit - '0');
    if (behind_point) fraction++;
  }
  unsigned __int128 count = failing;
  for (; fraction < kToleranceFractionDigits; fraction++) most *= 10;
  for (size_t i = 0; i < kToleranceFractionDigits; i++) count *= 10;
  return tolerance.percent ? count * 100 <= most * rows : count <= most;
}

}  // namespace pg_checker::assertions::rules
