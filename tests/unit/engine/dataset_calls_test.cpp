// Functions of module `checker` that bring text into the guest's memory, and the allocators that
// they use.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fake_host.hpp"
#include "guest.hpp"
#include "probe.hpp"

namespace pg_checker::engine {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr uint64_t kContent = Probe::kContent;
constexpr uint64_t kPage = 65536;

// Allocators that answer from $next on, in the part of memory that the probe shows.
constexpr const char* kCheckerAlloc = R"(
  (global $next (mut i32) (i32.const 2048))
  (func (export "checker_alloc") (param $size i32) (param $align i32) (result i32)
    (i32.store (i32.const 4096) (local.get $size)) (i32.store (i32.const 4100) (local.get $align))
    (global.get $next) (global.set $next (i32.add (global.get $next) (local.get $size)))))";
constexpr const char* kRealloc = R"(
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (i32.store (i32.const 4096) (local.get 0)) (i32.store (i32.const 4100) (local.get 1))
    (i32.store (i32.const 4104) (local.get 2)) (i32.store (i32.const 4108) (local.get 3))
    (i32.const 3000)))";
constexpr const char* kMalloc = R"(
  (func (export "malloc") (param i32) (result i32)
    (i32.store (i32.const 4096) (local.get 0)) (i32.const 2500)))";

std::string Allocator(const std::string& body) {
  return "(func (export \"checker_alloc\") (param $size i32) (param $align i32) (result i32) " +
         body + ")";
}

TEST(Dataset, IsCopiedToWhereTheGuestAllocates) {
  FakeHost host;
  host.datasets["users"] = "name\nfoo\n";
  for (const char* name : {"dataset", "datasets"}) {
    Probe probe("checker", name, "ii:ii", kCheckerAlloc);
    const Probe::Reply reply = probe.Call(host, {kContent, 5}, "users");
    EXPECT_EQ(Describe(reply.report), "none");
    EXPECT_THAT(reply.results, ElementsAre(2048, 9));
    EXPECT_EQ(reply.Memory(2048, 10), std::string_view("name\nfoo\n\0", 10));
    EXPECT_EQ(reply.Word(4096), 9u);
    EXPECT_EQ(reply.Word(4100), 8u);
  }
}

TEST(Dataset, UsesTheFirstAllocatorThatThereIs) {
  FakeHost host;
  host.datasets["users"] = "name\nfoo\n";
  const std::string both = std::string(kMalloc) + kRealloc;
  const Probe::Reply by_realloc =
      Probe("checker", "dataset", "ii:ii", both).Call(host, {kContent, 5}, "users");
  EXPECT_THAT(by_realloc.results, ElementsAre(3000, 9));
  EXPECT_EQ(by_realloc.Word(4096), 0u);
  EXPECT_EQ(by_realloc.Word(4100), 0u);
  EXPECT_EQ(by_realloc.Word(4104), 8u);
  EXPECT_EQ(by_realloc.Word(4108), 9u);
  const Probe::Reply by_malloc =
      Probe("checker", "dataset", "ii:ii", kMalloc).Call(host, {kContent, 5}, "users");
  EXPECT_THAT(by_malloc.results, ElementsAre(2500, 9));
  EXPECT_EQ(by_malloc.Word(4096), 9u);
}

TEST(Dataset, GrowsMemoryWithoutAnAllocator) {
  FakeHost host;
  host.datasets["users"] = std::string(kPage + 1, 'x');
  Probe probe("checker", "dataset", "ii:ii");
  const Probe::Reply reply = probe.Call(host, {kContent, 5}, "users");
  EXPECT_EQ(Describe(reply.report), "none");
  EXPECT_THAT(reply.results, ElementsAre(kPage, kPage + 1));
  EXPECT_THAT(host.csv_limits, ElementsAre((uint64_t{64} << 20) - kPage));
}

TEST(Dataset, IsNeverAtZeroInAMemoryThatStartedEmpty) {
  FakeHost host;
  host.datasets[""] = std::string(kPage - 4, 'x');
  const auto guest = Guest(R"((module
    (import "checker" "dataset" (func $dataset (param i32 i32) (result i32 i32)))
    (memory (export "memory") 0)
    (func (export "check") (result i32)
      (call $dataset (i32.const 0) (i32.const 0)) (drop))))");
  const RunReport report = RunGuest(*guest, host);
  EXPECT_EQ(Describe(report), "none");
  EXPECT_EQ(report.check_result, 8);
}

TEST(Dataset, OverTheLimitIsAnErrorOfMemory) {
  FakeHost host;
  host.datasets["users"] = std::string(3 * kPage, 'x');
  RunOptions options = Options();
  options.limits.memory_bytes = 3 * kPage;
  Probe probe("checker", "dataset", "ii:ii");
  EXPECT_EQ(Describe(probe.Call(host, {kContent, 5}, "users", options).report), "memory too long");
  EXPECT_THAT(host.csv_limits, ElementsAre(2 * kPage));
}

TEST(Dataset, HonoursTheModulesOwnMaximum) {
  FakeHost host;
  host.params["p"] = std::string(kPage + 1, 'x');
  Probe probe("checker", "param", "ii:ii", "", "(memory (export \"memory\") 1 2)");
  EXPECT_EQ(Describe(probe.Call(host, {kContent, 1}, "p").report),
            "memory \"checker\".\"param\": memory cannot grow by 2 pages for 65537 bytes");
}

TEST(Dataset, UndeclaredIsTheHostsError) {
  FakeHost host;
  Probe probe("checker", "dataset", "ii:ii", kCheckerAlloc);
  EXPECT_EQ(Describe(probe.Call(host, {kContent, 5}, "users").report),
            "undeclared dataset \"users\" is not declared");
  EXPECT_THAT(Describe(probe.Call(host, {kContent, 3}, std::string_view("u\0s", 3)).report),
              HasSubstr("dataset \"u\xEF\xBF\xBDs\" is not declared"));
  EXPECT_THAT(Describe(probe.Call(host, {65530, 7}).report), HasSubstr("pointer 65530 + length 7"));
}

TEST(DatasetCsv, WritesPointerAndLength) {
  FakeHost host;
  host.datasets["users"] = "name\n";
  Probe probe("checker", "dataset_csv", "iii:", kCheckerAlloc);
  const Probe::Reply reply = probe.Call(host, {kContent, 5, 1501}, "users");
  EXPECT_EQ(Describe(reply.report), "none");
  EXPECT_EQ(reply.Word(1501), 2048u);
  EXPECT_EQ(reply.Word(1505), 5u);
  EXPECT_EQ(reply.Memory(2048, 5), "name\n");
}

TEST(DatasetCsv, ChecksWhereToWriteBeforeItAsks) {
  FakeHost host;
  host.datasets["users"] = "name\n";
  Probe probe("checker", "dataset_csv", "iii:", kCheckerAlloc);
  EXPECT_EQ(Describe(probe.Call(host, {kContent, 5, 65529}, "users").report),
            "trap \"checker\".\"dataset_csv\": pointer 65529 + length 8 is outside of the guest's "
            "memory of 65536 bytes");
  EXPECT_TRUE(host.csv_limits.empty());
}

TEST(Allocator, MayGrowMemory) {
  FakeHost host;
  host.datasets["users"] = std::string(10'000, 'y');
  Probe probe("checker", "dataset", "ii:ii",
              Allocator("(i32.mul (memory.grow (i32.const 300)) (i32.const 65536))"));
  const Probe::Reply reply = probe.Call(host, {kContent, 5}, "users");
  EXPECT_EQ(Describe(reply.report), "none");
  EXPECT_THAT(reply.results, ElementsAre(kPage, 10'000));
}

TEST(Allocator, ReturningNullIsAnErrorOfMemory) {
  FakeHost host;
  host.datasets["users"] = "name\n";
  Probe probe("checker", "dataset", "ii:ii", Allocator("(i32.const 0)"));
  EXPECT_EQ(Describe(probe.Call(host, {kContent, 5}, "users").report),
            "memory \"checker\".\"dataset\": the guest's allocator has no room for 5 bytes");
}

TEST(Allocator, ReturningABlockOutsideOfMemoryIsATrap) {
  FakeHost host;
  host.datasets["users"] = "name\n";
  for (const char* pointer : {"65532", "65536", "-1"}) {
    Probe probe("checker", "dataset", "ii:ii",
                Allocator(std::string("(i32.const ") + pointer + ")"));
    EXPECT_THAT(Describe(probe.Call(host, {kContent, 5}, "users").report),
                HasSubstr("trap \"checker\".\"dataset\": the guest's allocator returned pointer"))
        << pointer;
  }
}

TEST(Allocator, MayNotCallTheHost) {
  FakeHost host;
  host.datasets["users"] = "name\n";
  Probe probe(
      "checker", "dataset", "ii:ii",
      Allocator("(drop (call $write (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 0))) "
                "(i32.const 2048)"));
  EXPECT_EQ(Describe(probe.Call(host, {kContent, 5}, "users").report),
            "trap \"wasi_snapshot_preview1\".\"fd_write\": host function called from the guest's "
            "allocator (It "
            "happened in the guest's "
            "allocator, which \"checker\".\"dataset\" had asked for 5 bytes.)");
}

TEST(Allocator, MayTrapAndTheRunEndsCleanly) {
  FakeHost host;
  host.datasets["users"] = "name\n";
  Probe unreachable("checker", "dataset", "ii:ii", Allocator("unreachable"));
  EXPECT_EQ(Describe(unreachable.Call(host, {kContent, 5}, "users").report),
            "trap wasm trap: unreachable executed (It happened in the guest's allocator, which "
            "\"checker\".\"dataset\" "
            "had asked for 5 bytes.)");
  Probe endless("checker", "dataset", "ii:ii", Allocator("(loop $l (br $l)) (i32.const 0)"));
  RunOptions options = Options();
  options.limits.fuel = 100'000;
  EXPECT_EQ(endless.Call(host, {kContent, 5}, "users", options).report.error->kind,
            ErrorKind::kFuel);
  Probe deep(
      "checker", "dataset", "ii:ii",
      "(func $deep (param i32) (result i32) (i32.div_u (i32.const 9) (call $deep (local.get 0))))" +
          Allocator("(call $deep (i32.const 1))"));
  EXPECT_EQ(deep.Call(host, {kContent, 5}, "users").report.error->kind, ErrorKind::kStack);
}

TEST(Param, IsJsonTextOrNull) {
  FakeHost host;
  host.params["limit"] = "42";
  host.params["empty"] = "";
  Probe probe("checker", "param", "ii:ii", kCheckerAlloc);
  const Probe::Reply present = probe.Call(host, {kContent, 5}, "limit");
  EXPECT_THAT(present.results, ElementsAre(2048, 2));
  EXPECT_EQ(present.Memory(2048, 2), "42");
  EXPECT_THAT(probe.Call(host, {kContent, 5}, "empty").results, ElementsAre(2048, 0));
  EXPECT_THAT(probe.Call(host, {kContent, 5}, "other").results, ElementsAre(0, 0));
  EXPECT_THAT(probe.Call(host, {kContent, 6}, std::string_view("limit\0", 6)).results,
              ElementsAre(0, 0));
  EXPECT_THAT(Describe(probe.Call(host, {kContent, 2}, "\xC3(").report),
              HasSubstr("not valid UTF-8"));
}

TEST(ParamGet, WritesPointerAndLengthAndReturnsWhetherItExists) {
  FakeHost host;
  host.params["limit"] = "42";
  Probe probe("checker", "param_get", "iii:i", kCheckerAlloc);
  const Probe::Reply present = probe.Call(host, {kContent, 5, 1600}, "limit");
  EXPECT_EQ(present.results[0], 1u);
  EXPECT_EQ(present.Word(1600), 2048u);
  EXPECT_EQ(present.Word(1604), 2u);
  const Probe::Reply absent = probe.Call(host, {kContent, 5, 1600}, "other");
  EXPECT_EQ(absent.results[0], 0u);
  EXPECT_EQ(absent.Word(1600), 0u);
  EXPECT_THAT(Describe(probe.Call(host, {kContent, 5, 65535}, "limit").report),
              HasSubstr("pointer 65535"));
}

TEST(Input, IsTheRunsInput) {
  FakeHost host;
  Probe probe("checker", "input_get", "i:i", kCheckerAlloc);
  const Probe::Reply reply = probe.Call(host, {1600});
  EXPECT_EQ(reply.results[0], 1u);
  EXPECT_EQ(reply.Word(1600), 2048u);
  EXPECT_EQ(reply.Word(1604), 128u + Probe::kContentBytes);

  const auto guest = Guest(R"((module
    (import "checker" "input" (func $input (result i32 i32))) (memory (export "memory") 1)
    (func (export "check") (result i32)
      (call $input) (i32.add))))");
  EXPECT_EQ(RunGuest(*guest, host).check_result, 0);
  RunOptions options = Options();
  options.input = "";
  EXPECT_EQ(RunGuest(*guest, host, options).check_result, 65536);
  options.input = "abc";
  EXPECT_EQ(RunGuest(*guest, host, options).check_result, 65539);
}

}  // namespace
}  // namespace pg_checker::engine
