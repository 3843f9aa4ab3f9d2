#include "compile/artifact_store.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <limits>
#include <system_error>
#include <utility>
#include <vector>

#include "compile/quoted.hpp"
#include "compile/report.hpp"
#include "compile/whole_file.hpp"
#include "engine/artifact_format.hpp"

namespace pg_checker::compile {
namespace {

constexpr std::string_view kArtifactExtension = ".so";
constexpr std::string_view kLockExtension = ".lock";
constexpr std::string_view kWorkPrefix = ".work-";
constexpr auto kAbandonedAfter = std::chrono::hours(1);
constexpr int kLockPollMilliseconds = 10;

Failure CacheFailure(const std::string& verb, const std::string& path) {
  return Failure{FailureKind::kCache,
                 "could not " + verb + " " + Quoted(path) + ": " + strerror(errno),
                 {},
                 "Check checker.cache_directory and the space and rights there."};
}

// Whether `path` still names the file that `fd` has open.
bool StillThere(const std::string& path, int fd) {
  struct stat named, opened;
  return fstat(fd, &opened) == 0 && stat(path.c_str(), &named) == 0 &&
         named.st_ino == opened.st_ino && named.st_dev == opened.st_dev;
}

bool SyncPath(const std::string& path, int flags) {
  int fd = open(path.c_str(), flags | O_CLOEXEC);
  if (fd < 0) return false;
  bool synced = fsync(fd) == 0;
  close(fd);
  return synced;
}

// The file of a lock that nobody holds any more. Removed as its holder would: under the lock.
void RemoveLock(const std::string& path) {
  int fd = open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0) return;
  if (flock(fd, LOCK_EX | LOCK_NB) == 0 && StillThere(path, fd)) unlink(path.c_str());
  close(fd);
}

// What killed helpers leave behind, if their server could not clean up.
void RemoveAbandoned(const std::string& directory) {
  namespace fs = std::filesystem;
  std::error_code error;
  auto now = fs::file_time_type::clock::now();
  for (const auto& entry : fs::directory_iterator(directory, error)) {
    const std::string name = entry.path().filename().string();
    const bool work = name.starts_with(kWorkPrefix);
    if (!work && !name.ends_with(kLockExtension)) continue;
    auto changed = entry.last_write_time(error);
    if (error || now - changed <= kAbandonedAfter) continue;
    if (work)
      fs::remove_all(entry.path(), error);
    else
      RemoveLock(entry.path().string());
  }
}

}  // namespace

Outcome<ArtifactStore> ArtifactStore::Open(const std::string& directory) {
  if (mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) {
    return CacheFailure("create the cache directory", directory);
  }
  struct stat status;
  if (lstat(directory.c_str(), &status) != 0)
    return CacheFailure("look at the cache directory", directory);
  std::string fault;
  if (!S_ISDIR(status.st_mode)) {
    fault = "is not a directory";
  } else if (status.st_uid != geteuid()) {
    fault = "belongs to another user";
  } else if ((status.st_mode & 077) != 0) {
    fault = "is open to other users";
  }
  if (fault.empty()) return ArtifactStore(directory);
  return Failure{FailureKind::kCache,
                 "cache directory " + Quoted(directory) + " " + fault,
                 {},
                 "It must be a directory of the server's own user with mode 0700."};
}

bool ArtifactStore::Has(const std::string& artifact) const {
  std::string path = directory_ + "/" + artifact;
  int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (fd < 0) return false;
  struct stat status;
  bool whole = fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_uid == geteuid() &&
               (status.st_mode & 07777) == 0600;
  if (whole) {
    Outcome<std::string> bytes = ReadDescriptor(fd, std::numeric_limits<uint64_t>::max(), nullptr);
    whole = bytes.ok() && engine::TrailerMatches(*bytes, artifact);
  }
  close(fd);
  return whole;
}

Outcome<Done> ArtifactStore::Publish(const std::string& object_path,
                                     const std::string& artifact) const {
  Outcome<std::string> object = ReadWholeFile(object_path);
  if (!object.ok()) return object.failure();
  int fd = open(object_path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0) return CacheFailure("open", object_path);
  bool sealed = WriteDescriptor(fd, engine::Trailer(*object, artifact)) && fchmod(fd, 0600) == 0 &&
                fsync(fd) == 0;
  Failure failure = sealed ? Failure{} : CacheFailure("write", object_path);
  close(fd);
  if (!sealed) return failure;
  std::string path = directory_ + "/" + artifact;
  if (rename(object_path.c_str(), path.c_str()) != 0) return CacheFailure("create", path);
  if (!SyncPath(directory_, O_RDONLY | O_DIRECTORY)) return CacheFailure("sync", directory_);
  return Done{};
}

void ArtifactStore::Evict(uint64_t limit_bytes, const std::string& kept) const {
  namespace fs = std::filesystem;
  struct Entry {
    fs::file_time_type used;
    uint64_t bytes;
    fs::path path;
  };
  std::vector<Entry> entries;
  uint64_t total = 0;
  std::error_code error;
  for (const auto& file : fs::directory_iterator(directory_, error)) {
    if (file.path().extension() != kArtifactExtension) continue;
    const uint64_t bytes = file.file_size(error);
    if (error) continue;
    total += bytes;
    const auto used = file.last_write_time(error);
    if (!error && file.path().filename() != kept) entries.push_back({used, bytes, file.path()});
  }
  std::sort(entries.begin(), entries.end(),
            [](const Entry& a, const Entry& b) { return a.used < b.used; });
  for (const Entry& entry : entries) {
    if (total <= limit_bytes) return;
    fs::remove(entry.path, error);
    total -= entry.bytes;
  }
}

Outcome<ArtifactLock> ArtifactLock::Acquire(const ArtifactStore& store, const std::string& artifact,
                                            const Deadline& deadline) {
  std::string path = store.directory() + "/" + artifact + std::string(kLockExtension);
  while (true) {
    int fd = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) return CacheFailure("create", path);
    while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
      if (errno != EWOULDBLOCK && errno != EINTR) {
        Failure failure = CacheFailure("lock", path);
        close(fd);
        return failure;
      }
      if (deadline.Passed()) {
        close(fd);
        return CompileTimeout("another session compiled the same module");
      }
      poll(nullptr, 0, kLockPollMilliseconds);
    }
    // The one before us removes the file with its lock: then this lock is on a file that nobody
    // else will see.
    if (StillThere(path, fd)) return ArtifactLock(fd, std::move(path));
    close(fd);
  }
}

ArtifactLock::ArtifactLock(ArtifactLock&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), path_(std::move(other.path_)) {}

ArtifactLock::~ArtifactLock() {
  if (fd_ < 0) return;
  unlink(path_.c_str());
  close(fd_);
}

Outcome<WorkDirectory> WorkDirectory::Create(const ArtifactStore& store, const std::string& path) {
  RemoveAbandoned(store.directory());
  std::string made = path;
  if (made.empty()) {
    made = store.directory() + "/" + std::string(kWorkPrefix) + "XXXXXX";
    if (mkdtemp(made.data()) == nullptr) return CacheFailure("create", made);
  } else if (mkdir(made.c_str(), 0700) != 0) {
    return CacheFailure("create", made);
  }
  return WorkDirectory(std::move(made));
}

WorkDirectory::WorkDirectory(WorkDirectory&& other) noexcept
    : path_(std::exchange(other.path_, {})) {}

WorkDirectory::~WorkDirectory() {
  if (path_.empty()) return;
  std::error_code error;
  std::filesystem::remove_all(path_, error);
}

}  // namespace pg_checker::compile
