#include "compile/child_process.hpp"

#include <dirent.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <vector>

namespace pg_checker::compile {
namespace {

// Processes whose parent is this one, by /proc: the ids of a killed compiler's own children are not
// known otherwise.
std::vector<pid_t> Children() {
  std::vector<pid_t> children;
  std::unique_ptr<DIR, int (*)(DIR*)> proc(opendir("/proc"), closedir);
  while (proc != nullptr) {
    const dirent* entry = readdir(proc.get());
    if (entry == nullptr) break;
    pid_t pid = static_cast<pid_t>(std::strtol(entry->d_name, nullptr, 10));
    if (pid <= 0) continue;
    std::string path = "/proc/" + std::to_string(pid) + "/stat";
    std::unique_ptr<FILE, int (*)(FILE*)> stat(fopen(path.c_str(), "re"), fclose);
    if (stat == nullptr) continue;
    char line[512] = {};
    size_t size = fread(line, 1, sizeof(line) - 1, stat.get());
    // pid (name) state ppid: a name may hold parentheses, so look from the end.
    std::string_view text(line, size);
    size_t name_end = text.rfind(')');
    int parent = 0;
    if (name_end != text.npos && sscanf(line + name_end + 1, " %*c %d", &parent) == 1 &&
        parent == getpid()) {
      children.push_back(pid);
    }
  }
  return children;
}

// Kills the child first, then, generation by generation, those that it leaves to us.
void KillDescendants(pid_t child) {
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  for (std::vector<pid_t> orphans = Children(); !orphans.empty(); orphans = Children()) {
    for (pid_t orphan : orphans) kill(orphan, SIGKILL);
    for (pid_t orphan : orphans) waitpid(orphan, nullptr, 0);
  }
}

}  // namespace

int Deadline::RemainingMilliseconds() const {
  auto left = std::chrono::ceil<std::chrono::milliseconds>(at_ - std::chrono::steady_clock::now());
  return static_cast<int>(std::clamp<int64_t>(left.count(), 0, 3600 * 1000));
}

void AdoptDescendants() { prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); }

ChildEnd CollectChild(pid_t child, int fd, const Deadline& deadline, size_t output_limit_bytes,
                      Overflow overflow) {
  ChildEnd end{ChildEnd::How::kTimedOut, 0, {}};
  std::vector<char> buffer(1 << 16);
  bool open = true;
  while (true) {
    if (deadline.Passed()) break;
    if (open) {
      pollfd waited{fd, POLLIN, 0};
      if (poll(&waited, 1, deadline.RemainingMilliseconds()) <= 0) continue;
      ssize_t got = read(fd, buffer.data(), buffer.size());
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) {
        open = false;
        continue;
      }
      size_t room = output_limit_bytes - end.output.size();
      end.output.append(buffer.data(), std::min(room, static_cast<size_t>(got)));
      if (static_cast<size_t>(got) > room && overflow == Overflow::kKill) {
        end.how = ChildEnd::How::kTooMuchOutput;
        break;
      }
      continue;
    }
    int status = 0;
    pid_t ended = waitpid(child, &status, WNOHANG);
    if (ended == child || (ended < 0 && errno == ECHILD)) {
      close(fd);
      end.how = WIFSIGNALED(status) ? ChildEnd::How::kSignalled : ChildEnd::How::kExited;
      end.code = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
      return end;
    }
    poll(nullptr, 0, 1);  // the pipe is closed: the child is about to end
  }
  close(fd);
  KillDescendants(child);
  return end;
}

}  // namespace pg_checker::compile
