// A loaded artifact: native code of one guest, shared by all its runs in this process.
#pragma once

#include <memory>
#include <string>

#include "engine/guest_runtime.h"
#include "engine/result.hpp"

namespace pg_checker::engine {

class Module {
 public:
  // Loads the shared object at `path`, which the caller has verified (artifact_cache.hpp), and
  // binds the runtime table.
  static Result<std::shared_ptr<Module>> Load(const std::string& path);
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
