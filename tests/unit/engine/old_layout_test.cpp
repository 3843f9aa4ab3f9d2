// The oldest example modules find their dataset at offset 65538.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fake_host.hpp"
#include "guest.hpp"

namespace pg_checker::engine {
namespace {

using testing::HasSubstr;

// Writes its NUL-terminated text at 65538 to stdout, as the old example does.
std::string OldModule(std::string_view more = "", std::string_view memory = "2") {
  std::string wat = R"((module
    (import "wasi_unstable" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") )";
  wat += memory;
  wat += ") ";
  wat += more;
  wat += R"( (func $length (param $p i32) (result i32) (local $n i32)
      (loop $l
        (if (i32.load8_u (i32.add (local.get $p) (local.get $n)))
          (then (local.set $n (i32.add (local.get $n) (i32.const 1))) (br $l))))
      (local.get $n))
    (func (export "_start")
      (i32.store (i32.const 0) (i32.const 65538))
      (i32.store (i32.const 4) (call $length (i32.const 65538)))
      (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 20))))))";
  return wat;
}

RunOptions OldOptions() {
  RunOptions options = Options();
  options.only_dataset = "users";
  options.limits.output_bytes = 1u << 20;
  return options;
}

TEST(OldLayout, PlacesTheOnlyDataset) {
  FakeHost host;
  host.datasets["users"] = "name\nfoo\n";
  const RunReport report =
      RunGuest(*Guest(OldModule("(data (i32.const 65540) \"left over from the module itself\")")),
               host, OldOptions());
  EXPECT_EQ(Describe(report), "none");
  EXPECT_EQ(report.standard_output, "name\nfoo\n");
  EXPECT_EQ(report.exit_code, 0);
}

TEST(OldLayout, PlacesItBeforeTheStartSectionRuns) {
  FakeHost host;
  host.datasets["users"] = "name\nfoo\n";
  const auto guest = Guest(OldModule(R"(
    (global $first (mut i32) (i32.const 0))
    (func $init
      (global.set $first (i32.load8_u (i32.const 65538)))
      (i32.store8 (i32.const 65538) (i32.add (global.get $first) (i32.const 1))))
    (start $init))"));
  // The start function saw the 'n' and left an 'o'; the data segments were there before both.
  EXPECT_EQ(RunGuest(*guest, host, OldOptions()).standard_output, "oame\nfoo\n");
}

TEST(OldLayout, GrowsMemoryWithRoomForTheZero) {
  FakeHost host;
  // Fills the second page to its last byte: the zero needs a third.
  host.datasets["users"] = std::string(131072 - 65538, 'x');
  const auto guest = Guest(OldModule());
  EXPECT_EQ(RunGuest(*guest, host, OldOptions()).standard_output, host.datasets["users"]);
  host.datasets["users"] = std::string(500'000, 'y');
  EXPECT_EQ(RunGuest(*guest, host, OldOptions()).standard_output, host.datasets["users"]);
}

TEST(OldLayout, IsAnErrorOfMemoryIfItCannotGrow) {
  FakeHost host;
  host.datasets["users"] = std::string(70'000, 'x');
  const RunReport report = RunGuest(*Guest(OldModule("", "2 2")), host, OldOptions());
  EXPECT_EQ(report.error->kind, ErrorKind::kMemory);
  ASSERT_EQ(host.csv_limits.size(), 1u);
  EXPECT_EQ(host.csv_limits[0], 131072u - 65539u);
}

TEST(OldLayout, IsForNoOtherModule) {
  FakeHost host;
  host.datasets["users"] = "name\n";
  EXPECT_EQ(RunGuest(*Guest(OldModule("", "3")), host, OldOptions()).standard_output, "");
  EXPECT_EQ(
      RunGuest(
          *Guest(OldModule("(func (export \"malloc\") (param i32) (result i32) (i32.const 0))")),
          host, OldOptions())
          .standard_output,
      "");
  RunOptions none = OldOptions();
  none.only_dataset.reset();
  EXPECT_EQ(RunGuest(*Guest(OldModule()), host, none).standard_output, "");
  EXPECT_TRUE(host.csv_limits.empty());
}

TEST(OldLayout, IsForModulesThatOnlyReportOutcomes) {
  FakeHost host;
  host.datasets["users"] = "x";
  const auto guest = [](const char* import) {
    return Guest(std::string("(module (import \"checker\" ") + import +
                 ") (memory (export \"memory\") 2) (func (export \"check\") (result i32) "
                 "(i32.load8_u (i32.const 65538))))");
  };
  EXPECT_EQ(RunGuest(*guest("\"ok\" (func (param i32 i32))"), host, OldOptions()).check_result,
            'x');
  EXPECT_EQ(RunGuest(*guest("\"now\" (func (result i64))"), host, OldOptions()).check_result, 0);
}

TEST(OldLayout, PassesTheDatasetsErrorOn) {
  FakeHost host;
  EXPECT_THAT(Describe(RunGuest(*Guest(OldModule()), host, OldOptions())),
              HasSubstr("undeclared dataset"));
}

}  // namespace
}  // namespace pg_checker::engine
