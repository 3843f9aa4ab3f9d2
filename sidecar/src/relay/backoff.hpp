// Waiting times between attempts: doubling up to a cap, each drawn from its upper half so that many
// sidecars that lost the same server do not come back in step.
#pragma once

#include <chrono>
#include <random>

namespace pg_checker::relay {

class Backoff {
 public:
  // The cap bounds what Next() returns.
  Backoff(std::chrono::milliseconds first, std::chrono::milliseconds cap,
          std::minstd_rand::result_type seed);

  std::chrono::milliseconds Next();
  void Reset() { ceiling_ = first_; }

 private:
  std::chrono::milliseconds first_;
  std::chrono::milliseconds cap_;
  std::chrono::milliseconds ceiling_;
  std::minstd_rand random_;
};

}  // namespace pg_checker::relay
