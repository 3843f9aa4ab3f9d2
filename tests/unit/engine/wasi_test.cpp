// Descriptors, arguments, environment and random numbers of WASI.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "engine/host_functions.hpp"
#include "fake_host.hpp"
#include "guest.hpp"
#include "probe.hpp"

namespace pg_checker::engine {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr char kWasi[] = "wasi_snapshot_preview1";
constexpr uint64_t kContent = Probe::kContent;
constexpr uint64_t kBadDescriptor = 8;
constexpr uint64_t kInvalid = 28;
constexpr uint64_t kNotImplemented = 52;
constexpr uint64_t kSeekOnPipe = 70;

// Vectors as a guest lays them out: pairs of pointer and length.
std::string Vectors(const std::vector<std::pair<uint32_t, uint32_t>>& vectors) {
  std::string bytes;
  for (const auto& [pointer, length] : vectors) {
    const uint32_t pair[2] = {pointer, length};
    bytes.append(reinterpret_cast<const char*>(pair), sizeof(pair));
  }
  return bytes;
}

std::string Padded(std::string bytes, size_t size, std::string_view tail) {
  bytes.resize(size);
  return bytes.append(tail);
}

TEST(FdRead, FillsVectorsInOrderAndKeepsItsPlace) {
  FakeHost host;
  Probe probe(kWasi, "fd_read", "iiii:i");
  const std::string vectors = Vectors({{1200, 3}, {0, 0}, {1300, 100}});
  const Probe::Reply reply = probe.Call(host, {0, kContent, 3, 1500}, vectors, {}, "stdin here");
  EXPECT_EQ(reply.results[0], 0u);
  EXPECT_EQ(reply.Memory(1200, 4), std::string_view("std\0", 4));
  EXPECT_EQ(reply.Memory(1300, 7), "in here");
  EXPECT_EQ(reply.Word(1500), 10u);
  const Probe::Reply at_end = probe.Call(host, {0, kContent, 3, 1500}, vectors);
  EXPECT_EQ(at_end.results[0], 0u);
  EXPECT_EQ(at_end.Word(1500), 0u);
}

TEST(FdRead, RefusesBadPointersAndDescriptors) {
  FakeHost host;
  Probe probe(kWasi, "fd_read", "iiii:i");
  for (const uint64_t descriptor : {1, 2, 3, 0x7FFFFFFF, -1}) {
    EXPECT_EQ(probe.Call(host, {descriptor & 0xFFFFFFFF, kContent, 1, 1500}).results[0],
              kBadDescriptor);
  }
  EXPECT_EQ(probe.Call(host, {0, kContent, 1025, 1500}).results[0], kInvalid);
  EXPECT_EQ(probe.Call(host, {0, kContent, 0x80000000, 1500}).results[0], kInvalid);
  EXPECT_EQ(Describe(probe.Call(host, {0, 65532, 1, 1500}).report),
            "trap \"wasi_snapshot_preview1\".\"fd_read\": pointer 65532 + length 8 is outside of "
            "the guest's memory "
            "of 65536 bytes");
  EXPECT_THAT(Describe(probe.Call(host, {0, kContent, 1, 65533}).report),
              HasSubstr("pointer 65533"));
  EXPECT_THAT(Describe(probe.Call(host, {0, kContent, 1, 1500}, Vectors({{65535, 2}})).report),
              HasSubstr("pointer 65535"));
}

TEST(FdWrite, CapturesBothStreams) {
  FakeHost host;
  Probe probe(kWasi, "fd_write", "iiii:i");
  const std::string content = Padded(Vectors({{1200, 2}, {1204, 3}}), 1200 - kContent, "abcdefg");
  const Probe::Reply out = probe.Call(host, {1, kContent, 2, 1500}, content);
  EXPECT_EQ(out.results[0], 0u);
  EXPECT_EQ(out.Word(1500), 5u);
  EXPECT_EQ(out.report.standard_output.substr(0, 5), "abefg");
  const Probe::Reply err = probe.Call(host, {2, kContent, 2, 1500}, content);
  EXPECT_EQ(err.report.standard_error, "abefg");
  for (const uint64_t descriptor : {0, 3, 100}) {
    EXPECT_EQ(probe.Call(host, {descriptor, kContent, 2, 1500}, content).results[0],
              kBadDescriptor);
  }
}

TEST(FdWrite, EndsTheRunAtTheOutputLimitAndKeepsWhatFits) {
  FakeHost host;
  const auto guest = Guest(R"((module
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 1)
    (data (i32.const 0) "\10\00\00\00\0a\00\00\00" "\10\00\00\00" "0123456789")
    (data (i32.const 16) "abcdefghij")
    (func (export "check") (loop $l
      (drop (call $write (i32.const 2) (i32.const 0) (i32.const 1) (i32.const 64))) (br $l)))))");
  RunOptions options = Options();
  options.limits.output_bytes = 25;
  const RunReport report = RunGuest(*guest, host, options);
  EXPECT_EQ(Describe(report), "output standard error is over the limit of 25 bytes");
  EXPECT_THAT(report.error->hint, HasSubstr("checker.output_limit"));
  EXPECT_EQ(report.standard_error, "abcdefghijabcdefghijabcde");
  EXPECT_EQ(report.standard_output, "");
}

TEST(FdWrite, ALimitReachedExactlyIsNoFault) {
  FakeHost host;
  Probe probe(kWasi, "fd_write", "iiii:i");
  RunOptions options;
  options.limits.output_bytes = 5 + 16 + Probe::kContentBytes;
  const std::string content = Padded(Vectors({{1200, 5}}), 1200 - kContent, "abcde");
  EXPECT_EQ(Describe(probe.Call(host, {1, kContent, 1, 1500}, content, options).report), "none");
  options.limits.output_bytes -= 1;
  EXPECT_EQ(probe.Call(host, {1, kContent, 1, 1500}, content, options).report.error->kind,
            ErrorKind::kOutput);
}

TEST(FdWrite, RefusesOverlongVectorsBeforeWritingThem) {
  FakeHost host;
  Probe probe(kWasi, "fd_write", "iiii:i");
  EXPECT_EQ(probe.Call(host, {1, kContent, 1025, 1500}).results[0], kInvalid);
  EXPECT_THAT(Describe(probe.Call(host, {1, kContent, 1, 1500}, Vectors({{0, 0xFFFFFFFF}})).report),
              HasSubstr("length 4294967295 is outside of"));
}

TEST(FdFdstatGet, ShowsCharacterDevices) {
  FakeHost host;
  Probe probe(kWasi, "fd_fdstat_get", "ii:i");
  for (const uint64_t descriptor : {0, 1, 2}) {
    const Probe::Reply reply = probe.Call(host, {descriptor, 1200}, std::string(300, '\xFF'));
    EXPECT_EQ(reply.results[0], 0u);
    EXPECT_EQ(reply.Memory(1200, 8), std::string_view("\x02\0\0\0\0\0\0\0", 8));
    EXPECT_EQ(reply.Long(1208), (uint64_t{1} << 27) | (descriptor == 0 ? 2u : 64u));
  }
  EXPECT_EQ(probe.Call(host, {3, 1200}).results[0], kBadDescriptor);
  EXPECT_THAT(Describe(probe.Call(host, {1, 65520}).report), HasSubstr("length 24 is outside of"));
}

TEST(FdFilestatGet, ShowsCharacterDevices) {
  FakeHost host;
  Probe probe(kWasi, "fd_filestat_get", "ii:i");
  const Probe::Reply reply = probe.Call(host, {1, 1200});
  EXPECT_EQ(reply.results[0], 0u);
  EXPECT_EQ(reply.Memory(1216, 1), "\x02");
  EXPECT_EQ(probe.Call(host, {9, 1200}).results[0], kBadDescriptor);
}

TEST(FdClose, ClosesOnce) {
  FakeHost host;
  const auto guest = Guest(R"((module
    (import "wasi_snapshot_preview1" "fd_close" (func $close (param i32) (result i32)))
    (func (export "check") (result i32)
      (i32.add (i32.mul (call $close (i32.const 1)) (i32.const 100)) (call $close (i32.const 1))))))");
  EXPECT_EQ(RunGuest(*guest, host).check_result, 8);
}

TEST(FdSeek, IsForPipesNot) {
  FakeHost host;
  Probe seek(kWasi, "fd_seek", "iIii:i");
  EXPECT_EQ(seek.Call(host, {0, 0, 0, 1200}).results[0], kSeekOnPipe);
  EXPECT_EQ(seek.Call(host, {5, 0, 0, 1200}).results[0], kBadDescriptor);
  Probe tell(kWasi, "fd_tell", "ii:i");
  EXPECT_EQ(tell.Call(host, {2, 1200}).results[0], kSeekOnPipe);
}

TEST(Wasi, LinksEveryFunctionAndOpensNoFile) {
  // Calls each function that has no test of its own with zeros, which is descriptor 0 where there
  // is one.
  static const std::set<std::string_view> kServed = {
      "args_get",       "args_sizes_get", "environ_get",   "environ_sizes_get", "clock_res_get",
      "clock_time_get", "fd_close",       "fd_fdstat_get", "fd_filestat_get",   "fd_read",
      "fd_seek",        "fd_tell",        "fd_write",      "poll_oneoff",       "proc_exit",
      "random_get",     "sched_yield"};
  FakeHost host;
  std::string imports;
  std::string calls;
  std::vector<std::string_view> names;
  for (const HostFunctionEntry& entry : kHostFunctions) {
    if (entry.module != "wasi" || kServed.contains(entry.name)) continue;
    std::string params;
    std::string zeros;
    for (const char letter : entry.type.substr(0, entry.type.find(':'))) {
      params += letter == 'I' ? " i64" : " i32";
      zeros += letter == 'I' ? "(i64.const 0)" : "(i32.const 0)";
    }
    const std::string name(entry.name);
    imports += "(import \"wasi_snapshot_preview1\" \"" + name + "\" (func $" + name + " (param" +
               params + ") (result i32)))";
    calls += "(i32.store8 (i32.const " + std::to_string(100 + names.size()) + ") (call $" + name +
             zeros + "))";
    names.push_back(entry.name);
  }
  const std::string count = std::to_string(names.size());
  const auto guest = Guest(
      "(module " + imports +
      R"((import "wasi_snapshot_preview1" "fd_write"
      (func $write (param i32 i32 i32 i32) (result i32))) (memory (export "memory") 1)
      (func (export "check") )" +
      calls + "(i32.store (i32.const 0) (i32.const 100)) (i32.store (i32.const 4) (i32.const " +
      count + ")) (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))");
  const RunReport report = RunGuest(*guest, host);
  ASSERT_EQ(report.standard_output.size(), names.size()) << Describe(report);
  for (size_t i = 0; i < names.size(); ++i) {
    const bool needs_directory =
        names[i].starts_with("path_") || names[i].starts_with("fd_prestat");
    EXPECT_EQ(static_cast<uint64_t>(report.standard_output[i]),
              needs_directory ? kBadDescriptor : kNotImplemented)
        << names[i];
  }
}

TEST(FdPrestatGet, SaysThatThereAreNoDirectories) {
  FakeHost host;
  Probe probe(kWasi, "fd_prestat_get", "ii:i");
  EXPECT_EQ(probe.Call(host, {3, 1200}).results[0], kBadDescriptor);
  Probe sync(kWasi, "fd_sync", "i:i");
  EXPECT_EQ(sync.Call(host, {3}).results[0], kBadDescriptor);
}

TEST(Args, IsOneName) {
  FakeHost host;
  const Probe::Reply sizes = Probe(kWasi, "args_sizes_get", "ii:i").Call(host, {1200, 1204});
  EXPECT_EQ(sizes.Word(1200), 1u);
  EXPECT_EQ(sizes.Word(1204), 8u);
  Probe get(kWasi, "args_get", "ii:i");
  const Probe::Reply args = get.Call(host, {1200, 1300});
  EXPECT_EQ(args.Word(1200), 1300u);
  EXPECT_EQ(args.Memory(1300, 8), std::string_view("checker\0", 8));
  EXPECT_THAT(Describe(get.Call(host, {1200, 65530}).report), HasSubstr("is outside of"));
  EXPECT_THAT(Describe(get.Call(host, {65533, 1200}).report), HasSubstr("is outside of"));
}

TEST(Environ, IsWhatTheRunNames) {
  FakeHost host;
  RunOptions options;
  options.environment = {{"A", "1"}, {"NAME", "value with = in it"}};
  const Probe::Reply sizes =
      Probe(kWasi, "environ_sizes_get", "ii:i").Call(host, {1200, 1204}, "", options);
  EXPECT_EQ(sizes.Word(1200), 2u);
  EXPECT_EQ(sizes.Word(1204), 4u + 24u);
  Probe get(kWasi, "environ_get", "ii:i");
  const Probe::Reply reply = get.Call(host, {1200, 1300}, "", options);
  EXPECT_EQ(reply.Word(1200), 1300u);
  EXPECT_EQ(reply.Word(1204), 1304u);
  EXPECT_EQ(reply.Memory(1300, 28), std::string_view("A=1\0NAME=value with = in it\0", 28));
  EXPECT_EQ(Describe(get.Call(host, {65536, 65536}, "", {}).report), "none");
}

TEST(RandomGet, FollowsTheSeed) {
  FakeHost host;
  Probe probe(kWasi, "random_get", "ii:i");
  RunOptions options;
  options.random_seed = 1;
  const std::string first(probe.Call(host, {1201, 100}, "", options).Memory(1201, 101));
  EXPECT_EQ(first[100], '\0');
  EXPECT_EQ(probe.Call(host, {1201, 100}, "", options).Memory(1201, 101), first);
  options.random_seed = 2;
  EXPECT_NE(probe.Call(host, {1201, 100}, "", options).Memory(1201, 101), first);
  EXPECT_THAT(Describe(probe.Call(host, {1, 65536}).report), HasSubstr("is outside of"));
  EXPECT_THAT(Describe(probe.Call(host, {0xFFFFFFFF, 0xFFFFFFFF}).report),
              HasSubstr("is outside of"));
}

TEST(ProcExit, EndsTheRunWithItsCode) {
  FakeHost host;
  const auto guest =
      Guest(R"((module (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (func $deep (param i32) (if (local.get 0) (then (call $deep (i32.sub (local.get 0) (i32.const 1)))))
      (call $exit (i32.const 3)))
    (func (export "_start") (call $deep (i32.const 5)) unreachable)))");
  const RunReport report = RunGuest(*guest, host);
  EXPECT_EQ(Describe(report), "none");
  EXPECT_EQ(report.exit_code, 3);
}

}  // namespace
}  // namespace pg_checker::engine
