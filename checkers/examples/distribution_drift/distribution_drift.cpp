// Amounts are distributed as before: their mean has moved by at most parameter "max_shift" (0.5) of
// the standard deviation that they had.
// Reads datasets amounts_before and amounts_now: amount double precision, nulls left out.
#include "checker.hpp"

namespace {

// Welford's method: one pass, and no great numbers that cancel each other.
struct Moments {
  int64_t count = 0;
  double mean = 0;
  double squares = 0;  // sum of the squared distances from the mean

  explicit Moments(const char* dataset) {
    checker::Reader amounts(dataset);
    const auto amount = amounts.Bind<double>("amount");
    for (const checker::Row row : amounts) {
      if (const std::optional<double> value = amount[row]) {
        const double distance = *value - mean;
        mean += distance / static_cast<double>(++count);
        squares += distance * (*value - mean);
      }
    }
  }
};

}  // namespace

CHECKER_EXPORT(check) void Check() {
  const auto max_shift = checker::ParamOr("max_shift", 0.5);
  const Moments before("amounts_before");
  const Moments now("amounts_now");
  checker::Log(checker::LogLevel::kInfo, std::to_string(before.count) + " amounts before, " +
                                             std::to_string(now.count) + " now");
  if (before.count < 2 || now.count < 1) {
    checker::Warn("there are too few amounts to compare");
    return;
  }
  const double shift = now.mean - before.mean;
  const double variance = before.squares / static_cast<double>(before.count - 1);
  checker::AssertTrue(shift * shift <= max_shift * max_shift * variance,
                      "amounts are distributed as before");
}
