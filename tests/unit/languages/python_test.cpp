#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "python_run.hpp"

namespace pg_checker::languages {
namespace {

using engine::ErrorKind;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

// ---- Values -------------------------------------------------------------------------------------

TEST(PythonValues, HaveTheTypesThatTheReferenceNames) {
  EXPECT_EQ(EvaluatedInPython("' '.join(type(v).__name__ for v in datasets['types'][0])"),
            "bool int int int float float date datetime datetime timedelta str Decimal Decimal str "
            "dict list list list int bytes");
}

TEST(PythonValues, AreExact) {
  EXPECT_EQ(EvaluatedInPython("datasets['types'][0][3]"), "9007199254740993");
  EXPECT_EQ(EvaluatedInPython("datasets['types'][0][7]"), "2023-11-14 22:13:20.123456+00:00");
  EXPECT_EQ(EvaluatedInPython("datasets['types'][0][11]"), "-12.05");
  EXPECT_EQ(EvaluatedInPython("datasets['types'][0][12]"), "123456789012345678901234567890.5");
  EXPECT_EQ(EvaluatedInPython("datasets['types'][0][10]"), "12345678-9abc-def0-0123-456789abcdef");
  EXPECT_EQ(EvaluatedInPython("datasets['types'][0][15]"), "[[1, 2], [3, None]]");
  EXPECT_EQ(EvaluatedInPython("datasets['types'][0][17]"), "[9007199254740993]");
  EXPECT_EQ(EvaluatedInPython("datasets['types'][0][19]"), R"(b'\x00\xff')");
}

TEST(PythonValues, AreNoneWhereTheRowIsNull) {
  EXPECT_EQ(EvaluatedInPython("all(v is None for v in datasets['types'][1])"), "True");
}

TEST(PythonDecimal, IsExact) {
  EXPECT_EQ(EvaluatedInPython("Decimal('0.1') + Decimal('0.2'), 3 * Decimal('1.10')"), "0.3 3.30");
  EXPECT_EQ(EvaluatedInPython("Decimal(1) / 3"), "0.3333333333333333333333333333");
  EXPECT_EQ(EvaluatedInPython("round(Decimal('2.665'), 2), round(Decimal('2.675'), 2)"),
            "2.66 2.68");
  EXPECT_EQ(EvaluatedInPython("Decimal('2.0') == 2, hash(Decimal('2.0')) == hash(2)"), "True True");
}

// ---- Rows ---------------------------------------------------------------------------------------

TEST(PythonRows, AreAListOfTuples) {
  EXPECT_EQ(EvaluatedInPython("len(datasets['numbers']), datasets['numbers'][-1]"),
            "1000 (999, 2997)");
  EXPECT_EQ(EvaluatedInPython("datasets['numbers'][1:3]"), "[(1, 3), (2, 6)]");
  EXPECT_EQ(EvaluatedInPython("(7, 21) in datasets['numbers'], (7, 22) in datasets['numbers']"),
            "True False");
  EXPECT_EQ(EvaluatedInPython("datasets['types'].columns[:2]"), "['flag', 'small']");
}

// Four times the memory that the rows would need at once; numbers too large to be small integers.
TEST(PythonRows, OfAMillionNeedConstantMemory) {
  engine::FakeHost host;
  OfferDatasets(host, 1'000'000);
  engine::RunOptions options = ScriptOptions();
  options.limits.memory_bytes = 20u << 20;
  const engine::RunReport report =
      RunPython(host, "print(sum(str(a * b) != '' for a, b in datasets['numbers']))", options);
  EXPECT_FALSE(report.error) << report.error->message;
  EXPECT_EQ(report.standard_output, "1000000\n");
}

TEST(PythonRows, OfLoopsThatWereLeftAreLetGo) {
  EXPECT_EQ(EvaluatedInPython("sum([a for a, b in datasets['numbers']][0] or "
                              "next(iter(datasets['numbers']))[1] == 0 for i in range(200))"),
            "200");
}

TEST(PythonRows, OfTooManyReadingsAtOnceAreRefused) {
  engine::FakeHost host;
  OfferDatasets(host, 1000);
  const engine::RunReport report = RunPython(host, R"(
kept = []
for i in range(100):
    rows = iter(datasets['numbers'])
    next(rows)
    kept.append(rows)
)");
  ASSERT_TRUE(report.error);
  EXPECT_THAT(report.error->message, HasSubstr("too many readings"));
}

TEST(PythonDatasets, SayWhichAreDeclared) {
  EXPECT_THAT(EvaluatedInPython("datasets['none']"),
              HasSubstr("the checker did not declare dataset \"none\"; it declares \"numbers\", "
                        "\"types\", \"other.empty\""));
}

// ---- Assertions ---------------------------------------------------------------------------------

TEST(PythonAssertions, OnDatasetsAreTheHosts) {
  engine::FakeHost host;
  const engine::RunReport report = RunPython(host, R"(
case = CheckerCase()
case.assertEmpty(datasets['other.empty'], 'a')
case.assertLessThan(datasets['numbers'], 42, 'b')
case.assertEqual(datasets['numbers'], datasets['types'], 'c')
)");
  EXPECT_FALSE(report.error);
  EXPECT_THAT(host.assertions, ElementsAre("empty|other.empty|a", "rows 2 42|default.numbers|b",
                                           "equal default.numbers|default.types|c"));
}

TEST(PythonAssertions, ThatFailEndTheScriptUnlessCaught) {
  engine::FakeHost host;
  host.holds = false;
  const engine::RunReport report = RunPython(host, R"(
try:
    CheckerCase().assertEmpty(datasets['numbers'], 'first')
except FailedAssertion as failed:
    print(failed)
CheckerCase().assertEmpty(datasets['numbers'], 'second')
print('never')
)");
  EXPECT_FALSE(report.error);
  EXPECT_EQ(report.standard_output, "first\n");
  EXPECT_EQ(host.assertions.size(), 2u);
}

// ---- Errors -------------------------------------------------------------------------------------

TEST(PythonErrors, NameTheCheckerAndTheLine) {
  engine::FakeHost host;
  const engine::RunReport report = RunPython(host, "def f():\n    raise ValueError('no')\n\nf()\n");
  ASSERT_TRUE(report.error);
  EXPECT_EQ(report.error->kind, ErrorKind::kScript);
  EXPECT_EQ(report.error->message, "ValueError: no");
  EXPECT_EQ(report.error->detail,
            "File \"default.test\", line 4, in <module>\nFile \"default.test\", line 2, in f");
}

TEST(PythonErrors, OfSyntaxHaveALine) {
  engine::FakeHost host;
  const auto checked =
      LoadedPython().Check({"x = 1\nif x:\nprint(x)\n", "default.test"}, host, ScriptOptions());
  ASSERT_TRUE(checked.ok());
  ASSERT_TRUE(checked->has_value());
  EXPECT_EQ((*checked)->line, 3u);
}

TEST(PythonErrors, OfMemoryNameTheLimitAndCanBeCaught) {
  engine::FakeHost host;
  engine::RunReport report = RunPython(host, "x = 'a' * (1 << 30)");
  ASSERT_TRUE(report.error);
  EXPECT_EQ(report.error->kind, ErrorKind::kMemory);
  EXPECT_THAT(report.error->message, HasSubstr("the limit is 67108864 bytes"));
  report = RunPython(host, R"(
kept = []
try:
    while True:
        kept.append(bytes(1000000))
except MemoryError:
    print(len(kept) > 30)
)");
  EXPECT_FALSE(report.error);
  EXPECT_EQ(report.standard_output, "True\n");
}

TEST(PythonErrors, OfEndlessRecursionCanBeCaughtAgainAndAgain) {
  engine::FakeHost host;
  engine::RunReport report = RunPython(host, R"(
def f(n):
    return f(n + 1)
for i in range(20):
    try:
        f(0)
    except RuntimeError:
        pass
print('on')
)");
  EXPECT_FALSE(report.error);
  EXPECT_EQ(report.standard_output, "on\n");
  report = RunPython(host, "def f(n):\n    return f(n + 1)\nf(0)");
  ASSERT_TRUE(report.error);
  EXPECT_EQ(report.error->kind, ErrorKind::kStack);
  EXPECT_THAT(report.error->detail, HasSubstr(" more ..."));
}

// A Python exception that passes through the host: sorted calls the key, iteration calls the host.
TEST(PythonErrors, PassThroughTheHost) {
  engine::FakeHost host;
  OfferDatasets(host, 1000);
  const engine::RunReport report = RunPython(host, R"(
def key(row):
    raise KeyError(row[0])
for i in range(100):
    try:
        sorted(datasets['numbers'], key=key)
    except KeyError as error:
        last = error
print(type(last).__name__)
)");
  EXPECT_FALSE(report.error) << report.error->message;
  EXPECT_EQ(report.standard_output, "KeyError\n");
}

TEST(PythonErrors, OfTheHostEndTheRun) {
  engine::FakeHost host;
  host.on_record = [](std::string_view) -> engine::Result<void> {
    return engine::Error{ErrorKind::kStopped, "stopped"};
  };
  const engine::RunReport report = RunPython(host, R"(
try:
    ok('x')
except Exception:
    print('caught')
finally:
    print('finally')
)");
  ASSERT_TRUE(report.error);
  EXPECT_EQ(report.error->kind, ErrorKind::kStopped);
  EXPECT_EQ(report.standard_output, "");
}

TEST(PythonErrors, OfTimeAndFuelEndTheRun) {
  engine::FakeHost host;
  engine::RunOptions options = ScriptOptions();
  options.limits.fuel = 1'000'000;
  engine::RunReport report = RunPython(host, "while True:\n    pass", options);
  ASSERT_TRUE(report.error);
  EXPECT_EQ(report.error->kind, ErrorKind::kFuel);
  host.on_continue = [] {
    return engine::Result<void>(engine::Error{ErrorKind::kTimeout, "time"});
  };
  report = RunPython(host, "while True:\n    pass");
  ASSERT_TRUE(report.error);
  EXPECT_EQ(report.error->kind, ErrorKind::kTimeout);
}

// ---- Surroundings -------------------------------------------------------------------------------

TEST(PythonRuns, AreTheSameForTheSameSeed) {
  engine::FakeHost host;
  constexpr std::string_view kScript = "import random, time\nprint(random.random(), time.time())";
  engine::RunOptions options = ScriptOptions();
  const engine::RunReport first = RunPython(host, kScript, options);
  const engine::RunReport second = RunPython(host, kScript, options);
  EXPECT_EQ(first.standard_output, second.standard_output);
  EXPECT_EQ(first.fuel, second.fuel);
  options.random_seed = 8;
  EXPECT_NE(first.standard_output, RunPython(host, kScript, options).standard_output);
}

TEST(PythonRuns, LeaveNothingBehind) {
  engine::FakeHost host;
  EXPECT_FALSE(RunPython(host, "import builtins\nbuiltins.x = 1").error);
  EXPECT_THAT(EvaluatedInPython("x"), HasSubstr("NameError"));
}

TEST(PythonImports, OfTheOutsideAreNotThere) {
  for (const char* name : {"os", "socket", "js", "jsffi", "vfs", "uctypes", "asyncio"})
    EXPECT_THAT(EvaluatedInPython("__import__('" + std::string(name) + "')"),
                HasSubstr("ImportError: no module named"));
  EXPECT_THAT(EvaluatedInPython("open('/etc/passwd')"), HasSubstr("NameError"));
  EXPECT_THAT(EvaluatedInPython("__import__('io').open('/etc/passwd')"), Not(HasSubstr("root")));
}

}  // namespace
}  // namespace pg_checker::languages
