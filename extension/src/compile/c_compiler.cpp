#include "compile/c_compiler.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <vector>

#include "compile/quoted.hpp"
#include "compile/report.hpp"
#include "compile/resource_limits.hpp"
#include "compile/stack_usage.hpp"
#include "compile/whole_file.hpp"

namespace pg_checker::compile {
namespace {

constexpr size_t kDiagnosticsLimitBytes = 64u << 10;
constexpr int kExecFailed = 127;

// In the prelude; a compiler other than gcc answers with it.
constexpr std::string_view kNotGccMarker = "checker-compile needs gcc";

constexpr std::string_view kInstallHint =
    "Install the packages gcc and binutils (apt-get install gcc) on the database server, or set "
    "checker.c_compiler.";

std::vector<std::string> Arguments(const CCompilation& compilation) {
  return {compilation.compiler, "-std=gnu11", compilation.optimise_less ? "-O1" : "-O2",
          // One translation unit, no library, one exported symbol.
          "-fPIC", "-shared", "-nostdlib", "-ffreestanding", "-fvisibility=hidden",
          "-fno-stack-protector", "-U_FORTIFY_SOURCE", "-pipe", "-w", "-fmax-errors=3",
          // What makes results the same on every machine, and equal to WebAssembly's.
          "-ffp-contract=off", "-frounding-math", "-fsignaling-nans", "-fno-strict-aliasing",
          "-fwrapv", "-fno-math-errno", "-fstack-usage",
          // WebAssembly's calls are no tail calls: endless recursion is to end with the stack, not
          // to become a loop.
          "-fno-optimize-sibling-calls",
          // Compile time: what calls itself hot was inlined by the compiler that made the module,
          // and nothing behind bounds checks is vectorised. A hostile function takes half as long,
          // and each function keeps its own frame, which -fstack-usage then names.
          "-fno-inline-functions-called-once", "-fno-tree-vectorize", "-Wl,-z,defs", "-Wl,-z,now",
          "-Wl,-z,relro", "-Wl,-z,noexecstack", "-Wl,-Bsymbolic", "-Wl,--build-id=none", "-Wl,-s",
          "-o", std::string(kSharedObjectName), "module.c", "-lgcc"};
}

[[noreturn]] void ExecCompiler(const CCompilation& compilation, int diagnostics) {
  std::vector<std::string> arguments = Arguments(compilation);
  std::string temporary = "TMPDIR=" + compilation.work_directory;
  std::vector<char*> argv, environment;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  char path[] = "PATH=/usr/bin:/bin", locale[] = "LC_ALL=C";
  environment = {path, locale, temporary.data(), nullptr};
  int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  bool ready = null >= 0 && dup2(diagnostics, 2) >= 0 && dup2(null, 0) >= 0 && dup2(null, 1) >= 0 &&
               chdir(compilation.work_directory.c_str()) == 0 && LimitCCompiler();
  signal(SIGPIPE, SIG_DFL);
  if (ready) execve(compilation.compiler.c_str(), argv.data(), environment.data());
  const char* reason = strerror(errno);
  if (write(2, reason, strlen(reason)) < 0) _exit(kExecFailed);
  _exit(kExecFailed);
}

std::string FirstLine(std::string_view text) {
  // "In file included from" and the like never come: there is one file. Warnings are off.
  size_t error = text.find("error:");
  if (error != text.npos) {
    size_t line_start = text.rfind('\n', error);
    text.remove_prefix(line_start == text.npos ? 0 : line_start + 1);
  }
  return OneLine(text.substr(0, text.find('\n')), 300);
}

Failure Unavailable(std::string message, std::string detail = {}) {
  return Failure{FailureKind::kCompilerUnavailable, std::move(message), std::move(detail),
                 std::string(kInstallHint)};
}

Failure CompilerFailure(const CCompilation& compilation, const ChildEnd& end) {
  std::string compiler = Quoted(compilation.compiler);
  std::string_view diagnostics = end.output;
  std::string first = FirstLine(diagnostics);
  std::string detail = first.empty() ? "" : "The compiler said: " + first;
  if (end.how == ChildEnd::How::kSignalled) {
    return Failure{FailureKind::kCompileFailed,
                   "the C compiler " + compiler + " ended on signal " + std::to_string(end.code),
                   detail};
  }
  if (end.code == kExecFailed)
    return Unavailable("could not run the C compiler " + compiler, detail);
  if (diagnostics.find(kNotGccMarker) != diagnostics.npos) {
    return Unavailable(
        "the C compiler " + compiler + " is not gcc",
        "Only gcc's -fsignaling-nans makes floating point exact; clang has no equivalent.");
  }
  for (std::string_view missing : {"cannot execute", "cannot find 'ld'", "installation problem"}) {
    if (diagnostics.find(missing) != diagnostics.npos) {
      return Unavailable("the C compiler " + compiler + " is incomplete", detail);
    }
  }
  return Failure{FailureKind::kCompileFailed,
                 "the C compiler " + compiler + " could not compile the module", detail};
}

}  // namespace

Outcome<Done> CompileC(const std::string& c, const CCompilation& compilation,
                       const Deadline& deadline) {
  struct stat status;
  if (stat(compilation.compiler.c_str(), &status) != 0 || !S_ISREG(status.st_mode) ||
      access(compilation.compiler.c_str(), X_OK) != 0) {
    return Unavailable("no C compiler at " + Quoted(compilation.compiler));
  }
  Outcome<Done> written = WriteWholeFile(compilation.work_directory + "/module.c", c);
  if (!written.ok()) return written.failure();
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) {
    return Failure{FailureKind::kCompileFailed,
                   std::string("could not make a pipe: ") + strerror(errno)};
  }
  pid_t child = fork();
  if (child < 0) {
    close(ends[0]);
    close(ends[1]);
    return Failure{FailureKind::kCompileFailed,
                   std::string("could not start the C compiler: ") + strerror(errno)};
  }
  if (child == 0) ExecCompiler(compilation, ends[1]);
  close(ends[1]);
  ChildEnd end = CollectChild(child, ends[0], deadline, kDiagnosticsLimitBytes, Overflow::kDrop);
  if (end.how == ChildEnd::How::kTimedOut) return CompileTimeout("the C compiler ran");
  if (end.how != ChildEnd::How::kExited || end.code != 0) return CompilerFailure(compilation, end);
  return CheckStackUsage(compilation.work_directory);
}

}  // namespace pg_checker::compile
