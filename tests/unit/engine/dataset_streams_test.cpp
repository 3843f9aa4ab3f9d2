// The functions dataset_open, dataset_schema, dataset_next and dataset_close, as guests use and
// misuse them.
#include "engine/dataset_streams.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "fake_host.hpp"
#include "guest.hpp"

namespace pg_checker::engine {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

// Counts up to `rows` in column "n", with a text of `text_bytes` beside each.
class CountingReader : public DatasetReader {
 public:
  CountingReader(int64_t rows, size_t text_bytes, std::vector<std::string>& trace)
      : rows_(rows), text_(text_bytes, 'x'), trace_(trace) {}
  ~CountingReader() override { trace_.push_back("gone"); }

  const std::vector<StreamColumn>& columns() const override { return columns_; }

  Result<Progress> Fill(Batch& batch) override {
    trace_.push_back("fill");
    if (next_ == fails_at) return Error{ErrorKind::kDataset, "the query failed"};
    while (next_ < rows_ && !batch.full()) {
      batch.PutFixed(0, next_);
      if (!batch.PutBytes(1, text_.data(), text_.size())) {
        batch.AbandonRow();
        if (batch.rows() == 0) batch.NoteRowBytes(1, text_.size());
        return Progress::kMore;
      }
      batch.EndRow();
      ++next_;
    }
    return next_ < rows_ || batch.full() ? Progress::kMore : Progress::kEnded;
  }

  Result<void> Close() override {
    trace_.push_back("close");
    if (close_fails) return Error{ErrorKind::kDataset, "could not close"};
    return {};
  }

  int64_t fails_at = -1;
  bool close_fails = false;

 private:
  std::vector<StreamColumn> columns_ = {{"n", "l"}, {"text", "u"}};
  int64_t rows_;
  int64_t next_ = 0;
  std::string text_;
  std::vector<std::string>& trace_;
};

class DatasetStreamsTest : public testing::Test {
 protected:
  DatasetStreamsTest() {
    host.on_open = [this](std::string_view name) -> Result<std::unique_ptr<DatasetReader>> {
      if (name != "rows") return Error{ErrorKind::kUndeclared, "not declared"};
      auto reader = std::make_unique<CountingReader>(rows, text_bytes, trace);
      reader->fails_at = fails_at;
      reader->close_fails = close_fails;
      return std::unique_ptr<DatasetReader>(std::move(reader));
    };
  }

  // A guest whose `check` returns what `body` leaves on the stack.
  RunReport Run(const std::string& body,
                const std::string& memory = "(memory (export \"memory\") 1)",
                const std::string& more = "", RunOptions options = Options()) {
    const auto guest = Guest(R"((module
      (import "checker" "dataset_open" (func $open (param i32 i32) (result i32)))
      (import "checker" "dataset_schema" (func $schema (param i32 i32)))
      (import "checker" "dataset_next" (func $next (param i32 i32) (result i32)))
      (import "checker" "dataset_close" (func $close (param i32)))
      (func $open_rows (result i32) (call $open (i32.const 0) (i32.const 4)))
      )" + memory + "(data (i32.const 0) \"rows\")" +
                             more +
                             "(func (export \"check\") (result i32) (local $h i32) (local $i i32)"
                             " (local $sum i32) " +
                             body + "))");
    return RunGuest(*guest, host, options);
  }

  FakeHost host;
  std::vector<std::string> trace;
  int64_t rows = 3;
  size_t text_bytes = 5;
  int64_t fails_at = -1;
  bool close_fails = false;
};

constexpr const char* kCountRows = R"(
  (local.set $h (call $open_rows))
  (loop $again
    (local.set $i (call $next (local.get $h) (i32.const 128)))
    (local.set $sum (i32.add (local.get $sum) (local.get $i)))
    (br_if $again (local.get $i)))
  (call $close (local.get $h)) (local.get $sum))";

TEST_F(DatasetStreamsTest, BringsAllRows) {
  rows = 100'000;
  const RunReport report = Run(kCountRows);
  EXPECT_EQ(Describe(report), "none");
  EXPECT_EQ(report.check_result, 100'000);
  EXPECT_EQ(trace.back(), "gone");
  EXPECT_EQ(trace[trace.size() - 2], "close");
}

TEST_F(DatasetStreamsTest, WritesStructsThatLeadToTheValues) {
  // The third value of column "n", by root, children, buffers.
  const RunReport report = Run(R"(
    (local.set $h (call $open_rows))
    (drop (call $next (local.get $h) (i32.const 128)))
    (i32.load (i32.add (i32.const 16) (i32.load (i32.add (i32.const 4) (i32.load (i32.add
      (i32.const 40) (i32.load (i32.load (i32.const 172))))))))))");
  EXPECT_EQ(Describe(report), "none");
  EXPECT_EQ(report.check_result, 2);
}

TEST_F(DatasetStreamsTest, DescribesColumns) {
  // First letters of: root format, first child's format and name, second child's name; n_children.
  const RunReport report = Run(R"(
    (local.set $h (call $open_rows))
    (call $schema (local.get $h) (i32.const 128))
    (local.set $i (i32.load (i32.const 160)))
    (i32.or (i32.or
      (i32.load8_u (i32.load (i32.const 128)))
      (i32.shl (i32.load8_u (i32.load (i32.load (local.get $i)))) (i32.const 8)))
      (i32.or
      (i32.shl (i32.load8_u (i32.load offset=4 (i32.load (local.get $i)))) (i32.const 16))
      (i32.shl (i32.load8_u (i32.load offset=4 (i32.load offset=4 (local.get $i)))) (i32.const 24)))))");
  EXPECT_EQ(Describe(report), "none");
  EXPECT_EQ(report.check_result, '+' | 'l' << 8 | 'n' << 16 | 't' << 24);
}

TEST_F(DatasetStreamsTest, TellsTheEndAsOftenAsItIsAsked) {
  const RunReport report = Run(R"(
    (local.set $h (call $open_rows))
    (drop (call $next (local.get $h) (i32.const 128)))
    (i32.or (call $next (local.get $h) (i32.const 128)) (call $next (local.get $h) (i32.const 128))))");
  EXPECT_EQ(report.check_result, 0);
  EXPECT_THAT(trace, ElementsAre("fill", "close", "gone"));
}

TEST_F(DatasetStreamsTest, RefusesHandlesThatAreNotOpen) {
  for (const char* body :
       {"(call $next (i32.const 0) (i32.const 128))", "(call $next (i32.const 1) (i32.const 128))",
        "(drop (call $open_rows)) (call $next (i32.const -1) (i32.const 128))",
        "(call $close (call $open_rows)) (call $next (i32.const 1) (i32.const 128))",
        "(call $close (call $open_rows)) (call $close (i32.const 1)) (i32.const 0)",
        "(call $schema (i32.const 7) (i32.const 128)) (i32.const 0)"}) {
    EXPECT_THAT(Describe(Run(body)), testing::ContainsRegex("^trap .*handle [0-9]+ is not open"))
        << body;
  }
}

TEST_F(DatasetStreamsTest, GivesAHandleAnewOnceItIsClosed) {
  const RunReport report = Run(R"(
    (drop (call $open_rows)) (drop (call $open_rows)) (call $close (i32.const 1))
    (i32.add (i32.mul (call $open_rows) (i32.const 10)) (call $open_rows)))");
  EXPECT_EQ(report.check_result, 13);
}

TEST_F(DatasetStreamsTest, OpensOnlySoManyAtATime) {
  const std::string open_many = R"(
    (loop $again (drop (call $open_rows)) (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get $i) (i32.const )";
  EXPECT_EQ(Describe(Run(open_many + "64)))) (i32.const 0)")), "none");
  EXPECT_THAT(Describe(Run(open_many + "65)))) (i32.const 0)")),
              HasSubstr("more than 64 datasets are open"));
}

TEST_F(DatasetStreamsTest, ChecksWhereToWriteBeforeItReads) {
  for (const char* body : {"(call $next (call $open_rows) (i32.const 65473))",
                           "(call $next (call $open_rows) (i32.const -1))",
                           "(call $schema (call $open_rows) (i32.const 65489)) (i32.const 0)"}) {
    trace.clear();
    EXPECT_THAT(Describe(Run(body)), HasSubstr("outside of the guest's memory")) << body;
    EXPECT_THAT(trace, ElementsAre("close", "gone")) << body;
  }
  EXPECT_EQ(Describe(Run("(call $next (call $open_rows) (i32.const 65472))")), "none");
}

TEST_F(DatasetStreamsTest, UndeclaredIsTheHostsError) {
  EXPECT_EQ(Describe(Run("(call $open (i32.const 0) (i32.const 3))")), "undeclared not declared");
}

TEST_F(DatasetStreamsTest, PassesErrorsOfTheQueryOnAndCloses) {
  fails_at = 0;
  EXPECT_EQ(Describe(Run(kCountRows)), "dataset the query failed");
  EXPECT_THAT(trace, ElementsAre("fill", "close", "gone"));
}

TEST_F(DatasetStreamsTest, ClosesWhatTheGuestLeavesOpen) {
  EXPECT_EQ(Describe(Run("(drop (call $open_rows)) (call $open_rows)")), "none");
  EXPECT_THAT(trace, ElementsAre("close", "close", "gone", "gone"));
  trace.clear();
  EXPECT_THAT(Describe(Run("(drop (call $open_rows)) unreachable")), StartsWith("trap"));
  EXPECT_THAT(trace, ElementsAre("close", "gone"));
  close_fails = true;
  EXPECT_EQ(Describe(Run("(call $open_rows)")), "dataset could not close");
}

TEST_F(DatasetStreamsTest, UsesTheGuestsAllocatorWhereverItAnswers) {
  rows = 5000;
  // Answers odd addresses.
  const std::string allocator = R"(
    (global $next (mut i32) (i32.const 65537))
    (func (export "checker_alloc") (param $size i32) (param $align i32) (result i32)
      (global.get $next)
      (global.set $next (i32.add (global.get $next) (i32.add (local.get $size) (i32.const 1))))))";
  const RunReport report = Run(kCountRows, "(memory (export \"memory\") 100)", allocator);
  EXPECT_EQ(Describe(report), "none");
  EXPECT_EQ(report.check_result, 5000);
}

TEST_F(DatasetStreamsTest, MakesDoWithWhatAnAllocatorHas) {
  rows = 20'000;
  // Has room for blocks of up to 3,000 bytes, and counts its calls.
  const std::string allocator = R"(
    (global $calls (mut i32) (i32.const 0))
    (func (export "malloc") (param $size i32) (result i32)
      (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
      (if (result i32) (i32.le_u (local.get $size) (i32.const 3000))
        (then (i32.const 4096)) (else (i32.const 0)))))";
  EXPECT_EQ(Run(kCountRows, "(memory (export \"memory\") 1 1)", allocator).check_result, 20'000);
  const std::string calls = std::string(kCountRows) + " (drop) (global.get $calls)";
  EXPECT_LT(*Run(calls, "(memory (export \"memory\") 1 1)", allocator).check_result, 40);
}

TEST_F(DatasetStreamsTest, SaysWhenThereIsNoMemory) {
  EXPECT_THAT(Describe(Run(kCountRows, "(memory (export \"memory\") 1 1)")),
              StartsWith("memory \"checker\".\"dataset_next\": memory cannot grow"));
  text_bytes = 200'000;
  EXPECT_THAT(Describe(Run(kCountRows, "(memory (export \"memory\") 1 3)")),
              StartsWith("memory \"checker\".\"dataset_next\": memory cannot grow"));
  EXPECT_EQ(Describe(Run(kCountRows, "(memory (export \"memory\") 1 8)")), "none");
}

TEST_F(DatasetStreamsTest, ReusesMemoryFromBatchToBatchAndFromStreamToStream) {
  rows = 300'000;
  const std::string twice =
      std::string(kCountRows) + "(drop)" + kCountRows + "(drop) (memory.size)";
  const int32_t pages = *Run(twice).check_result;
  EXPECT_LT(pages, 22);  // one page of its own, one of the first block, a megabyte and its structs
  EXPECT_EQ(*Run(std::string(kCountRows) + "(drop) (memory.size)").check_result, pages);
}

TEST_F(DatasetStreamsTest, ChargesForWhatItMoves) {
  const RunReport few = Run(kCountRows);
  rows = 10'000;
  const RunReport many = Run(kCountRows);
  // 8 bytes, 4 of an offset and 5 of text a row.
  EXPECT_GT(many.fuel - few.fuel, 10'000 * 17 / 64);
  EXPECT_LT(many.fuel - few.fuel, 10'000 * 17 / 64 + 100);
  EXPECT_EQ(Run(kCountRows).fuel, many.fuel);
  RunOptions options = Options();
  options.limits.fuel = many.fuel - 1;
  EXPECT_THAT(Describe(Run(kCountRows, "(memory (export \"memory\") 1)", "", options)),
              StartsWith("fuel"));
}

TEST_F(DatasetStreamsTest, IsNoFunctionForAllocators) {
  const std::string allocator = R"(
    (func (export "malloc") (param i32) (result i32)
      (drop (call $next (i32.const 1) (i32.const 128))) (i32.const 4096)))";
  EXPECT_THAT(Describe(Run(kCountRows, "(memory (export \"memory\") 1)", allocator)),
              HasSubstr("host function called from the guest's allocator"));
}

}  // namespace
}  // namespace pg_checker::engine
