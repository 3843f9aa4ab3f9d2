// One compiler at a time for an artifact: who waits, how long, and what a dead helper's lock is
// worth.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <unistd.h>

#include <filesystem>
#include <future>

#include "helper_run.hpp"

namespace pg_checker::compile_test {
namespace {

constexpr const char* kSmall = "(module (func (export \"check\")))";

class ArtifactLock : public testing::Test {
 protected:
  ArtifactLock() {
    artifact_ = RunHelper({"--format", "wat", "--validate-only"}, kSmall).Text("artifact");
    path_ = cache_ / (artifact_ + ".lock");
  }
  ~ArtifactLock() override {
    if (fd_ >= 0) close(fd_);
  }

  void Hold() {
    fd_ = open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    ASSERT_EQ(flock(fd_, LOCK_EX | LOCK_NB), 0);
  }

  TemporaryFolder cache_;
  std::string artifact_, path_;
  int fd_ = -1;
};

TEST_F(ArtifactLock, IsWaitedForUntilTheDeadline) {
  Hold();
  HelperRun run = CompileWat(kSmall, cache_, {"--timeout-ms", "300"});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_EQ(run.Text("kind"), "compile_timeout");
  EXPECT_NE(run.Text("message").find("another session"), std::string::npos) << run.report;
}

TEST_F(ArtifactLock, WhoeverWaitedFindsTheOthersWork) {
  Hold();
  auto waiting = std::async(std::launch::async, [&] { return CompileWat(kSmall, cache_); });
  // In the meantime the holder puts the artifact there, and takes the lock's file away.
  TemporaryFolder other;
  ASSERT_TRUE(CompileWat(kSmall, other).ok());
  std::filesystem::copy_file(other / artifact_, cache_ / ("new." + artifact_));
  std::filesystem::rename(cache_ / ("new." + artifact_), cache_ / artifact_);
  std::filesystem::remove(path_);
  close(fd_);
  fd_ = -1;
  HelperRun run = waiting.get();
  EXPECT_TRUE(run.ok()) << run.report;
  EXPECT_EQ(run.json["cached"], true);
  EXPECT_EQ(cache_.Names(), std::vector<std::string>{artifact_});
}

TEST_F(ArtifactLock, FileWithoutAHolderIsNoLock) {
  WriteFile(path_, "");
  HelperRun run = CompileWat(kSmall, cache_);
  EXPECT_TRUE(run.ok()) << run.report;
  EXPECT_EQ(cache_.Names(), std::vector<std::string>{artifact_});
}

}  // namespace
}  // namespace pg_checker::compile_test
