// Child processes of checker-compile (the sandboxed reader, the C compiler) and the time that they
// may take together.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <string>

namespace pg_checker::compile {

class Deadline {
 public:
  explicit Deadline(std::chrono::milliseconds from_now)
      : at_(std::chrono::steady_clock::now() + from_now) {}

  bool Passed() const { return std::chrono::steady_clock::now() >= at_; }
  // For poll(2): rounded up, 0 once passed.
  int RemainingMilliseconds() const;

 private:
  std::chrono::steady_clock::time_point at_;
};

struct ChildEnd {
  enum class How { kExited, kSignalled, kTimedOut, kTooMuchOutput };
  How how;
  int code = 0;        // exit status or signal number
  std::string output;  // what came through the pipe
};

enum class Overflow { kDrop, kKill };

// Reads what comes from `fd` (the read end of a pipe, closed here) until the child has ended, with
// all its descendants that hold the other end. Output beyond the limit is dropped, or ends the
// child. A child that outlives the deadline is killed, with its descendants.
ChildEnd CollectChild(pid_t child, int fd, const Deadline& deadline, size_t output_limit_bytes,
                      Overflow overflow);

// Makes this process the one that inherits orphaned descendants, so that none escapes CollectChild.
void AdoptDescendants();

}  // namespace pg_checker::compile
