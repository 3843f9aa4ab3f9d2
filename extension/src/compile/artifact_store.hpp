// The folder of compiled modules, as its one writer sees it. Entries are disposable: anybody may
// delete one at any time, and what is not whole and private is compiled again. Layout: <artifact
// name> (0600), <artifact name>.lock while somebody compiles it, .work-* while a compiler runs.
#pragma once

#include <string>

#include "compile/child_process.hpp"
#include "compile/failure.hpp"

namespace pg_checker::compile {

class ArtifactStore {
 public:
  // Creates the folder, mode 0700, if it is missing. Refuses one that another user owns or may
  // enter.
  static Outcome<ArtifactStore> Open(const std::string& directory);

  // Whether the artifact is there: a regular file of ours, mode 0600, whole by its trailer.
  bool Has(const std::string& artifact) const;

  // Seals `object_path` (a file below this folder) with a trailer, and moves it to its name,
  // durably.
  Outcome<Done> Publish(const std::string& object_path, const std::string& artifact) const;

  // Removes artifacts, those first that were used (or else made) the longest time ago, until all
  // are at most `limit_bytes` together. `kept`, which was published just now, stays. Others may
  // remove and publish at the same time: what is gone is gone.
  void Evict(uint64_t limit_bytes, const std::string& kept) const;

  const std::string& directory() const { return directory_; }

 private:
  explicit ArtifactStore(std::string directory) : directory_(std::move(directory)) {}

  std::string directory_;
};

// Held by the one process that compiles an artifact. The lock's file goes with it.
class ArtifactLock {
 public:
  // Waits until the deadline: then fails with kCompileTimeout.
  static Outcome<ArtifactLock> Acquire(const ArtifactStore& store, const std::string& artifact,
                                       const Deadline& deadline);
  ~ArtifactLock();
  ArtifactLock(ArtifactLock&& other) noexcept;
  ArtifactLock& operator=(ArtifactLock&&) = delete;

 private:
  ArtifactLock(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}

  int fd_;
  std::string path_;
};

// A private folder for one run of the C compiler, removed with all that is in it.
class WorkDirectory {
 public:
  // At `path`, or at a name of its own below the store if that is empty. Also removes what killed
  // helpers left behind more than an hour ago.
  static Outcome<WorkDirectory> Create(const ArtifactStore& store, const std::string& path);
  ~WorkDirectory();
  WorkDirectory(WorkDirectory&& other) noexcept;
  WorkDirectory& operator=(WorkDirectory&&) = delete;

  const std::string& path() const { return path_; }

 private:
  explicit WorkDirectory(std::string path) : path_(std::move(path)) {}

  std::string path_;
};

}  // namespace pg_checker::compile
