// What all processes that share a cache folder have done with it: counters in a file beside the
// artifacts, as disposable as they are.
//
// A process counts for itself and adds its counts to the file now and then, under a lock on it. The
// file is read and written, never mapped: whatever becomes of it, nobody's process suffers.
#pragma once

#include <array>
#include <cstdint>
#include <string>

namespace pg_checker::engine {

struct EngineCounts {
  enum Counter {
    kLoadedHits,       // the module was loaded in the process already
    kCacheHits,        // it was in the folder
    kMisses,           // it was compiled
    kCompileFailures,  // it could not be
    kCompileTimeNanoseconds,
    kRuns,
    kCounters
  };
  std::array<uint64_t, kCounters> values{};
  uint64_t longest_compile_nanoseconds = 0;
  int64_t since_microseconds = 0;  // since 1970: when the file was made; 0 if there is none
};

class EngineStats {
 public:
  void Count(EngineCounts::Counter counter, uint64_t number = 1) {
    pending_.values[counter] += number;
  }
  void CountCompile(uint64_t nanoseconds);

  // Adds what is pending to the file of this folder, and forgets it. Does nothing, and keeps it, if
  // the file cannot be used.
  void Flush(const std::string& cache_directory);
  // The same, if there is much or the last time is long ago: cheap enough for each run.
  void FlushIfDue(const std::string& cache_directory);

  // What the file says. All zero if there is none.
  static EngineCounts Read(const std::string& cache_directory);

 private:
  EngineCounts pending_;
  int64_t flushed_at_nanoseconds_ = 0;  // of the monotonic clock
};

}  // namespace pg_checker::engine
