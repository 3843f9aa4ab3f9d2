// What a module imports and exports: how values cross, which exports have a role, which imports are
// refused and how.
#include <gtest/gtest.h>

#include <bit>

#include "engine/host_functions.hpp"
#include "guest_on_fake_host.hpp"

namespace pg_checker::compile_test {
namespace {

using engine::kHostFunctions;

// A module with one import and an empty check.
std::string Importing(const std::string& import) {
  return "(module " + import + " (func (export \"check\")))";
}

HelperRun Validate(const std::string& wat) {
  return RunHelper({"--format", "wat", "--validate-only"}, wat);
}

TEST(Imports, ArgumentsAndResultsCrossInSlots) {
  GuestOnFakeHost guest(
      "(module (import \"checker\" \"assert_less_than\" (func $less (param i32 i32 i64 i32 i32) "
      "(result i32)))"
      " (import \"checker\" \"now\" (func $now (result i64)))"
      " (func (export \"check\") (result i32)"
      "  (call $less (i32.const -1) (i32.const 2) (i64.const -3) (i32.const 4) (i32.const 5))"
      "  (i32.add (i32.wrap_i64 (i64.shr_u (call $now) (i64.const 32))))))");
  guest.on_call = [](uint32_t function, uint64_t* slots) {
    slots[0] = function == engine::kNow ? uint64_t{7} << 32 : 0xffffffff00000001;
    return 0;
  };
  ASSERT_EQ(guest.Run(), 0);
  EXPECT_EQ(guest.result(), 8u) << "the high half of an i32's slot does not count";
  ASSERT_EQ(guest.calls.size(), 2u);
  EXPECT_EQ(guest.calls[0].function, uint32_t{engine::kAssertLessThan});
  EXPECT_EQ(guest.calls[0].slots,
            (std::vector<uint64_t>{0xffffffff, 2, static_cast<uint64_t>(-3), 4, 5}));
}

TEST(Imports, TwoResultsComeBackInOrder) {
  GuestOnFakeHost guest(
      "(module (import \"checker\" \"dataset\" (func $d (param i32 i32) (result i32 i32)))"
      " (func (export \"check\") (result i32) (call $d (i32.const 1) (i32.const 2)) i32.sub))");
  guest.on_call = [](uint32_t, uint64_t* slots) {
    slots[0] = 100;
    slots[1] = 1;
    return 0;
  };
  ASSERT_EQ(guest.Run(), 0);
  EXPECT_EQ(guest.result(), 99u);
}

TEST(Imports, ResultOfTheHostStopsTheGuest) {
  GuestOnFakeHost guest(
      "(module (import \"checker\" \"fail\" (func $f (param i32 i32)))"
      " (func (export \"check\") (call $f (i32.const 1) (i32.const 2)) (call $f (i32.const 3) "
      "(i32.const 4))))");
  guest.on_call = [](uint32_t, uint64_t*) { return int{CHECKER_TRAP_HOST}; };
  EXPECT_EQ(guest.Run(), CHECKER_TRAP_HOST);
  EXPECT_EQ(guest.calls.size(), 1u);
}

TEST(Imports, HostSeesAndChangesTheFuel) {
  GuestOnFakeHost guest(
      "(module (import \"checker\" \"fail\" (func $f (param i32 i32))) (import \"checker\" "
      "\"input\" "
      "(func $input (result i32 i32)))"
      " (func (export \"check\") (local $i i32)"
      " (loop $l (br_if $l (i32.lt_s (local.tee $i (i32.add (local.get $i) (i32.const 1)))"
      " (i32.const 10)))) (call $f (i32.const 0) (i32.const 0)) (call $input) drop drop))");
  std::vector<int64_t> used;
  guest.on_call = [&](uint32_t, uint64_t*) {
    used.push_back(guest.fuel_used());
    guest.Charge(100);
    return 0;
  };
  ASSERT_EQ(guest.Run(), 0);
  EXPECT_EQ(used, (std::vector<int64_t>{11, 111}));
  EXPECT_EQ(guest.fuel_used(), 211);
}

TEST(Imports, EveryHostFunctionLinksUnderItsModulesNames) {
  std::string imports;
  for (const auto& entry : kHostFunctions) {
    std::string type;
    bool results = false;
    for (char letter : entry.type) {
      if (letter == ':') {
        results = true;
        continue;
      }
      const char* name = letter == 'i'   ? "i32"
                         : letter == 'I' ? "i64"
                         : letter == 'f' ? "f32"
                                         : "f64";
      type += std::string(results ? "(result " : "(param ") + name + ")";
    }
    for (std::string module :
         entry.module == "wasi"
             ? std::vector<std::string>{"wasi_snapshot_preview1", "wasi_unstable"}
             : std::vector<std::string>{"checker"}) {
      imports +=
          "(import \"" + module + "\" \"" + std::string(entry.name) + "\" (func " + type + "))";
    }
  }
  TemporaryFolder cache;
  HelperRun run = CompileWat(Importing(imports), cache);
  EXPECT_TRUE(run.ok()) << run.report;
}

TEST(Imports, TheSameFunctionTwice) {
  GuestOnFakeHost guest(
      "(module (import \"checker\" \"fail\" (func $a (param i32 i32)))"
      " (import \"checker\" \"fail\" (func $b (param i32 i32)))"
      " (func (export \"check\") (call $a (i32.const 1) (i32.const 2)) (call $b (i32.const 3) "
      "(i32.const 4))))");
  ASSERT_EQ(guest.Run(), 0);
  ASSERT_EQ(guest.calls.size(), 2u);
  EXPECT_EQ(guest.calls[1].function, uint32_t{engine::kFail});
}

TEST(Imports, UnknownOnesAreNamed) {
  struct Case {
    const char* import;
    const char* message;
  } cases[] = {
      {"(import \"env\" \"foo\" (func))", "import \"env\".\"foo\" is not offered by the host"},
      {"(import \"checker\" \"explode\" (func (param i32)))",
       "import \"checker\".\"explode\" is not offered by the host"},
      {"(import \"checker_v2\" \"fail\" (func (param i32 i32)))",
       "import \"checker_v2\".\"fail\" is not offered by the host"},
      {"(import \"wasi\" \"proc_exit\" (func (param i32)))",
       "import \"wasi\".\"proc_exit\" is not offered by the host"},
      {"(import \"\" \"\" (func))", "import \"\".\"\" is not offered by the host"},
      {"(import \"env\" \"memory\" (memory 1))",
       "memory import \"env\".\"memory\" is not offered by the host"},
      {"(import \"env\" \"t\" (table 1 funcref))",
       "table import \"env\".\"t\" is not offered by the host"},
      {"(import \"checker\" \"fail\" (global i32))",
       "global import \"checker\".\"fail\" is not offered by the host"},
      {"(import \"checker\" \"fail\" (func (param i32 i32) (result i32)))",
       "import \"checker\".\"fail\" has type [i32 i32] -> [i32], the host offers it as [i32 i32] "
       "-> []"},
      {"(import \"checker\" \"now\" (func (param externref) (result f64)))",
       "import \"checker\".\"now\" has type [ref] -> [f64], the host offers it as [] -> [i64]"},
  };
  for (const Case& c : cases) {
    HelperRun run = Validate(Importing(c.import));
    EXPECT_EQ(run.exit_code, 1);
    EXPECT_EQ(run.Text("kind"), "unknown_import") << run.report;
    EXPECT_EQ(run.Text("message"), c.message);
    EXPECT_NE(run.Text("hint"), "") << c.import;
  }
}

TEST(Imports, HintKnowsTheClosestName) {
  HelperRun run = Validate(Importing("(import \"checker\" \"succed\" (func (param i32 i32)))"));
  EXPECT_EQ(run.Text("hint"), "Did you mean \"checker\".\"succeed\"?");
  run = Validate(Importing("(import \"wasi_unstable\" \"fd_wrote\" (func))"));
  EXPECT_EQ(run.Text("hint"), "Did you mean \"wasi_snapshot_preview1\".\"fd_write\"?");
  run = Validate(Importing("(import \"env\" \"emscripten_notify_memory_growth\" (func))"));
  EXPECT_EQ(run.Text("hint").find("Did you mean"), std::string::npos);
}

TEST(Entry, CheckOrStartMustBeThere) {
  HelperRun run = Validate("(module (func (export \"chek\")))");
  EXPECT_EQ(run.Text("kind"), "missing_entry");
  EXPECT_EQ(run.Text("message"), "module exports neither \"check\" nor \"_start\"");
  EXPECT_NE(run.Text("hint"), "");
  EXPECT_EQ(Validate("(module)").Text("kind"), "missing_entry");
  EXPECT_TRUE(Validate("(module (func (export \"_start\")))").ok());
}

TEST(Entry, WrongTypeIsNamed) {
  HelperRun run =
      Validate("(module (func (export \"check\") (param i32) (result i64) (i64.const 0)))");
  EXPECT_EQ(run.Text("kind"), "missing_entry");
  EXPECT_EQ(
      run.Text("message"),
      "export \"check\" has type [i32] -> [i64], it must be a function [] -> [] or [] -> [i32]");
  run = Validate("(module (global (export \"check\") i32 (i32.const 0)))");
  EXPECT_EQ(run.Text("message"),
            "export \"check\" is a global, it must be a function [] -> [] or [] -> [i32]");
  run = Validate("(module (func (export \"_start\") (result i32) (i32.const 0)))");
  EXPECT_EQ(run.Text("message"),
            "export \"_start\" has type [] -> [i32], it must be a function [] -> []");
  run = Validate("(module (func (export \"check\")) (func (export \"_initialize\") (param f32)))");
  EXPECT_EQ(run.Text("message"),
            "export \"_initialize\" has type [f32] -> [], it must be a function [] -> []");
}

TEST(Exports, RolesGoByNameAndType) {
  GuestOnFakeHost guest(
      "(module (func (export \"check\")) (func (export \"_initialize\"))"
      " (func (export \"checker_alloc\") (param i32 i32) (result i32) (i32.add (local.get 0) "
      "(local.get 1)))"
      " (func (export \"cabi_realloc\") (param i32 i32 i32 i32) (result i32) (local.get 3))"
      " (func (export \"malloc\") (param i64) (result i32) (i32.const 0)))");
  ASSERT_EQ(guest.Instantiate(), 0);
  EXPECT_EQ(guest.module().exports[CHECKER_EXPORT_START], nullptr);
  EXPECT_EQ(guest.module().exports[CHECKER_EXPORT_MALLOC], nullptr) << "wrong type";
  EXPECT_EQ(guest.Call(CHECKER_EXPORT_INITIALIZE), 0);
  EXPECT_EQ(guest.Call(CHECKER_EXPORT_ALLOC, {30, 4}), 0);
  EXPECT_EQ(guest.result(), 34u);
  EXPECT_EQ(guest.Call(CHECKER_EXPORT_REALLOC, {1, 2, 3, 44}), 0);
  EXPECT_EQ(guest.result(), 44u);
  EXPECT_EQ(guest.module().flags & CHECKER_MODULE_CHECK_RETURNS, 0u);
}

TEST(Exports, ImportedFunctionCanBeTheEntry) {
  GuestOnFakeHost guest(
      "(module (import \"checker\" \"business_day\" (func $b (result i32))) "
      "(export \"check\" (func $b)))");
  guest.on_call = [](uint32_t, uint64_t* slots) {
    slots[0] = 1;
    return 0;
  };
  ASSERT_EQ(guest.Run(), 0);
  EXPECT_EQ(guest.result(), 1u);
}

TEST(Exports, OneFunctionInSeveralRoles) {
  GuestOnFakeHost guest(
      "(module (func $f) (export \"check\" (func $f)) (export \"_start\" (func $f)) (export \"x\" "
      "(func $f)))");
  ASSERT_EQ(guest.Instantiate(), 0);
  EXPECT_EQ(guest.Check(), 0);
  EXPECT_EQ(guest.Call(CHECKER_EXPORT_START), 0);
  EXPECT_EQ(guest.fuel_used(), 2);
}

TEST(Flags, OnlyOutcomes) {
  auto flag = [](const std::string& imports) {
    GuestOnFakeHost guest(Importing(imports));
    return (guest.module().flags & CHECKER_MODULE_ONLY_OUTCOMES) != 0;
  };
  EXPECT_TRUE(flag(""));
  EXPECT_TRUE(
      flag("(import \"checker\" \"fail\" (func (param i32 i32)))"
           "(import \"checker\" \"ok\" (func (param i32 i32)))"
           "(import \"wasi_unstable\" \"proc_exit\" (func (param i32)))"));
  EXPECT_FALSE(flag("(import \"checker\" \"warn\" (func (param i32 i32)))"));
  EXPECT_FALSE(flag("(import \"checker\" \"now\" (func (result i64)))"));
}

}  // namespace
}  // namespace pg_checker::compile_test
