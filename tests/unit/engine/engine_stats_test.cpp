// Counters and run slots that processes share through files in a cache folder.
#include "engine/engine_stats.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <vector>

#include "engine/run_slots.hpp"
#include "guest.hpp"

namespace pg_checker::engine {
namespace {

uint64_t Runs(const std::string& folder) {
  return EngineStats::Read(folder).values[EngineCounts::kRuns];
}

// In a process of its own; true if `body` returns true.
template <typename Body>
bool InAnotherProcess(Body body) {
  const pid_t child = fork();
  if (child == 0) _exit(body() ? 0 : 1);
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

TEST(EngineStats, AddUpOverProcesses) {
  const TemporaryFolder folder;
  EXPECT_EQ(EngineStats::Read(folder.path()).since_microseconds, 0);
  const auto count = [&] {
    EngineStats stats;
    for (int i = 0; i < 100; ++i) {
      stats.Count(EngineCounts::kRuns);
      stats.CountCompile(static_cast<uint64_t>(i));
      stats.Flush(folder.path());
    }
    return true;
  };
  std::vector<pid_t> children;
  for (int i = 0; i < 4; ++i) {
    children.push_back(fork());
    if (children.back() == 0) _exit(count() ? 0 : 1);
  }
  for (const pid_t child : children) waitpid(child, nullptr, 0);
  const EngineCounts counts = EngineStats::Read(folder.path());
  EXPECT_EQ(counts.values[EngineCounts::kRuns], 400u);
  EXPECT_EQ(counts.values[EngineCounts::kMisses], 400u);
  EXPECT_EQ(counts.values[EngineCounts::kCompileTimeNanoseconds], 4u * 4950);
  EXPECT_EQ(counts.longest_compile_nanoseconds, 99u);
  EXPECT_GT(counts.since_microseconds, 0);
}

TEST(EngineStats, KeepsCountsThatItCannotWrite) {
  const TemporaryFolder folder;
  const std::string missing = folder.path() + "/cache";
  EngineStats stats;
  stats.Count(EngineCounts::kRuns, 3);
  stats.Flush(missing);
  EXPECT_EQ(Runs(missing), 0u);
  std::filesystem::create_directory(missing);
  stats.Flush(missing);
  EXPECT_EQ(Runs(missing), 3u);
  stats.Flush(missing);
  EXPECT_EQ(Runs(missing), 3u);
}

TEST(EngineStats, BeginsAnewWhereTheFileIsDamaged) {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/engine_stats";
  for (const std::string& damage : {std::string(), std::string("x"), std::string(500, 'x')}) {
    std::ofstream(path, std::ios::trunc) << damage;
    chmod(path.c_str(), 0600);
    EXPECT_EQ(Runs(folder.path()), 0u);
    EngineStats stats;
    stats.Count(EngineCounts::kRuns);
    stats.Flush(folder.path());
    EXPECT_EQ(Runs(folder.path()), 1u);
  }
}

TEST(EngineStats, LeavesAFileAloneThatOthersCanWrite) {
  const TemporaryFolder folder;
  EngineStats stats;
  stats.Count(EngineCounts::kRuns);
  stats.Flush(folder.path());
  chmod((folder.path() + "/engine_stats").c_str(), 0666);
  stats.Count(EngineCounts::kRuns);
  stats.Flush(folder.path());
  EXPECT_EQ(Runs(folder.path()), 0u);
}

TEST(RunSlot, ThereAreSoManyAndNoMore) {
  const TemporaryFolder folder;
  std::vector<RunSlot> held;
  for (int i = 0; i < 3; ++i) {
    Result<std::optional<RunSlot>> slot = RunSlot::TryTake(folder.path(), 3);
    ASSERT_TRUE(slot.ok() && slot->has_value());
    held.push_back(std::move(**slot));
  }
  EXPECT_FALSE(RunSlot::TryTake(folder.path(), 3)->has_value());
  EXPECT_EQ(*RunSlot::CountTaken(folder.path(), 3), 3);
  held.pop_back();
  EXPECT_EQ(*RunSlot::CountTaken(folder.path(), 3), 2);
  EXPECT_TRUE(RunSlot::TryTake(folder.path(), 3)->has_value());
}

TEST(RunSlot, IsSharedWithOtherProcessesAndFreedWithThem) {
  const TemporaryFolder folder;
  const auto take = [&] { return RunSlot::TryTake(folder.path(), 1)->has_value(); };
  {
    const Result<std::optional<RunSlot>> held = RunSlot::TryTake(folder.path(), 1);
    ASSERT_TRUE(held->has_value());
    EXPECT_FALSE(InAnotherProcess(take));
  }
  EXPECT_TRUE(InAnotherProcess(take));
  // One that dies with its slot, by a signal.
  const pid_t child = fork();
  if (child == 0) {
    const Result<std::optional<RunSlot>> held = RunSlot::TryTake(folder.path(), 1);
    raise(SIGKILL);
  }
  waitpid(child, nullptr, 0);
  EXPECT_TRUE(take());
}

TEST(RunSlot, OutlivesTheDeletionOfItsFile) {
  const TemporaryFolder folder;
  const Result<std::optional<RunSlot>> held = RunSlot::TryTake(folder.path(), 1);
  std::filesystem::remove(folder.path() + "/run_slots");
  EXPECT_TRUE(RunSlot::TryTake(folder.path(), 1)->has_value());
}

TEST(RunSlot, SaysWhenTheFileCannotBeUsed) {
  const TemporaryFolder folder;
  std::filesystem::create_symlink("/etc/passwd", folder.path() + "/run_slots");
  const Result<std::optional<RunSlot>> slot = RunSlot::TryTake(folder.path(), 1);
  ASSERT_FALSE(slot.ok());
  EXPECT_EQ(slot.error().kind, ErrorKind::kCache);
}

}  // namespace
}  // namespace pg_checker::engine
