#include "engine/module.hpp"

#include <dlfcn.h>

#include "engine/runtime_table.hpp"

namespace pg_checker::engine {

namespace {

std::string LastLoaderError() {
  const char* text = dlerror();
  return text != nullptr ? text : "unknown error";
}

Error LoadError(const std::string& path, const std::string& why) {
  return {ErrorKind::kCache, "could not load artifact \"" + path + "\"",
          "The loader says: " + why + ".",
          "Delete the file: it is made anew from the checker's module."};
}

}  // namespace

Result<std::shared_ptr<Module>> Module::Load(const std::string& path) {
  void* handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) return LoadError(path, LastLoaderError());
  const auto* descriptor = static_cast<const checker_module*>(dlsym(handle, CHECKER_MODULE_SYMBOL));
  // Takes the handle over, whatever comes next.
  std::shared_ptr<Module> module(new Module(handle, descriptor));
  if (descriptor == nullptr) return LoadError(path, LastLoaderError());
  if (descriptor->artifact_version != CHECKER_ARTIFACT_VERSION ||
      descriptor->instance_bytes < sizeof(checker_context)) {
    return LoadError(path, "it has format version " + std::to_string(descriptor->artifact_version) +
                               ", not " + std::to_string(CHECKER_ARTIFACT_VERSION));
  }
  descriptor->bind(&RuntimeTable());
  return module;
}

Module::Module(void* handle, const checker_module* descriptor)
    : handle_(handle), descriptor_(descriptor) {}

Module::~Module() { dlclose(handle_); }

}  // namespace pg_checker::engine
