// Talking to the compile helper: the real one, and scripts in its place that misbehave.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "engine/artifact_format.hpp"
#include "guest.hpp"

namespace pg_checker::engine {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using testing::HasSubstr;

class Helper : public testing::Test {
 protected:
  Helper() : options_(OptionsFor(folder_.path() + "/cache")) {}

  // Puts a shell script in the helper's place.
  void Replace(const std::string& script) {
    options_.helper = folder_.path() + "/helper";
    std::ofstream(options_.helper) << "#!/bin/sh\n" << script << "\n";
    chmod(options_.helper.c_str(), 0700);
  }

  Result<CompileResult> CompileText(std::string_view source) {
    return Compile(source, SourceFormat::kWat, options_, waiter_);
  }

  TemporaryFolder folder_;
  CompileOptions options_;
  PollWaiter waiter_;
};

TEST_F(Helper, CompilesTextAndReturnsTheBinaryModule) {
  const Result<CompileResult> first = CompileText("(module (func (export \"check\")))");
  ASSERT_TRUE(first.ok()) << first.error().message;
  EXPECT_EQ(first->wasm.substr(0, 4), std::string_view("\0asm", 4));
  EXPECT_EQ(first->digest, ModuleDigest(first->wasm));
  EXPECT_EQ(first->artifact_path, options_.cache_directory + "/" + ArtifactName(first->wasm));
  EXPECT_TRUE(std::filesystem::exists(first->artifact_path));
  EXPECT_FALSE(first->cached);

  const Result<CompileResult> again = Compile(first->wasm, SourceFormat::kWasm, options_, waiter_);
  ASSERT_TRUE(again.ok());
  EXPECT_TRUE(again->cached);
  EXPECT_EQ(again->wasm, "");
}

TEST_F(Helper, WorksWhereAProcessOfTheSameNumberWasKilled) {
  ASSERT_TRUE(CompileText("(module (func (export \"check\")))").ok());
  // What any of the next compilations would take.
  for (int number = 1; number < 300; ++number) {
    const std::string left = options_.cache_directory + "/.work-" + std::to_string(getpid()) + "-" +
                             std::to_string(number);
    std::filesystem::create_directory(left);
    std::ofstream(left + "/module.c") << "cut short";
  }
  const Result<CompileResult> compiled = CompileText("(module (func (export \"check\") nop))");
  ASSERT_TRUE(compiled.ok()) << compiled.error().message;
}

TEST_F(Helper, RefusalsComeAsTheirKind) {
  const Result<CompileResult> syntax = CompileText("(module\n  (fun))");
  ASSERT_FALSE(syntax.ok());
  EXPECT_EQ(syntax.error().kind, ErrorKind::kSyntax);
  EXPECT_THAT(syntax.error().message, HasSubstr("at line 2, column"));
  EXPECT_FALSE(syntax.error().hint.empty());
  const Result<CompileResult> import =
      CompileText("(module (import \"env\" \"system\" (func)) (func (export \"check\")))");
  ASSERT_FALSE(import.ok());
  EXPECT_EQ(import.error().kind, ErrorKind::kUnknownImport);
  EXPECT_THAT(import.error().message, HasSubstr("\"env\".\"system\""));
  EXPECT_EQ(CompileText("(module)").error().kind, ErrorKind::kMissingEntry);
  EXPECT_EQ(Compile("not wasm", SourceFormat::kWasm, options_, waiter_).error().kind,
            ErrorKind::kInvalidModule);
  options_.module_limit_bytes = 10;
  EXPECT_EQ(Compile(std::string(11, 'x'), SourceFormat::kWasm, options_, waiter_).error().kind,
            ErrorKind::kModuleTooLarge);
}

TEST_F(Helper, MissingHelperOrCompilerSaysWhatToInstall) {
  options_.helper = folder_.path() + "/nothing";
  const Result<CompileResult> no_helper = CompileText("(module)");
  EXPECT_EQ(no_helper.error().kind, ErrorKind::kCompilerUnavailable);
  EXPECT_FALSE(no_helper.error().hint.empty());
  options_ = OptionsFor(folder_.path() + "/cache");
  options_.c_compiler = folder_.path() + "/nothing";
  const Result<CompileResult> no_compiler = CompileText("(module (func (export \"check\")))");
  EXPECT_EQ(no_compiler.error().kind, ErrorKind::kCompilerUnavailable);
  EXPECT_FALSE(no_compiler.error().hint.empty());
}

TEST_F(Helper, DeathBySignalIsARefusal) {
  Replace("kill -ABRT $$");
  const Result<CompileResult> result = CompileText("(module)");
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().kind, ErrorKind::kCompileFailed);
  EXPECT_EQ(result.error().message, "the compile helper was ended by signal 6");
}

TEST_F(Helper, ReplyThatIsNoneIsARefusal) {
  for (const char* script :
       {"exit 3", "echo nonsense", "echo '[1]'", "echo '{\"ok\":true}'",
        "echo '{\"ok\":true,\"digest\":\"a\",\"artifact\":\"../../etc/passwd\"}'",
        "echo '{\"ok\":true,\"digest\":\"a\",\"artifact\":\"a.so\",\"wasm_bytes\":5}'; echo abc",
        "echo '{\"ok\":1,\"kind\":5,\"message\":[]}'", "printf '{\"ok\":true'"}) {
    Replace(script);
    const Result<CompileResult> result = CompileText("(module)");
    ASSERT_FALSE(result.ok()) << script;
    EXPECT_EQ(result.error().kind, ErrorKind::kCompileFailed) << script;
    EXPECT_FALSE(result.error().message.empty());
  }
}

TEST_F(Helper, MayAnswerWithoutReadingAll) {
  Replace(
      "echo "
      "'{\"ok\":false,\"kind\":\"module_too_large\",\"message\":\"no\",\"hint\":\"h\",\"offset\":7}"
      "'");
  const Result<CompileResult> result = CompileText(std::string(8u << 20, 'x'));
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().message, "no at byte offset 7");
  EXPECT_EQ(result.error().message, "no at byte offset 7");
}

TEST_F(Helper, MayAnswerWhileItStillReads) {
  // More in both directions than any buffer holds.
  Replace(R"(head -c 3000000 /dev/zero | tr '\0' ' '
cat > /dev/null
echo '{"ok":true,"digest":"d","artifact":"a.so"}')");
  const Result<CompileResult> result = CompileText(std::string(8u << 20, 'x'));
  ASSERT_TRUE(result.ok()) << result.error().message;
  EXPECT_EQ(result->digest, "d");
}

TEST_F(Helper, EndlessReplyIsCutOff) {
  Replace("cat /dev/zero");
  EXPECT_THAT(CompileText("(module)").error().message, HasSubstr("answered more than"));
}

// A helper whose child writes its number and hangs, as a compiler would.
std::string Hanging(const std::string& pid_file) {
  return "sleep 1000 & echo $! > " + pid_file + ".new; mv " + pid_file + ".new " + pid_file +
         "; wait";
}

// Waits for a process to be gone; a zombie of another parent counts as gone.
bool IsGone(pid_t pid) {
  for (int i = 0; i < 500; ++i) {
    std::string content;
    try {
      std::ifstream status("/proc/" + std::to_string(pid) + "/stat");
      content.assign(std::istreambuf_iterator<char>(status), {});
    } catch (const std::ios_base::failure&) {
      // It ended between opening and reading.
      return true;
    }
    if (content.empty() || content.find(") Z ") != std::string::npos) return true;
    std::this_thread::sleep_for(milliseconds(10));
  }
  return false;
}

TEST_F(Helper, TimeoutEndsTheWholeGroup) {
  const std::string pid_file = folder_.path() + "/pid";
  Replace(Hanging(pid_file));
  options_.timeout = milliseconds(400);
  const auto start = steady_clock::now();
  const Result<CompileResult> result = CompileText("(module)");
  EXPECT_GE(steady_clock::now() - start, milliseconds(400));
  EXPECT_EQ(result.error().kind, ErrorKind::kCompileTimeout);
  EXPECT_EQ(result.error().message, "compiling took longer than 400 ms");
  EXPECT_TRUE(IsGone(std::stoi(ReadFile(pid_file))));
}

class StoppingWaiter : public PollWaiter {
 public:
  explicit StoppingWaiter(std::string file) : file_(std::move(file)) {}
  Outcome Wait(int fd, bool for_write, milliseconds timeout) override {
    if (std::filesystem::exists(file_)) return Outcome::kStop;
    return PollWaiter::Wait(fd, for_write, std::min(timeout, milliseconds(5)));
  }

 private:
  std::string file_;
};

TEST_F(Helper, StopEndsTheWholeGroup) {
  const std::string pid_file = folder_.path() + "/pid";
  Replace(Hanging(pid_file));
  StoppingWaiter waiter(pid_file);
  const Result<CompileResult> result = Compile("(module)", SourceFormat::kWat, options_, waiter);
  EXPECT_EQ(result.error().kind, ErrorKind::kStopped);
  EXPECT_TRUE(IsGone(std::stoi(ReadFile(pid_file))));
}

TEST_F(Helper, GetsACleanProcess) {
  setenv("SECRET_OF_THE_SERVER", "1", 1);
  signal(SIGUSR1, SIG_IGN);
  const std::string file = folder_.path() + "/seen";
  Replace("env > " + file + "; ls /proc/$$/fd >> " + file + "; ps -o pgid= -p $$ >> " + file +
          "; grep SigIgn /proc/$$/status >> " + file + "; readlink /proc/$$/fd/2 >> " + file +
          "; echo $* >> " + file);
  constexpr int kLeaked = 77;
  ASSERT_EQ(dup2(1, kLeaked), kLeaked);
  (void)CompileText("(module)");
  close(kLeaked);
  signal(SIGUSR1, SIG_DFL);
  unsetenv("SECRET_OF_THE_SERVER");
  const std::string seen = ReadFile(file);
  EXPECT_THAT(seen, testing::Not(HasSubstr("SECRET_OF_THE_SERVER")));
  EXPECT_THAT(seen, testing::Not(HasSubstr("\n77\n")));
  const size_t ignored = seen.find("SigIgn:");
  ASSERT_NE(ignored, std::string::npos);
  EXPECT_EQ(std::stoull(seen.substr(ignored + 7), nullptr, 16) >> (SIGUSR1 - 1) & 1, 0u);
  EXPECT_THAT(seen, HasSubstr("/dev/null"));
  EXPECT_THAT(seen, HasSubstr("--format wat --cache-directory " + options_.cache_directory +
                              " --work-directory " + options_.cache_directory + "/.work-"));
  EXPECT_THAT(seen,
              HasSubstr(" --cc " C_COMPILER " --timeout-ms 60000 --module-limit-bytes 4194304"));
}

}  // namespace
}  // namespace pg_checker::engine
