// The folder of artifacts: one compilation for many askers, nothing but whole entries, nothing left
// behind, no folder that somebody else could write to.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <thread>

#include "engine/artifact_format.hpp"
#include "helper_run.hpp"

namespace pg_checker::compile_test {
namespace {

constexpr const char* kSmall = "(module (func (export \"check\")))";

unsigned Mode(const std::string& path) {
  struct stat status;
  return stat(path.c_str(), &status) == 0 ? status.st_mode & 07777 : 0;
}

std::string CommandOutput(const std::string& command) {
  std::string output;
  FILE* pipe = popen(command.c_str(), "r");
  char buffer[4096];
  while (pipe != nullptr && fgets(buffer, sizeof(buffer), pipe) != nullptr) output += buffer;
  if (pipe != nullptr) pclose(pipe);
  return output;
}

TEST(ArtifactCache, ReportsWhatItMade) {
  TemporaryFolder cache;
  HelperRun run = CompileWat(kSmall, cache);
  ASSERT_TRUE(run.ok()) << run.report;
  EXPECT_EQ(run.exit_code, 0);
  EXPECT_EQ(run.json["cached"], false);
  EXPECT_EQ(run.json["wasm_bytes"], run.wasm.size());
  EXPECT_EQ(run.wasm.substr(0, 4), std::string("\0asm", 4));
  EXPECT_EQ(run.Text("digest"), engine::ModuleDigest(run.wasm));
  EXPECT_EQ(run.Text("artifact"), engine::ArtifactName(run.wasm));
  EXPECT_EQ(cache.Names(), std::vector<std::string>{run.Text("artifact")}) << "and nothing else";
  EXPECT_EQ(Mode(cache / run.Text("artifact")), 0600u);
  EXPECT_TRUE(engine::TrailerMatches(ReadFile(cache / run.Text("artifact")), run.Text("artifact")));
}

TEST(ArtifactCache, BinaryAndTextShareAnEntry) {
  TemporaryFolder cache;
  HelperRun text = CompileWat(kSmall, cache);
  HelperRun binary = CompileWasm(text.wasm, cache);
  EXPECT_EQ(binary.json["cached"], true);
  EXPECT_EQ(binary.Text("artifact"), text.Text("artifact"));
  EXPECT_EQ(binary.wasm, "") << "whoever sent it has it";
  EXPECT_FALSE(binary.json.contains("wasm_bytes"));
}

TEST(ArtifactCache, ArtifactsNeedNoSymbolsAndExportOne) {
  TemporaryFolder cache;
  // Everything that could call for a library: block moves, rounding, wide arithmetic, structs by
  // value.
  HelperRun run = CompileWat(
      "(module (memory 1) (table 2 funcref) (elem declare func $m) (func $m (result i64 f64 "
      "funcref externref)"
      " (i64.const 1) (f64.const 2) (ref.func $m) (ref.null extern))"
      " (func (export \"check\") (result i32) (local $d f64) (local $q i64)"
      "  (table.set 0 (i32.const 0) (ref.func $m)) (table.copy (i32.const 0) (i32.const 1) "
      "(i32.const 1))"
      "  (memory.copy (i32.const 0) (i32.const 9) (i32.const 5)) (call $m) drop drop (local.set "
      "$d) (local.set $q)"
      "  (local.set $d (f64.floor (f64.nearest (f64.trunc (f64.ceil (f64.sqrt (local.get $d)))))))"
      "  (local.set $d (f64.copysign (local.get $d) (f64.abs (f64.max (local.get $d) (f64.const "
      "3)))))"
      "  (i64.div_s (local.get $q) (i64.rem_u (i64.trunc_f64_u (local.get $d)) (i64.const 7)))"
      "  i64.popcnt i64.clz f64.convert_i64_u i32.trunc_sat_f64_u))",
      cache);
  ASSERT_TRUE(run.ok()) << run.report;
  std::string artifact = cache / run.Text("artifact");
  EXPECT_EQ(CommandOutput("nm -D --undefined-only " + artifact), "");
  std::string defined = CommandOutput("nm -D --defined-only " + artifact);
  EXPECT_TRUE(defined.ends_with(" checker_module\n")) << defined;
  EXPECT_EQ(std::count(defined.begin(), defined.end(), '\n'), 1) << defined;
  EXPECT_EQ(CommandOutput("readelf -d " + artifact + " | grep NEEDED"), "");
}

TEST(ArtifactCache, CreatesItsFolderPrivate) {
  TemporaryFolder parent;
  std::string folder = parent / "cache";
  HelperRun run =
      RunHelper({"--format", "wat", "--cache-directory", folder, "--cc", "/usr/bin/gcc"}, kSmall);
  EXPECT_TRUE(run.ok()) << run.report;
  EXPECT_EQ(Mode(folder), 0700u);
}

TEST(ArtifactCache, RefusesAFolderThatOthersMayEnter) {
  TemporaryFolder parent;
  auto compile = [&](const std::string& folder) {
    return RunHelper({"--format", "wat", "--cache-directory", folder, "--cc", "/usr/bin/gcc"},
                     kSmall);
  };
  std::string open = parent / "open";
  mkdir(open.c_str(), 0700);
  chmod(open.c_str(), 0750);
  HelperRun run = compile(open);
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_EQ(run.Text("kind"), "cache");
  EXPECT_EQ(run.Text("message"), "cache directory \"" + open + "\" is open to other users");
  EXPECT_NE(run.Text("hint"), "");

  WriteFile(parent / "file", "x");
  EXPECT_EQ(compile(parent / "file").Text("message"),
            "cache directory \"" + (parent / "file") + "\" is not a directory");
  std::string target = parent / "target", link = parent / "link";
  mkdir(target.c_str(), 0700);
  ASSERT_EQ(symlink(target.c_str(), link.c_str()), 0);
  EXPECT_EQ(compile(link).Text("kind"), "cache") << "a symbolic link";
  EXPECT_EQ(compile(parent / "no/such").Text("kind"), "cache");
  if (geteuid() == 0) {
    std::string foreign = parent / "foreign";
    mkdir(foreign.c_str(), 0700);
    ASSERT_EQ(chown(foreign.c_str(), 65534, 65534), 0);
    EXPECT_EQ(compile(foreign).Text("message"),
              "cache directory \"" + foreign + "\" belongs to another user");
  }
}

TEST(ArtifactCache, DamagedEntriesAreMadeAnew) {
  TemporaryFolder cache;
  HelperRun first = CompileWat(kSmall, cache);
  std::string path = cache / first.Text("artifact");
  const std::string whole = ReadFile(path);
  auto changed = [&](size_t at) {
    std::string bytes = whole;
    bytes[at] = static_cast<char>(bytes[at] ^ 1);
    return bytes;
  };
  for (const std::string& damaged :
       {std::string(), whole.substr(0, whole.size() / 2), whole.substr(0, whole.size() - 1),
        changed(0), changed(whole.size() - 1), whole + "x"}) {
    WriteFile(path, damaged);
    HelperRun run = CompileWat(kSmall, cache);
    EXPECT_EQ(run.json["cached"], false);
    EXPECT_TRUE(engine::TrailerMatches(ReadFile(path), run.Text("artifact")));
  }
  chmod(path.c_str(), 0644);
  EXPECT_EQ(CompileWat(kSmall, cache).json["cached"], false)
      << "somebody else could have read and changed it";
  EXPECT_EQ(Mode(path), 0600u);
  std::filesystem::remove(path);
  ASSERT_EQ(symlink("/etc/hostname", path.c_str()), 0);
  EXPECT_EQ(CompileWat(kSmall, cache).json["cached"], false);
  EXPECT_TRUE(std::filesystem::is_regular_file(std::filesystem::symlink_status(path)));
}

TEST(ArtifactCache, ConcurrentAskersCompileOnce) {
  TemporaryFolder cache, other;
  // Counts how often it is started.
  WriteFile(other / "gcc",
            "#!/bin/sh\necho x >> " + (other / "count") + "\nexec /usr/bin/gcc \"$@\"\n", 0700);
  std::array<HelperRun, 6> runs;
  std::vector<std::thread> askers;
  for (HelperRun& run : runs) {
    askers.emplace_back([&] {
      run = RunHelper({"--format", "wat", "--cache-directory", cache.path(), "--cc", other / "gcc"},
                      kSmall);
    });
  }
  for (std::thread& asker : askers) asker.join();
  for (const HelperRun& run : runs) EXPECT_TRUE(run.ok()) << run.report;
  EXPECT_EQ(ReadFile(other / "count"), "x\n");
  EXPECT_EQ(cache.Names(), std::vector<std::string>{runs[0].Text("artifact")})
      << "locks and work folders are gone";
}

TEST(ArtifactCache, FailureLeavesNothing) {
  TemporaryFolder cache;
  HelperRun run = RunHelper(
      {"--format", "wat", "--cache-directory", cache.path(), "--cc", "/bin/false"}, kSmall);
  EXPECT_EQ(run.Text("kind"), "compile_failed");
  EXPECT_TRUE(cache.Names().empty());
}

TEST(ArtifactCache, AbandonedWorkFoldersAreSwept) {
  TemporaryFolder cache;
  std::string old = cache / ".work-abcdef", recent = cache / ".work-ghijkl";
  mkdir(old.c_str(), 0700);
  WriteFile(old + "/module.c", "x");
  mkdir(recent.c_str(), 0700);
  std::filesystem::last_write_time(
      old, std::filesystem::file_time_type::clock::now() - std::chrono::hours(2));
  ASSERT_TRUE(CompileWat(kSmall, cache).ok());
  EXPECT_FALSE(std::filesystem::exists(old));
  EXPECT_TRUE(std::filesystem::exists(recent)) << "somebody may be at work there";
}

TEST(ArtifactCache, AbandonedLocksAreSwept) {
  TemporaryFolder cache;
  const auto path = [&](const char* name) { return cache / (std::string(name) + ".so.lock"); };
  const auto made_hours_ago = [&](const char* name, int hours) {
    WriteFile(path(name), "");
    std::filesystem::last_write_time(
        path(name), std::filesystem::file_time_type::clock::now() - std::chrono::hours(hours));
  };
  made_hours_ago("old", 2);
  made_hours_ago("recent", 0);
  made_hours_ago("held", 2);
  const int fd = open(path("held").c_str(), O_RDWR | O_CLOEXEC);
  ASSERT_EQ(flock(fd, LOCK_EX | LOCK_NB), 0);
  ASSERT_TRUE(CompileWat(kSmall, cache).ok());
  EXPECT_FALSE(std::filesystem::exists(path("old")));
  EXPECT_TRUE(std::filesystem::exists(path("recent")));
  EXPECT_TRUE(std::filesystem::exists(path("held")));
  close(fd);
}

TEST(ArtifactCache, ValidateOnlyTouchesNoCache) {
  HelperRun run = RunHelper({"--format", "wat", "--validate-only"}, kSmall);
  EXPECT_TRUE(run.ok());
  EXPECT_EQ(run.Text("artifact"), engine::ArtifactName(run.wasm));
}

TEST(ArtifactFormat, DigestsAreSha256) {
  EXPECT_EQ(engine::ModuleDigest("abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(engine::ModuleDigest(""),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  std::string named = std::string(engine::kEngineVersion) + '\0' + "abc";
  EXPECT_EQ(engine::ArtifactName("abc"), engine::Hex(engine::Sha256(named)) + ".so");
}

TEST(ArtifactFormat, TrailerSealsTheObject) {
  std::string object = "object";
  std::string file = object + engine::Trailer(object, "name");
  EXPECT_EQ(file.size(), object.size() + engine::kTrailerBytes);
  EXPECT_TRUE(engine::TrailerMatches(file, "name"));
  EXPECT_TRUE(engine::TrailerMatches(engine::Trailer("", "name"), "name"));
  EXPECT_FALSE(engine::TrailerMatches("", "name"));
  EXPECT_FALSE(engine::TrailerMatches(file + "x", "name"));
  EXPECT_FALSE(engine::TrailerMatches("x" + file, "name"));
  EXPECT_FALSE(engine::TrailerMatches(file, "another"));
  file[0] = 'O';
  EXPECT_FALSE(engine::TrailerMatches(file, "name"));
}

// A module of its own for each number.
std::string Numbered(int number) {
  return "(module (func (export \"check\") (result i32) (i32.const " + std::to_string(number) +
         ")))";
}

TEST(ArtifactCache, RemovesWhatWasUsedTheLongestTimeAgo) {
  TemporaryFolder cache;
  std::vector<std::string> artifacts;
  uint64_t bytes = 0;
  for (int i = 0; i < 4; ++i) {
    artifacts.push_back(CompileWat(Numbered(i), cache).Text("artifact"));
    bytes = std::filesystem::file_size(cache / artifacts.back());
  }
  // Used in the order 2, 0, 3, 1.
  const auto now = std::filesystem::file_time_type::clock::now();
  const int order[] = {2, 0, 3, 1};
  for (int age = 4; age > 0; --age)
    std::filesystem::last_write_time(cache / artifacts[order[4 - age]],
                                     now - std::chrono::minutes(age));
  const std::string limit = std::to_string(bytes * 3 + bytes / 2);
  const std::string newest =
      CompileWat(Numbered(4), cache, {"--cache-limit-bytes", limit}).Text("artifact");
  std::vector<std::string> left = {artifacts[3], artifacts[1], newest};
  std::sort(left.begin(), left.end());
  EXPECT_EQ(cache.Names(), left);
}

TEST(ArtifactCache, KeepsWhatItJustMadeWhateverTheLimit) {
  TemporaryFolder cache;
  CompileWat(Numbered(0), cache);
  const HelperRun run = CompileWat(Numbered(1), cache, {"--cache-limit-bytes", "0"});
  ASSERT_TRUE(run.ok()) << run.report;
  EXPECT_EQ(cache.Names(), std::vector<std::string>{run.Text("artifact")});
}

TEST(ArtifactCache, TouchesNothingElseInTheFolder) {
  TemporaryFolder cache;
  WriteFile(cache / "engine_stats", "x");
  WriteFile(cache / "run_slots", "");
  CompileWat(Numbered(0), cache, {"--cache-limit-bytes", "0"});
  EXPECT_EQ(cache.Names().size(), 3u);
}

TEST(ArtifactCache, RefusesNativeCodeOverItsLimit) {
  TemporaryFolder cache;
  const HelperRun run = CompileWat(Numbered(0), cache, {"--artifact-limit-bytes", "1000"});
  EXPECT_FALSE(run.ok());
  EXPECT_EQ(run.Text("kind"), "module_too_large");
  EXPECT_NE(run.Text("hint").find("checker.artifact_size_limit"), std::string::npos);
  EXPECT_TRUE(cache.Names().empty());
}

}  // namespace
}  // namespace pg_checker::compile_test
