// What WASI remembers during one run: how much of stdin is read, what was written, which of the
// three standard descriptors are open, how long the guest has slept, and its random numbers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "engine/run.hpp"

namespace pg_checker::engine {

// splitmix64 (Steele, Lea, Flood 2014): a stream that the seed alone decides. Not for secrets.
class RandomStream {
 public:
  explicit RandomStream(uint64_t seed) : state_(seed) {}

  uint64_t Next() {
    uint64_t z = state_ += 0x9E3779B97F4A7C15;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
  }

 private:
  uint64_t state_;
};

struct WasiState {
  explicit WasiState(const RunOptions& options)
      : input(options.input.value_or(std::string_view())), random(options.random_seed) {}

  std::string_view input;  // what of stdin is still to be read
  bool open[3] = {true, true, true};
  std::string standard_output;
  std::string standard_error;
  uint64_t slept_nanoseconds = 0;  // as the guest asked for it, not as the clock on the wall has it
  RandomStream random;
};

}  // namespace pg_checker::engine
