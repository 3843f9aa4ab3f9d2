// A program of clang and wasi-libc, as a user would build it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fake_host.hpp"
#include "guest.hpp"

namespace pg_checker::engine {
namespace {

TEST(WasiProgram, ReadsAndWritesAndExits) {
  FakeHost host;
  const auto guest = GuestFromWasm(ReadFile(ECHO_GUEST));
  RunOptions options = Options();
  options.input = "first\nsecond\nno newline";
  options.environment = {{"COLOR", "blue"}};
  const RunReport report = RunGuest(*guest, host, options);
  EXPECT_EQ(Describe(report), "none");
  EXPECT_EQ(report.exit_code, 3);
  EXPECT_EQ(report.standard_output,
            "hello from checker of 1, color blue\n> first\n> second\n> no newline");
  EXPECT_EQ(report.standard_error, "3 lines, a third of them is 1.000\n");
}

TEST(WasiProgram, FindsStdinEmptyWithoutInput) {
  FakeHost host;
  const RunReport report = RunGuest(*GuestFromWasm(ReadFile(ECHO_GUEST)), host);
  EXPECT_EQ(report.exit_code, 0);
  EXPECT_EQ(report.standard_output, "hello from checker of 1, color none\n");
}

}  // namespace
}  // namespace pg_checker::engine
