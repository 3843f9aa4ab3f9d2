#include "engine/module.hpp"

#include <dlfcn.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>

#include "engine/runtime_table.hpp"

namespace pg_checker::engine {

namespace {

std::string LastLoaderError() {
  const char* text = dlerror();
  return text != nullptr ? text : "unknown error";
}

Error LoadError(const std::string& name, const std::string& why) {
  return {ErrorKind::kCache, "could not load artifact \"" + name + "\"",
          "The loader says: " + why + ".",
          "Delete the file: it is made anew from the checker's module."};
}

// A file in memory that only this process sees, with the artifact in it; -1 if that fails.
int MakeMemoryFile(std::string_view artifact) {
  const int fd = memfd_create("pg_checker", MFD_CLOEXEC);
  if (fd < 0) return -1;
  while (!artifact.empty()) {
    const ssize_t written = write(fd, artifact.data(), artifact.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) {
      close(fd);
      return -1;
    }
    artifact.remove_prefix(static_cast<size_t>(written));
  }
  return fd;
}

// A path of the open file `fd` that no other load has used. The loader takes a path that it knows
// for the object that it has loaded from there, and numbers of descriptors are used again. Between
// the folder and the number stands a serial number in binary, "/." for 1 and "/" for 0: all mean
// the folder itself.
std::string PathOf(int fd) {
  static std::atomic<uint64_t> loads{0};
  std::string path = "/proc/self/fd";
  for (uint64_t serial = ++loads; serial > 0; serial >>= 1) path += (serial & 1) != 0 ? "/." : "/";
  return path + "/" + std::to_string(fd);
}

}  // namespace

Result<std::shared_ptr<Module>> Module::Load(std::string_view artifact, const std::string& name) {
  const int fd = MakeMemoryFile(artifact);
  if (fd < 0) {
    return Error{ErrorKind::kCache, "could not make room for artifact \"" + name + "\"",
                 std::string("The system says: ") + std::strerror(errno) + ".",
                 "Give the server more memory."};
  }
  void* handle = dlopen(PathOf(fd).c_str(), RTLD_NOW | RTLD_LOCAL);
  close(fd);
  if (handle == nullptr) return LoadError(name, LastLoaderError());
  const auto* descriptor = static_cast<const checker_module*>(dlsym(handle, CHECKER_MODULE_SYMBOL));
  // Takes the handle over, whatever comes next.
  std::shared_ptr<Module> module(new Module(handle, descriptor));
  if (descriptor == nullptr) return LoadError(name, LastLoaderError());
  if (descriptor->artifact_version != CHECKER_ARTIFACT_VERSION ||
      descriptor->instance_bytes < sizeof(checker_context)) {
    return LoadError(name, "it has format version " + std::to_string(descriptor->artifact_version) +
                               ", not " + std::to_string(CHECKER_ARTIFACT_VERSION));
  }
  descriptor->bind(&RuntimeTable());
  return module;
}

Module::Module(void* handle, const checker_module* descriptor)
    : handle_(handle), descriptor_(descriptor) {}

Module::~Module() { dlclose(handle_); }

}  // namespace pg_checker::engine
