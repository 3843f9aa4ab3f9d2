#include "engine/compiler_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "engine/compiler_reply.hpp"

namespace pg_checker::engine {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr size_t kReplyLimitBytes = 64u << 20;

// How long one direction is waited for while the other is open too: ProcessWaiter knows one
// descriptor at a time.
constexpr milliseconds kBothDirectionsStep{20};

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() { Close(); }
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    if (this != &other) {
      Close();
      fd_ = std::exchange(other.fd_, -1);
    }
    return *this;
  }
  void Close() {
    if (fd_ >= 0) close(fd_);
    fd_ = -1;
  }
  int get() const { return fd_; }
  bool is_open() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

// Two connected sockets, both closed on exec. Sockets, not pipes, because a write to one whose
// reader has gone can be told to raise no SIGPIPE.
bool Connect(Descriptor& ours, Descriptor& theirs) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return false;
  ours = Descriptor(ends[0]);
  theirs = Descriptor(ends[1]);
  return fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0;
}

Error SystemError(const std::string& what, int number) {
  return {ErrorKind::kCompileFailed, what,
          std::string("The system says: ") + std::strerror(number) + ".", ""};
}

// posix_spawn's two option structs, with what the helper is to get.
class SpawnOptions {
 public:
  SpawnOptions(int input, int output) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawn_file_actions_adddup2(&actions_, input, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions_, output, STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions_, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1);
    posix_spawnattr_init(&attributes_);
    sigset_t signals;
    sigemptyset(&signals);
    posix_spawnattr_setsigmask(&attributes_, &signals);
    sigfillset(&signals);
    posix_spawnattr_setsigdefault(&attributes_, &signals);
    posix_spawnattr_setpgroup(&attributes_, 0);
    posix_spawnattr_setflags(
        &attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  }
  ~SpawnOptions() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }
  SpawnOptions(const SpawnOptions&) = delete;
  SpawnOptions& operator=(const SpawnOptions&) = delete;

  const posix_spawn_file_actions_t* actions() const { return &actions_; }
  const posix_spawnattr_t* attributes() const { return &attributes_; }

 private:
  posix_spawn_file_actions_t actions_;
  posix_spawnattr_t attributes_;
};

// A running helper and the two ways to it. Its whole process group ends with this object at the
// latest.
class HelperProcess {
 public:
  HelperProcess() = default;
  ~HelperProcess() { End(); }
  HelperProcess(const HelperProcess&) = delete;
  HelperProcess& operator=(const HelperProcess&) = delete;

  Result<void> Start(const CompileOptions& options, SourceFormat format);

  // Ends the group and reaps the helper; returns what waitpid(2) said. The group is signalled
  // before the helper is reaped, while its number cannot be anybody else's; a helper that has ended
  // by itself keeps its own status. One that was killed has not cleaned up behind itself.
  int End() {
    if (pid_ <= 0) return status_;
    kill(-pid_, SIGKILL);
    while (waitpid(pid_, &status_, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
    std::error_code ignored;
    std::filesystem::remove_all(work_directory_, ignored);
    return status_;
  }

  Descriptor& input() { return input_; }
  Descriptor& output() { return output_; }

 private:
  pid_t pid_ = -1;
  int status_ = 0;
  std::string work_directory_;  // the helper makes it, in the cache folder
  Descriptor input_;
  Descriptor output_;
};

Result<void> HelperProcess::Start(const CompileOptions& options, SourceFormat format) {
  Descriptor their_input;
  Descriptor their_output;
  if (!Connect(input_, their_input) || !Connect(output_, their_output)) {
    return SystemError("could not open a channel to the compile helper", errno);
  }
  static std::atomic<uint64_t> compilations{0};
  work_directory_ = options.cache_directory + "/.work-" + std::to_string(getpid()) + "-" +
                    std::to_string(++compilations);
  // Of a process that had this number before, and was killed with its helper.
  std::error_code ignored;
  std::filesystem::remove_all(work_directory_, ignored);
  std::vector<std::string> arguments = {options.helper,
                                        "--format",
                                        format == SourceFormat::kWasm ? "wasm" : "wat",
                                        "--cache-directory",
                                        options.cache_directory,
                                        "--work-directory",
                                        work_directory_,
                                        "--cc",
                                        options.c_compiler,
                                        "--timeout-ms",
                                        std::to_string(options.timeout.count()),
                                        "--module-limit-bytes",
                                        std::to_string(options.module_limit_bytes),
                                        "--artifact-limit-bytes",
                                        std::to_string(options.artifact_limit_bytes),
                                        "--cache-limit-bytes",
                                        std::to_string(options.cache_limit_bytes)};
  std::vector<char*> pointers;
  pointers.reserve(arguments.size() + 1);
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  char* no_environment[] = {nullptr};
  const SpawnOptions spawn(their_input.get(), their_output.get());
  const int failure = posix_spawn(&pid_, options.helper.c_str(), spawn.actions(),
                                  spawn.attributes(), pointers.data(), no_environment);
  if (failure == 0) return {};
  pid_ = -1;
  const bool missing =
      failure == ENOENT || failure == ENOTDIR || failure == EACCES || failure == ENOEXEC;
  Error error =
      SystemError("could not start the compile helper \"" + options.helper + "\"", failure);
  if (missing) {
    error.kind = ErrorKind::kCompilerUnavailable;
    error.hint =
        "The program belongs to pg_checker: install it again on this server, readable for its "
        "user.";
  }
  return error;
}

// Sends the source and takes the reply, both as far as they go at each turn.
class Conversation {
 public:
  Conversation(HelperProcess& helper, std::string_view source, const CompileOptions& options,
               ProcessWaiter& waiter)
      : helper_(helper),
        source_(source),
        timeout_(options.timeout),
        deadline_(steady_clock::now() + options.timeout),
        waiter_(waiter) {}

  // The whole reply, once the helper has closed its output.
  Result<std::string> Hold() {
    for (;;) {
      Result<Progress> sent = Send();
      if (!sent.ok()) return sent.error();
      Result<Progress> received = Receive();
      if (!received.ok()) return received.error();
      if (*received == Progress::kEnd) return std::move(reply_);
      if (*sent == Progress::kSome || *received == Progress::kSome) continue;
      if (Result<void> waited = Wait(); !waited.ok()) return waited.error();
    }
  }

 private:
  enum class Progress { kNone, kSome, kEnd };

  Result<Progress> Send() {
    if (!helper_.input().is_open()) return Progress::kEnd;
    if (source_.empty()) {
      helper_.input().Close();
      return Progress::kEnd;
    }
    const ssize_t sent = send(helper_.input().get(), source_.data(), source_.size(), MSG_NOSIGNAL);
    if (sent > 0) {
      source_.remove_prefix(static_cast<size_t>(sent));
      return Progress::kSome;
    }
    if (errno == EAGAIN || errno == EWOULDBLOCK) return Progress::kNone;
    if (errno == EINTR) return Progress::kSome;
    // A helper that refuses early does not read all: its reply says why.
    if (errno == EPIPE || errno == ECONNRESET) {
      helper_.input().Close();
      return Progress::kEnd;
    }
    return SystemError("could not write to the compile helper", errno);
  }

  Result<Progress> Receive() {
    char buffer[64 * 1024];
    const ssize_t received = recv(helper_.output().get(), buffer, sizeof(buffer), 0);
    if (received == 0) return Progress::kEnd;
    if (received < 0) {
      if (errno == EAGAIN || errno == EWOULDBLOCK) return Progress::kNone;
      if (errno == EINTR) return Progress::kSome;
      if (errno == ECONNRESET) return Progress::kEnd;
      return SystemError("could not read from the compile helper", errno);
    }
    reply_.append(buffer, static_cast<size_t>(received));
    if (reply_.size() <= kReplyLimitBytes) return Progress::kSome;
    return Error{ErrorKind::kCompileFailed, "the compile helper answered more than " +
                                                std::to_string(kReplyLimitBytes) + " bytes"};
  }

  Result<void> Wait() {
    const bool sending = helper_.input().is_open();
    const auto left = std::chrono::ceil<milliseconds>(deadline_ - steady_clock::now());
    if (left <= milliseconds::zero()) return TooLong();
    const milliseconds step = sending ? std::min(left, kBothDirectionsStep) : left;
    const int fd = sending ? helper_.input().get() : helper_.output().get();
    if (waiter_.Wait(fd, sending, step) == ProcessWaiter::Outcome::kStop) {
      return Error{ErrorKind::kStopped, "compiling was stopped"};
    }
    return {};
  }

  Error TooLong() const {
    return {ErrorKind::kCompileTimeout,
            "compiling took longer than " + std::to_string(timeout_.count()) + " ms", "",
            "Raise checker.compile_timeout, or make the module smaller."};
  }

  HelperProcess& helper_;
  std::string_view source_;  // what is still to be sent
  std::string reply_;
  milliseconds timeout_;
  steady_clock::time_point deadline_;
  ProcessWaiter& waiter_;
};

}  // namespace

ProcessWaiter::Outcome PollWaiter::Wait(int fd, bool for_write, std::chrono::milliseconds timeout) {
  pollfd entry{fd, static_cast<short>(for_write ? POLLOUT : POLLIN), 0};
  // A timeout longer than poll(2) can say is asked for again by the caller, who knows the deadline.
  const auto wait_ms = static_cast<int>(std::clamp<int64_t>(timeout.count(), 0, INT32_MAX));
  const int ready = poll(&entry, 1, wait_ms);
  return ready > 0 ? Outcome::kReady : Outcome::kTimeout;
}

Result<CompileResult> Compile(std::string_view source, SourceFormat format,
                              const CompileOptions& options, ProcessWaiter& waiter) {
  if (source.size() > options.module_limit_bytes && format == SourceFormat::kWasm) {
    return Error{ErrorKind::kModuleTooLarge,
                 "the module of " + std::to_string(source.size()) + " bytes is over the limit of " +
                     std::to_string(options.module_limit_bytes),
                 "", "Raise checker.module_size_limit, or build the module for size."};
  }
  HelperProcess helper;
  if (Result<void> started = helper.Start(options, format); !started.ok()) return started.error();
  Result<std::string> reply = Conversation(helper, source, options, waiter).Hold();
  const int status = helper.End();
  if (!reply.ok()) return reply.error();
  return ReadCompilerReply(*reply, status, options);
}

}  // namespace pg_checker::engine
