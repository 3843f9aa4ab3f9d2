// From a guest's bytes to a loaded Module: a small least-recently-used set of loaded modules in
// this process, before a folder of artifacts on disk, before checker-compile. Everything on disk
// may vanish at any time.
#pragma once

#include <chrono>
#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "engine/compiler_process.hpp"
#include "engine/engine_stats.hpp"
#include "engine/module.hpp"
#include "engine/result.hpp"

namespace pg_checker::engine {

class ArtifactCache {
 public:
  // Keeps at most `loaded_modules` modules open.
  explicit ArtifactCache(size_t loaded_modules);

  // The module for these bytes: loaded already, or from the folder, or compiled now. `digest` is
  // ModuleDigest(module_bytes), which the caller has at hand. An entry of the folder that is not
  // owned by this process's user, is readable or writable by others, or fails its digest, is
  // removed and compiled again.
  Result<std::shared_ptr<Module>> Get(std::string_view digest, const std::string& module_bytes,
                                      const CompileOptions& options, ProcessWaiter& waiter);

  // Sees to it that the folder has the artifact, without loading it.
  Result<CompileResult> Compile(std::string_view source, SourceFormat format,
                                const CompileOptions& options, ProcessWaiter& waiter);

  // Whether the module with this digest is loaded, so that the caller need not read its bytes.
  std::shared_ptr<Module> Loaded(std::string_view digest);

  // Counts of all this, for the caller to flush.
  EngineStats& stats() { return stats_; }
  size_t loaded_modules() const { return by_use_.size(); }

  // Forgets all loaded modules (they live on while a run holds them).
  void Clear();

 private:
  struct Entry {
    std::string digest;
    std::shared_ptr<Module> module;
  };
  size_t capacity_;
  EngineStats stats_;
  std::list<Entry> by_use_;  // most recent first
  std::unordered_map<std::string, std::list<Entry>::iterator> by_digest_;
};

}  // namespace pg_checker::engine
