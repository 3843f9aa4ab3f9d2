#include "helper_run.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

namespace pg_checker::compile_test {
namespace {

void WriteAll(int fd, const std::string& bytes) {
  size_t done = 0;
  while (done < bytes.size()) {
    ssize_t written = write(fd, bytes.data() + done, bytes.size() - done);
    if (written <= 0) break;  // a helper that refuses early does not read on
    done += static_cast<size_t>(written);
  }
}

std::string ReadAll(int fd) {
  std::string bytes;
  char buffer[65536];
  ssize_t got;
  while ((got = read(fd, buffer, sizeof(buffer))) > 0)
    bytes.append(buffer, static_cast<size_t>(got));
  return bytes;
}

}  // namespace

TemporaryFolder::TemporaryFolder() {
  path_ = (std::filesystem::temp_directory_path() / "compile-test-XXXXXX").string();
  if (mkdtemp(path_.data()) == nullptr) std::abort();
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code error;
  std::filesystem::remove_all(path_, error);
}

std::vector<std::string> TemporaryFolder::Names() const {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(path_))
    names.push_back(entry.path().filename());
  std::sort(names.begin(), names.end());
  return names;
}

HelperRun RunHelper(const std::vector<std::string>& arguments, const std::string& source) {
  signal(SIGPIPE, SIG_IGN);
  int input[2], output[2];
  if (pipe2(input, O_CLOEXEC) != 0 || pipe2(output, O_CLOEXEC) != 0) std::abort();
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input[0], 0);
  posix_spawn_file_actions_adddup2(&actions, output[1], 1);
  std::vector<std::string> owned = arguments;
  owned.insert(owned.begin(), CHECKER_COMPILE_PATH);
  std::vector<char*> argv;
  for (std::string& argument : owned) argv.push_back(argument.data());
  argv.push_back(nullptr);
  char* environment[] = {nullptr};
  pid_t pid = -1;
  int spawned =
      posix_spawn(&pid, CHECKER_COMPILE_PATH, &actions, nullptr, argv.data(), environment);
  posix_spawn_file_actions_destroy(&actions);
  close(input[0]);
  close(output[1]);
  HelperRun run;
  if (spawned != 0) {
    ADD_FAILURE() << "could not start " << CHECKER_COMPILE_PATH;
    close(input[1]);
    close(output[0]);
    return run;
  }
  std::thread writer([&] {
    WriteAll(input[1], source);
    close(input[1]);
  });
  std::string answer = ReadAll(output[0]);
  writer.join();
  close(output[0]);
  int status = 0;
  waitpid(pid, &status, 0);
  run.exit_code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  size_t line_end = std::min(answer.find('\n'), answer.size());
  run.report = answer.substr(0, line_end);
  run.wasm = line_end < answer.size() ? answer.substr(line_end + 1) : "";
  run.json = nlohmann::json::parse(run.report, nullptr, false);
  if (!run.json.is_object()) run.json = nlohmann::json::object();
  return run;
}

namespace {

HelperRun Compile(const char* format, const std::string& source, const TemporaryFolder& cache,
                  const std::vector<std::string>& more) {
  std::vector<std::string> arguments = {"--format",   format, "--cache-directory",
                                        cache.path(), "--cc", "/usr/bin/gcc"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return RunHelper(arguments, source);
}

}  // namespace

HelperRun CompileWat(const std::string& wat, const TemporaryFolder& cache,
                     const std::vector<std::string>& more) {
  return Compile("wat", wat, cache, more);
}

HelperRun CompileWasm(const std::string& wasm, const TemporaryFolder& cache,
                      const std::vector<std::string>& more) {
  return Compile("wasm", wasm, cache, more);
}

std::string Assemble(const std::string& wat) {
  HelperRun run = RunHelper({"--format", "wat", "--validate-only"}, wat);
  EXPECT_TRUE(run.ok()) << run.report;
  return run.wasm;
}

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

void WriteFile(const std::string& path, const std::string& bytes, unsigned mode) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
  chmod(path.c_str(), mode);
}

}  // namespace pg_checker::compile_test
