#include "engine/artifact_cache.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "engine/artifact_format.hpp"

namespace pg_checker::engine {

namespace {

constexpr mode_t kOthersBits = S_IRWXG | S_IRWXO;

Error DirectoryError(const std::string& directory, const std::string& detail) {
  return {ErrorKind::kCache, "cannot use the artifact cache \"" + directory + "\"", detail,
          "It has to be a directory of the server's user with mode 0700; set "
          "checker.cache_directory to one, or to "
          "nothing for the default."};
}

// Whether what is in `directory` can only have been put there by this user. A missing one is fine:
// the helper makes it.
Result<void> CheckDirectory(const std::string& directory) {
  struct stat status;
  if (lstat(directory.c_str(), &status) != 0) {
    if (errno == ENOENT) return {};
    return DirectoryError(directory, std::string("The system says: ") + std::strerror(errno) + ".");
  }
  if (!S_ISDIR(status.st_mode)) return DirectoryError(directory, "It is not a directory.");
  if (status.st_uid != geteuid()) return DirectoryError(directory, "It belongs to another user.");
  if ((status.st_mode & kOthersBits) != 0) {
    return DirectoryError(directory, "Its mode lets other users in.");
  }
  return {};
}

// Reads all of a file, which has `bytes` bytes. False if that fails.
bool ReadWhole(int fd, size_t bytes, std::string& content) {
  content.resize(bytes);
  size_t done = 0;
  while (done < bytes) {
    const ssize_t got = read(fd, content.data() + done, bytes - done);
    if (got > 0) {
      done += static_cast<size_t>(got);
    } else if (got == 0 || errno != EINTR) {
      return false;
    }
  }
  return true;
}

// Whether the file is this user's alone, and whole; its bytes are in `content` then.
bool IsTrustworthyFile(int fd, std::string_view name, std::string& content) {
  struct stat status;
  if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) return false;
  if (status.st_uid != geteuid() || (status.st_mode & kOthersBits) != 0) return false;
  return ReadWhole(fd, static_cast<size_t>(status.st_size), content) &&
         TrailerMatches(content, name);
}

enum class Verdict { kGood, kMissing, kBad };

// O_NONBLOCK, so that a FIFO in the place of an artifact does not hang the process.
Verdict Inspect(const std::string& path, std::string_view name, std::string& content) {
  const int fd = open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return errno == ENOENT ? Verdict::kMissing : Verdict::kBad;
  const bool good = IsTrustworthyFile(fd, name, content);
  // What was used last goes last when the folder is over its size (compile/artifact_store.hpp). On
  // a file system that is read-only it cannot be noted, nor does anything go.
  if (good) (void)futimens(fd, nullptr);
  close(fd);
  return good ? Verdict::kGood : Verdict::kBad;
}

// The module in the file `path` of the artifact `name`, or null if it has to be made anew: missing,
// or bad and removed.
Result<std::shared_ptr<Module>> LoadIfGood(const std::string& path, const std::string& name) {
  std::string content;
  const Verdict verdict = Inspect(path, name, content);
  if (verdict == Verdict::kGood) {
    Result<std::shared_ptr<Module>> module = Module::Load(content, name);
    if (module.ok()) return module;
    unlink(path.c_str());
    return module;
  }
  if (verdict == Verdict::kBad) unlink(path.c_str());
  return std::shared_ptr<Module>();
}

}  // namespace

ArtifactCache::ArtifactCache(size_t loaded_modules)
    : capacity_(std::max<size_t>(loaded_modules, 1)) {}

std::shared_ptr<Module> ArtifactCache::Loaded(std::string_view digest) {
  const auto found = by_digest_.find(std::string(digest));
  if (found == by_digest_.end()) return nullptr;
  stats_.Count(EngineCounts::kLoadedHits);
  by_use_.splice(by_use_.begin(), by_use_, found->second);
  return found->second->module;
}

Result<std::shared_ptr<Module>> ArtifactCache::Get(std::string_view digest,
                                                   const std::string& module_bytes,
                                                   const CompileOptions& options,
                                                   ProcessWaiter& waiter) {
  if (std::shared_ptr<Module> loaded = Loaded(digest)) return loaded;
  const std::string& directory = options.cache_directory;
  if (Result<void> usable = CheckDirectory(directory); !usable.ok()) return usable.error();
  const std::string name = ArtifactName(module_bytes);
  const std::string path = directory + "/" + name;

  Result<std::shared_ptr<Module>> module = LoadIfGood(path, name);
  if (module.ok() && *module != nullptr) {
    stats_.Count(EngineCounts::kCacheHits);
  } else {
    const Result<CompileResult> compiled =
        Compile(module_bytes, SourceFormat::kWasm, options, waiter);
    if (!compiled.ok()) return compiled.error();
    if (compiled->artifact_path != path) {
      return Error{
          ErrorKind::kCompileFailed,
          "\"" + options.helper + "\" is of another version than this session's pg_checker",
          "An upgrade replaces both, and a session that is older goes on with the old one.",
          "Connect again. If that does not help, install both from one build."};
    }
    // Before a file is loaded from a directory that may be new.
    if (Result<void> usable = CheckDirectory(directory); !usable.ok()) return usable.error();
    module = LoadIfGood(path, name);
    if (!module.ok()) return module;
    if (*module == nullptr) {
      return Error{ErrorKind::kCache, "could not read the artifact \"" + path + "\"",
                   "It was compiled just now, and is missing or damaged.",
                   "Look at the free space and the rights of the directory; "
                   "checker.cache_directory names another."};
    }
  }

  by_use_.push_front({std::string(digest), *module});
  by_digest_[std::string(digest)] = by_use_.begin();
  if (by_use_.size() > capacity_) {
    by_digest_.erase(by_use_.back().digest);
    by_use_.pop_back();
  }
  return module;
}

Result<CompileResult> ArtifactCache::Compile(std::string_view source, SourceFormat format,
                                             const CompileOptions& options, ProcessWaiter& waiter) {
  const auto begin = std::chrono::steady_clock::now();
  Result<CompileResult> compiled = engine::Compile(source, format, options, waiter);
  if (!compiled.ok()) {
    stats_.Count(EngineCounts::kCompileFailures);
    return compiled;
  }
  const std::chrono::nanoseconds took = std::chrono::steady_clock::now() - begin;
  // It may have been there, or somebody else has compiled it at the same time.
  if (compiled->cached) {
    stats_.Count(EngineCounts::kCacheHits);
  } else {
    stats_.CountCompile(static_cast<uint64_t>(took.count()));
  }
  return compiled;
}

void ArtifactCache::Clear() {
  by_digest_.clear();
  by_use_.clear();
}

}  // namespace pg_checker::engine
