// What a process that calls itself checker-compile answers. The first byte chooses how it ended.
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>

#include "engine/compiler_reply.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace pg_checker::engine;
  if (size == 0) return 0;
  constexpr int kWaitStatus[] = {0, 1 << 8, 9, 11 | 0x80};
  CompileOptions options;
  options.cache_directory = "/cache";
  const std::string reply(reinterpret_cast<const char*>(data) + 1, size - 1);
  const Result<CompileResult> result = ReadCompilerReply(reply, kWaitStatus[data[0] % 4], options);
  if (!result.ok()) {
    if (result.error().message.empty()) throw std::logic_error("an error without a message");
    return 0;
  }
  const std::string& path = result->artifact_path;
  const bool inside = path.rfind('/') == options.cache_directory.size() &&
                      path.compare(0, options.cache_directory.size(), "/cache") == 0 &&
                      path.find('\0') == std::string::npos && path[7] != '.';
  if (!inside) throw std::logic_error("an artifact outside of the cache: " + path);
  if (result->wasm.size() > reply.size()) throw std::logic_error("more than was said");
  return 0;
}
