#include "engine/fuel_meter.hpp"

#include <algorithm>

namespace pg_checker::engine {

int64_t FuelMeter::Next() const {
  return limit_ == 0 ? kFuelSliceTicks : std::min(kFuelSliceTicks, limit_ - settled_);
}

bool FuelMeter::Settle(int64_t left) {
  if (stopped_) return false;
  settled_ += slice_ - left;
  slice_ = 0;
  if (limit_ != 0 && settled_ > limit_) {
    stopped_ = true;
    return false;
  }
  slice_ = Next();
  return true;
}

void FuelMeter::Stop() { stopped_ = true; }

int64_t FuelMeter::Used(int64_t left) const {
  const int64_t used = stopped_ ? settled_ : settled_ + slice_ - left;
  return limit_ == 0 ? used : std::min(used, limit_);
}

}  // namespace pg_checker::engine
