// A loaded artifact: native code of one guest, shared by all its runs in this process.
//
// It is loaded from memory of this process's own, not from the file in the cache: a mapped file
// that somebody truncates ends every process that runs its code, and what was verified is what is
// loaded.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "engine/guest_runtime.h"
#include "engine/result.hpp"

namespace pg_checker::engine {

class Module {
 public:
  // Loads the shared object in `artifact`, the bytes of a file that the caller has verified
  // (artifact_cache.hpp), and binds the runtime table. `name` is for messages.
  static Result<std::shared_ptr<Module>> Load(std::string_view artifact, const std::string& name);
  ~Module();
  Module(const Module&) = delete;
  Module& operator=(const Module&) = delete;

  const checker_module& descriptor() const { return *descriptor_; }

 private:
  Module(void* handle, const checker_module* descriptor);

  void* handle_;                      // of dlopen
  const checker_module* descriptor_;  // inside the shared object
};

}  // namespace pg_checker::engine
