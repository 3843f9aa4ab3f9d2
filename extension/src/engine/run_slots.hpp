// How many guests may run at a time, over all processes that share a cache folder: slots, each a
// lock on one byte of a file there. The kernel drops the lock of a process that dies, however it
// dies.
#pragma once

#include <optional>
#include <string>

#include "engine/result.hpp"

namespace pg_checker::engine {

// A slot that is held, by a descriptor of its own.
class RunSlot {
 public:
  // A free slot of `slots`, at most 10,000; nothing if all are taken. An Error of kind kCache if
  // the file cannot be used.
  static Result<std::optional<RunSlot>> TryTake(const std::string& cache_directory, int slots);
  // Slots that are taken now.
  static Result<int> CountTaken(const std::string& cache_directory, int slots);

  ~RunSlot();
  RunSlot(RunSlot&& other) noexcept;
  RunSlot& operator=(RunSlot&&) = delete;

 private:
  explicit RunSlot(int fd) : fd_(fd) {}

  int fd_;  // -1 if moved from
};

}  // namespace pg_checker::engine
