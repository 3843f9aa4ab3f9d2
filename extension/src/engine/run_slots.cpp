#include "engine/run_slots.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace pg_checker::engine {

namespace {

constexpr char kFileName[] = "/run_slots";

Error SlotsError(const std::string& path, const char* what) {
  return {ErrorKind::kCache, "cannot use the run slots \"" + path + "\"", what,
          "Delete the file: it is made anew. checker.max_concurrent_runs = 0 does without."};
}

// An open file description's lock, not the process's: it is of this descriptor alone, and no other
// library's close() of the same file drops it (fcntl(2), "Open file description locks").
struct flock ByteLock(short type, int slot) {
  struct flock lock = {};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  lock.l_start = slot;
  lock.l_len = 1;
  return lock;
}

Result<int> OpenFile(const std::string& directory) {
  const std::string path = directory + kFileName;
  if (mkdir(directory.c_str(), S_IRWXU) != 0 && errno != EEXIST)
    return SlotsError(path, std::strerror(errno));
  const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
  if (fd < 0) return SlotsError(path, std::strerror(errno));
  struct stat status;
  if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_uid == geteuid()) return fd;
  close(fd);
  return SlotsError(path, "It is not a file of the server's own user.");
}

}  // namespace

Result<std::optional<RunSlot>> RunSlot::TryTake(const std::string& cache_directory, int slots) {
  const Result<int> fd = OpenFile(cache_directory);
  if (!fd.ok()) return fd.error();
  // Not all from the first one on, so that those who come at the same time seldom want the same.
  const int first = static_cast<int>(getpid() % slots);
  for (int i = 0; i < slots; ++i) {
    const int slot = (first + i) % slots;
    struct flock lock = ByteLock(F_WRLCK, slot);
    if (fcntl(*fd, F_OFD_SETLK, &lock) == 0) return std::optional(RunSlot(*fd));
    if (errno != EAGAIN && errno != EACCES && errno != EINTR) {
      Error error = SlotsError(cache_directory + kFileName, std::strerror(errno));
      close(*fd);
      return error;
    }
  }
  close(*fd);
  return std::optional<RunSlot>();
}

Result<int> RunSlot::CountTaken(const std::string& cache_directory, int slots) {
  const Result<int> fd = OpenFile(cache_directory);
  if (!fd.ok()) return fd.error();
  int taken = 0;
  for (int slot = 0; slot < slots; ++slot) {
    struct flock lock = ByteLock(F_WRLCK, slot);
    if (fcntl(*fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK) ++taken;
  }
  close(*fd);
  return taken;
}

RunSlot::RunSlot(RunSlot&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

// Closing the last descriptor of the open file description releases its lock.
RunSlot::~RunSlot() {
  if (fd_ >= 0) close(fd_);
}

}  // namespace pg_checker::engine
