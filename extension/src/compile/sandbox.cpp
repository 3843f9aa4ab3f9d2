#include "compile/sandbox.hpp"

#include <fcntl.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <new>
#include <nlohmann/json.hpp>

#include "compile/report.hpp"
#include "compile/resource_limits.hpp"

namespace pg_checker::compile {
namespace {

constexpr int kAnswerDescriptor = 3;
constexpr int kSetUpFailed = 3;  // exit status of the child
constexpr uint64_t kAnswerLimitBytes = 512u << 20;

// Kills the process on anything but computing, memory without execution, and writing to the
// answer's pipe.
bool FilterSystemCalls() {
#if defined(__SANITIZE_ADDRESS__)
  return true;  // the sanitizers ask the system for more than the reader does
#endif
  scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
  if (filter == nullptr) return false;
  bool ok = true;
  auto allow = [&](int call) { ok = ok && seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0) == 0; };
  for (int call : {SCMP_SYS(write), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(brk),
                   SCMP_SYS(madvise), SCMP_SYS(futex), SCMP_SYS(exit), SCMP_SYS(exit_group),
                   SCMP_SYS(rt_sigreturn), SCMP_SYS(getrandom), SCMP_SYS(clock_gettime),
                   // What abort(3) and the C library's buffers need, so that a failed assertion
                   // shows as SIGABRT.
                   SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigaction), SCMP_SYS(getpid),
                   SCMP_SYS(gettid), SCMP_SYS(tgkill), SCMP_SYS(fstat), SCMP_SYS(newfstatat)}) {
    allow(call);
  }
  for (int call : {SCMP_SYS(mmap), SCMP_SYS(mprotect)}) {
    ok = ok && seccomp_rule_add(
                   filter, SCMP_ACT_ALLOW, call, 1,
                   SCMP_A2(SCMP_CMP_MASKED_EQ, static_cast<scmp_datum_t>(PROT_EXEC), 0)) == 0;
  }
  ok = ok && seccomp_load(filter) == 0;
  seccomp_release(filter);
  return ok;
}

bool Confine(int answer) {
  int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  if (null < 0) return false;
  // The answer's pipe first: it may be one of the standard descriptors.
  int kept = fcntl(answer, F_DUPFD, kAnswerDescriptor + 1);
  if (kept < 0) return false;
  for (int standard : {0, 1, 2}) {
    if (dup2(null, standard) < 0) return false;
  }
  if (dup2(kept, kAnswerDescriptor) < 0) return false;
  if (close_range(kAnswerDescriptor + 1, ~0u, 0) != 0) return false;
  return LimitSandbox() && FilterSystemCalls();
}

void Answer(std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t written = write(kAnswerDescriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) _exit(2);
    bytes.remove_prefix(static_cast<size_t>(written));
  }
}

[[noreturn]] void RunChild(int answer, std::string_view source, SourceFormat format,
                           ModuleKind kind, uint64_t module_limit_bytes) {
  if (!Confine(answer)) _exit(kSetUpFailed);
  try {
    Outcome<Translation> translation = Translate(source, format, kind, module_limit_bytes);
    if (translation.ok()) {
      Answer(nlohmann::json{{"ok", true}, {"wasm_bytes", translation->wasm.size()}}.dump() + "\n");
      Answer(translation->wasm);
      Answer(translation->c);
    } else {
      Answer(FailureLine(translation.failure()));
    }
  } catch (const std::bad_alloc&) {
    Answer(FailureLine(
        Failure{FailureKind::kInvalidModule, "module needs too much memory to be read"}));
  }
  _exit(0);
}

Failure HelperFailure(std::string message) {
  return Failure{FailureKind::kCompileFailed, std::move(message)};
}

Outcome<Translation> ParseAnswer(std::string_view answer) {
  size_t line_end = answer.find('\n');
  if (line_end == answer.npos) return HelperFailure("the WebAssembly reader gave no answer");
  std::string_view line = answer.substr(0, line_end);
  answer.remove_prefix(line_end + 1);
  auto json = nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return HelperFailure("the WebAssembly reader gave no answer");
  if (!json.value("ok", false)) return ParseFailure(json);
  auto wasm_bytes = json.find("wasm_bytes");
  if (wasm_bytes == json.end() || !wasm_bytes->is_number_unsigned() ||
      wasm_bytes->get<uint64_t>() > answer.size()) {
    return HelperFailure("the WebAssembly reader gave no answer");
  }
  size_t split = wasm_bytes->get<size_t>();
  return Translation{std::string(answer.substr(0, split)), std::string(answer.substr(split))};
}

}  // namespace

Outcome<Translation> TranslateInSandbox(std::string_view source, SourceFormat format,
                                        ModuleKind kind, uint64_t module_limit_bytes,
                                        const Deadline& deadline) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0)
    return HelperFailure(std::string("could not make a pipe: ") + strerror(errno));
  pid_t child = fork();
  if (child < 0) {
    close(ends[0]);
    close(ends[1]);
    return HelperFailure(std::string("could not start the WebAssembly reader: ") + strerror(errno));
  }
  if (child == 0) RunChild(ends[1], source, format, kind, module_limit_bytes);
  close(ends[1]);
  ChildEnd end = CollectChild(child, ends[0], deadline, kAnswerLimitBytes, Overflow::kKill);
  switch (end.how) {
    case ChildEnd::How::kTimedOut:
      return CompileTimeout("reading the module");
    case ChildEnd::How::kTooMuchOutput:
      return Failure{FailureKind::kInvalidModule, "module is too large when written as C"};
    case ChildEnd::How::kSignalled:
      return Failure{FailureKind::kInvalidModule,
                     "module could not be read: the WebAssembly reader ended on signal " +
                         std::to_string(end.code)};
    case ChildEnd::How::kExited:
      break;
  }
  if (end.code == kSetUpFailed) {
    return HelperFailure("could not set up the sandbox for the WebAssembly reader");
  }
  if (end.code != 0) {
    return Failure{FailureKind::kInvalidModule,
                   "module could not be read: the WebAssembly reader ended with status " +
                       std::to_string(end.code)};
  }
  return ParseAnswer(end.output);
}

}  // namespace pg_checker::compile
