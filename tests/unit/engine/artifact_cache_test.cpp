// From bytes to a loaded module, with a folder that others may damage.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "engine/artifact_cache.hpp"
#include "engine/artifact_format.hpp"
#include "fake_host.hpp"
#include "guest.hpp"

namespace pg_checker::engine {
namespace {

using testing::HasSubstr;

class Cache : public testing::Test {
 protected:
  // A module whose check returns `number`.
  std::string Wasm(int number) {
    const Result<CompileResult> compiled =
        Compile("(module (func (export \"check\") (result i32) (i32.const " +
                    std::to_string(number) + ")))",
                SourceFormat::kWat, options_, waiter_);
    if (!compiled.ok()) throw std::runtime_error(compiled.error().message);
    return compiled->wasm;
  }

  Result<std::shared_ptr<Module>> Get(ArtifactCache& cache, const std::string& wasm) {
    return cache.Get(ModuleDigest(wasm), wasm, options_, waiter_);
  }

  int RunOnce(Module& module) {
    FakeHost host;
    return RunGuest(module, host).check_result.value_or(-1);
  }

  std::string Path(const std::string& wasm) {
    return options_.cache_directory + "/" + ArtifactName(wasm);
  }

  TemporaryFolder folder_;
  CompileOptions options_ = OptionsFor(folder_.path() + "/cache");
  PollWaiter waiter_;
};

TEST_F(Cache, LoadsOnceAndWithoutTheHelperFromThenOn) {
  const std::string wasm = Wasm(1);
  ArtifactCache cache(4);
  EXPECT_EQ(cache.Loaded(ModuleDigest(wasm)), nullptr);
  options_.helper = "/nonexistent";
  const Result<std::shared_ptr<Module>> first = Get(cache, wasm);
  ASSERT_TRUE(first.ok()) << first.error().message;
  EXPECT_EQ(RunOnce(**first), 1);
  std::filesystem::remove(Path(wasm));
  const Result<std::shared_ptr<Module>> second = Get(cache, wasm);
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(*first, *second);
  EXPECT_EQ(cache.Loaded(ModuleDigest(wasm)), *first);
}

TEST_F(Cache, CompilesWhatIsMissing) {
  const std::string wasm = Wasm(2);
  std::filesystem::remove_all(options_.cache_directory);
  ArtifactCache cache(4);
  const Result<std::shared_ptr<Module>> module = Get(cache, wasm);
  ASSERT_TRUE(module.ok()) << module.error().message;
  EXPECT_EQ(RunOnce(**module), 2);
  EXPECT_TRUE(std::filesystem::exists(Path(wasm)));
}

TEST_F(Cache, RunsOnWhenTheFileIsTruncatedUnderIt) {
  // Long enough for pages that no run has touched yet.
  std::string body = "(local.get 0)";
  for (int i = 0; i < 3000; ++i)
    body = "(i32.xor (i32.mul " + body + " (local.get 0)) (i32.const 77))";
  const Result<CompileResult> compiled =
      Compile("(module (func $long (param i32) (result i32) " + body +
                  ") (func (export \"check\") (result i32) (call $long (i32.const 3))))",
              SourceFormat::kWat, options_, waiter_);
  ASSERT_TRUE(compiled.ok()) << compiled.error().message;
  ArtifactCache cache(4);
  const Result<std::shared_ptr<Module>> module = Get(cache, compiled->wasm);
  ASSERT_TRUE(module.ok());
  std::filesystem::resize_file(Path(compiled->wasm), 0);
  const int first = RunOnce(**module);
  EXPECT_EQ(RunOnce(**module), first);
}

TEST_F(Cache, KeepsTheMostRecentlyUsed) {
  const std::string modules[] = {Wasm(1), Wasm(2), Wasm(3)};
  ArtifactCache cache(2);
  const std::shared_ptr<Module> held = *Get(cache, modules[0]);
  ASSERT_TRUE(Get(cache, modules[1]).ok());
  EXPECT_NE(cache.Loaded(ModuleDigest(modules[0])), nullptr);
  ASSERT_TRUE(Get(cache, modules[2]).ok());
  EXPECT_NE(cache.Loaded(ModuleDigest(modules[0])), nullptr);
  EXPECT_EQ(cache.Loaded(ModuleDigest(modules[1])), nullptr);
  EXPECT_NE(cache.Loaded(ModuleDigest(modules[2])), nullptr);
  cache.Clear();
  EXPECT_EQ(cache.Loaded(ModuleDigest(modules[0])), nullptr);
  EXPECT_EQ(RunOnce(*held), 1);
}

// Each damages the artifact at a path.
struct Damage {
  const char* name;
  void (*harm)(const std::string& path);
};

class DamagedEntry : public Cache, public testing::WithParamInterface<Damage> {};

TEST_P(DamagedEntry, IsMadeAnew) {
  const std::string wasm = Wasm(7);
  struct stat before;
  ASSERT_EQ(stat(Path(wasm).c_str(), &before), 0);
  const std::string good = ReadFile(Path(wasm));
  // Keeps the inode of the good file from being used again.
  const int holds_inode = open(Path(wasm).c_str(), O_RDONLY | O_CLOEXEC);
  GetParam().harm(Path(wasm));
  ArtifactCache cache(4);
  const Result<std::shared_ptr<Module>> module = Get(cache, wasm);
  ASSERT_TRUE(module.ok()) << module.error().message << module.error().detail;
  EXPECT_EQ(RunOnce(**module), 7);
  struct stat after;
  ASSERT_EQ(lstat(Path(wasm).c_str(), &after), 0);
  EXPECT_TRUE(S_ISREG(after.st_mode));
  EXPECT_NE(before.st_ino, after.st_ino);
  EXPECT_EQ(after.st_mode & 077, 0u);
  EXPECT_TRUE(TrailerMatches(ReadFile(Path(wasm)), ArtifactName(wasm)));
  close(holds_inode);
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, DamagedEntry,
    testing::Values(
        Damage{"Deleted", [](const std::string& path) { std::filesystem::remove(path); }},
        Damage{"Truncated",
               [](const std::string& path) { std::filesystem::resize_file(path, 1000); }},
        Damage{"Empty", [](const std::string& path) { std::filesystem::resize_file(path, 0); }},
        Damage{"OneByteChanged",
               [](const std::string& path) {
                 std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
                 file.seekp(2000);
                 file.put('\x5A');
               }},
        Damage{"ReadableByOthers", [](const std::string& path) { chmod(path.c_str(), 0644); }},
        Damage{"SymbolicLink",
               [](const std::string& path) {
                 std::filesystem::rename(path, path + ".elsewhere");
                 std::filesystem::create_symlink(path + ".elsewhere", path);
               }},
        Damage{"Fifo",
               [](const std::string& path) {
                 std::filesystem::remove(path);
                 mkfifo(path.c_str(), 0600);
               }},
        Damage{"SealedButNoArtifact",
               [](const std::string& path) {
                 const std::string object = "not an ELF file at all";
                 std::ofstream(path, std::ios::binary | std::ios::trunc)
                     << object << Trailer(object, std::filesystem::path(path).filename().string());
               }},
        Damage{"SealedUnderAnotherName",
               [](const std::string& path) {
                 const std::string file = ReadFile(path);
                 const std::string object = file.substr(0, file.size() - kTrailerBytes);
                 std::ofstream(path, std::ios::binary | std::ios::trunc)
                     << object << Trailer(object, "another");
               }}),
    [](const auto& test) { return test.param.name; });

TEST_F(Cache, ForeignOwnerIsMadeAnew) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can give a file away";
  const std::string wasm = Wasm(8);
  ASSERT_EQ(chown(Path(wasm).c_str(), 12345, 12345), 0);
  ArtifactCache cache(4);
  ASSERT_TRUE(Get(cache, wasm).ok());
  struct stat after;
  ASSERT_EQ(stat(Path(wasm).c_str(), &after), 0);
  EXPECT_EQ(after.st_uid, geteuid());
}

TEST_F(Cache, RefusesADirectoryThatOthersCanEnter) {
  const std::string wasm = Wasm(9);
  ArtifactCache cache(4);
  chmod(options_.cache_directory.c_str(), 0755);
  const Result<std::shared_ptr<Module>> open_to_others = Get(cache, wasm);
  ASSERT_FALSE(open_to_others.ok());
  EXPECT_EQ(open_to_others.error().kind, ErrorKind::kCache);
  EXPECT_THAT(open_to_others.error().hint, HasSubstr("0700"));
  chmod(options_.cache_directory.c_str(), 0700);
  EXPECT_TRUE(Get(cache, wasm).ok());
}

TEST_F(Cache, RefusesALinkInThePlaceOfTheDirectory) {
  const std::string wasm = Wasm(10);
  const std::string link = folder_.path() + "/link";
  std::filesystem::create_directory_symlink(options_.cache_directory, link);
  options_.cache_directory = link;
  ArtifactCache cache(4);
  EXPECT_EQ(Get(cache, wasm).error().kind, ErrorKind::kCache);
}

TEST_F(Cache, SaysThatTheHelperIsOfAnotherVersion) {
  const std::string wasm = Wasm(1);
  std::filesystem::remove(Path(wasm));
  options_.helper = folder_.path() + "/helper";
  std::ofstream(options_.helper)
      << "#!/bin/sh\ncat >/dev/null\n"
         "echo '{\"ok\":true,\"digest\":\"d\",\"artifact\":\"other.so\"}'\n";
  std::filesystem::permissions(options_.helper, std::filesystem::perms::owner_all);
  ArtifactCache cache(4);
  const auto module = Get(cache, wasm);
  ASSERT_FALSE(module.ok());
  EXPECT_EQ(module.error().kind, ErrorKind::kCompileFailed);
  EXPECT_THAT(module.error().message, HasSubstr("of another version"));
}

TEST_F(Cache, PassesTheHelpersRefusalOn) {
  ArtifactCache cache(4);
  EXPECT_EQ(Get(cache, "no module").error().kind, ErrorKind::kInvalidModule);
}

}  // namespace
}  // namespace pg_checker::engine
