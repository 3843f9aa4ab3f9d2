#include "compile/whole_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>
#include <vector>

#include "compile/quoted.hpp"

namespace pg_checker::compile {
namespace {

Failure FileFailure(const char* verb, const std::string& path) {
  return Failure{FailureKind::kCache,
                 std::string("could not ") + verb + " " + Quoted(path) + ": " + strerror(errno)};
}

}  // namespace

bool WriteDescriptor(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t written = write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

Outcome<std::string> ReadDescriptor(int fd, uint64_t limit_bytes, uint64_t* dropped_bytes) {
  std::string bytes;
  std::vector<char> buffer(1 << 16);
  while (true) {
    ssize_t got = read(fd, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0)
      return Failure{FailureKind::kCache, std::string("could not read: ") + strerror(errno)};
    if (got == 0) return bytes;
    uint64_t taken = std::min<uint64_t>(static_cast<uint64_t>(got), limit_bytes - bytes.size());
    bytes.append(buffer.data(), taken);
    if (dropped_bytes != nullptr) *dropped_bytes += static_cast<uint64_t>(got) - taken;
  }
}

Outcome<std::string> ReadWholeFile(const std::string& path) {
  int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0) return FileFailure("open", path);
  Outcome<std::string> bytes = ReadDescriptor(fd, std::numeric_limits<uint64_t>::max(), nullptr);
  close(fd);
  return bytes;
}

Outcome<Done> WriteWholeFile(const std::string& path, std::string_view bytes) {
  int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return FileFailure("create", path);
  bool written = WriteDescriptor(fd, bytes);
  if (!written) {
    Failure failure = FileFailure("write", path);
    close(fd);
    return failure;
  }
  if (close(fd) != 0) return FileFailure("write", path);
  return Done{};
}

}  // namespace pg_checker::compile
