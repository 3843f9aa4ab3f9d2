#include "compile/resource_limits.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdint>

namespace pg_checker::compile {
namespace {

constexpr uint64_t kFileLimitBytes = 256u << 20;
constexpr uint64_t kSandboxMemoryLimitBytes = 1u << 30;
constexpr uint64_t kCompilerMemoryLimitBytes = 2ull << 30;
constexpr uint64_t kDescriptorLimit = 64;

// Lowers a limit; never asks for more than the hard limit allows.
bool Lower(decltype(RLIMIT_CPU) resource, uint64_t value) {
  rlimit limit;
  if (getrlimit(resource, &limit) != 0) return false;
  limit.rlim_max = std::min<rlim_t>(limit.rlim_max, value);
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_cur, limit.rlim_max);
  return setrlimit(resource, &limit) == 0;
}

bool LimitMemory(uint64_t bytes) {
#if defined(__SANITIZE_ADDRESS__)
  return true;  // the sanitizer reserves terabytes of addresses
#else
  return Lower(RLIMIT_AS, bytes);
#endif
}

}  // namespace

void LimitSelf(std::chrono::milliseconds timeout) {
  umask(077);
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  auto seconds = std::chrono::ceil<std::chrono::seconds>(timeout);
  Lower(RLIMIT_CPU, static_cast<uint64_t>(seconds.count()) + 2);
  Lower(RLIMIT_CORE, 0);
  Lower(RLIMIT_NOFILE, kDescriptorLimit);
  Lower(RLIMIT_FSIZE, kFileLimitBytes);
}

bool LimitSandbox() { return LimitMemory(kSandboxMemoryLimitBytes) && Lower(RLIMIT_FSIZE, 0); }

bool LimitCCompiler() { return Lower(RLIMIT_AS, kCompilerMemoryLimitBytes); }

}  // namespace pg_checker::compile
