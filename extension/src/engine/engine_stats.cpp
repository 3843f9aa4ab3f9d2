#include "engine/engine_stats.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

namespace pg_checker::engine {

namespace {

constexpr char kFileName[] = "/engine_stats";
constexpr int64_t kFlushIntervalNanoseconds = 1'000'000'000;

// The file's content, in the numbers' native form: a cache folder belongs to one machine.
struct Record {
  char magic[8];
  EngineCounts counts;
};
constexpr char kMagic[sizeof(Record::magic)] = {'P', 'G', 'C', 'H', 'K', 'S', 'T', '1'};

int64_t Nanoseconds(clockid_t clock) {
  timespec now;
  clock_gettime(clock, &now);
  return int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

// The file, open and this user's alone; -1 if it cannot be had.
int OpenFile(const std::string& directory, int flags) {
  const std::string path = directory + kFileName;
  const int fd = open(path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
  if (fd < 0) return -1;
  struct stat status;
  const bool ours = fstat(fd, &status) == 0 && S_ISREG(status.st_mode) &&
                    status.st_uid == geteuid() && (status.st_mode & (S_IRWXG | S_IRWXO)) == 0;
  if (ours) return fd;
  close(fd);
  return -1;
}

// Anything but a whole record counts as none.
bool ReadRecord(int fd, Record& record) {
  return pread(fd, &record, sizeof(record), 0) == ssize_t{sizeof(record)} &&
         std::memcmp(record.magic, kMagic, sizeof(kMagic)) == 0;
}

}  // namespace

void EngineStats::CountCompile(uint64_t nanoseconds) {
  Count(EngineCounts::kMisses);
  Count(EngineCounts::kCompileTimeNanoseconds, nanoseconds);
  pending_.longest_compile_nanoseconds =
      std::max(pending_.longest_compile_nanoseconds, nanoseconds);
}

void EngineStats::Flush(const std::string& cache_directory) {
  flushed_at_nanoseconds_ = Nanoseconds(CLOCK_MONOTONIC);
  const int fd = OpenFile(cache_directory, O_RDWR | O_CREAT);
  if (fd < 0) return;
  // Nobody holds the lock for longer than it takes to read and write a hundred bytes.
  if (flock(fd, LOCK_EX) == 0) {
    Record record;
    if (!ReadRecord(fd, record)) {
      record = {};
      std::memcpy(record.magic, kMagic, sizeof(kMagic));
      record.counts.since_microseconds = Nanoseconds(CLOCK_REALTIME) / 1000;
    }
    for (size_t i = 0; i < pending_.values.size(); ++i)
      record.counts.values[i] += pending_.values[i];
    record.counts.longest_compile_nanoseconds =
        std::max(record.counts.longest_compile_nanoseconds, pending_.longest_compile_nanoseconds);
    if (pwrite(fd, &record, sizeof(record), 0) == ssize_t{sizeof(record)}) pending_ = {};
  }
  close(fd);
}

void EngineStats::FlushIfDue(const std::string& cache_directory) {
  if (Nanoseconds(CLOCK_MONOTONIC) - flushed_at_nanoseconds_ < kFlushIntervalNanoseconds) return;
  Flush(cache_directory);
}

EngineCounts EngineStats::Read(const std::string& cache_directory) {
  const int fd = OpenFile(cache_directory, O_RDONLY);
  if (fd < 0) return {};
  Record record;
  const bool whole = ReadRecord(fd, record);
  close(fd);
  return whole ? record.counts : EngineCounts{};
}

}  // namespace pg_checker::engine
