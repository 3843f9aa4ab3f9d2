#include "relay/backoff.hpp"

#include <algorithm>

namespace pg_checker::relay {

Backoff::Backoff(std::chrono::milliseconds first, std::chrono::milliseconds cap,
                 std::minstd_rand::result_type seed)
    : first_(std::min(first, cap)), cap_(cap), ceiling_(first_), random_(seed) {}

std::chrono::milliseconds Backoff::Next() {
  std::uniform_int_distribution<std::chrono::milliseconds::rep> draw(ceiling_.count() / 2,
                                                                     ceiling_.count());
  const std::chrono::milliseconds wait(draw(random_));
  ceiling_ = std::min(ceiling_ * 2, cap_);
  return wait;
}

}  // namespace pg_checker::relay
