#include "interpreter.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>

#include "interpreted_guest.hpp"

namespace pg_checker::conformance {

namespace {

using Clock = std::chrono::steady_clock;

constexpr rlim_t kMemoryLimitBytes = rlim_t{4} << 30;

bool WriteAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

void Limit(int resource, rlim_t value) {
  const rlimit limit{value, value};
  setrlimit(static_cast<__rlimit_resource>(resource), &limit);
}

// What the process does. Exit status 0 if all recordings are written.
[[noreturn]] void RunProcess(const Guest& guest, std::chrono::seconds time_limit, int fd) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  Limit(RLIMIT_CORE, 0);
  Limit(RLIMIT_CPU, static_cast<rlim_t>(time_limit.count()));
#if !defined(__SANITIZE_ADDRESS__)
  Limit(RLIMIT_AS, kMemoryLimitBytes);  // a sanitizer reserves terabytes of addresses
#endif
  bool written = true;
  try {
    InterpretedGuest interpreted(guest.wasm);
    RecordAll(
        guest.cases, [&](uint32_t first) { return interpreted.RunFrom(first); },
        [&](const Recording& recording) { written = WriteAll(fd, Encode(recording)) && written; });
  } catch (const std::exception& error) {
    fprintf(stderr, "conformance: the interpreter gave up: %s\n", error.what());
    _exit(2);
  }
  _exit(written ? 0 : 1);
}

// All that comes before the end of the file or the deadline; false for the latter.
bool ReadUntil(Clock::time_point deadline, int fd, std::string& bytes) {
  char buffer[1 << 16];
  for (;;) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (left <= 0) return false;
    pollfd wait{fd, POLLIN, 0};
    const int ready = poll(&wait, 1, static_cast<int>(left));
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return false;
    const ssize_t count = read(fd, buffer, sizeof(buffer));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return true;
    bytes.append(buffer, static_cast<size_t>(count));
  }
}

std::string HowItDied(int status, bool in_time) {
  if (!in_time || (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU)) {
    return "the interpreter ran into its time limit";
  }
  if (WIFSIGNALED(status)) {
    return "the interpreter ended on signal " + std::to_string(WTERMSIG(status));
  }
  if (WEXITSTATUS(status) != 0) {
    return "the interpreter ended with status " + std::to_string(WEXITSTATUS(status));
  }
  return {};
}

}  // namespace

Reference Interpret(const Guest& guest, std::chrono::seconds time_limit) {
  int ends[2];
  if (pipe(ends) != 0) throw std::runtime_error("pipe failed");
  const pid_t child = fork();
  if (child < 0) throw std::runtime_error("fork failed");
  if (child == 0) {
    close(ends[0]);
    RunProcess(guest, time_limit, ends[1]);
  }
  close(ends[1]);
  std::string bytes;
  // Others may use the processors too, so the limit on time that passes is more generous.
  const bool in_time = ReadUntil(Clock::now() + 4 * time_limit, ends[0], bytes);
  close(ends[0]);
  if (!in_time) kill(child, SIGKILL);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  Reference reference;
  std::string_view rest = bytes;
  while (std::optional<Recording> recording = Decode(rest)) {
    reference.recordings.push_back(std::move(*recording));
  }
  reference.died = HowItDied(status, in_time);
  return reference;
}

}  // namespace pg_checker::conformance
