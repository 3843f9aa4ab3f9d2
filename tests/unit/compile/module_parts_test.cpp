// Parts of checker-compile on their own: patches to text, counts, names in messages, stack usage.
#include <gtest/gtest.h>

#include "compile/data_segments.hpp"
#include "compile/instruction_census.hpp"
#include "compile/instrumentation.hpp"
#include "compile/module_glue.hpp"
#include "compile/module_reader.hpp"
#include "compile/quoted.hpp"
#include "compile/report.hpp"
#include "compile/stack_usage.hpp"
#include "compile/utf8.hpp"
#include "helper_run.hpp"
#include "wabt/ir.h"

namespace pg_checker::compile {
namespace {

std::unique_ptr<wabt::Module> Read(const std::string& wat) {
  Outcome<std::string> wasm = AssembleText(wat);
  EXPECT_TRUE(wasm.ok()) << wasm.failure().message;
  Outcome<std::unique_ptr<wabt::Module>> module = ReadModule(*wasm);
  EXPECT_TRUE(module.ok());
  return std::move(*module);
}

TEST(Census, CountsByFunctionWhatIsWritten) {
  auto module = Read(
      "(module (import \"a\" \"b\" (func $i)) (memory 1) (table 1 funcref)"
      " (func (loop (call $i)) (loop) (memory.fill (i32.const 0) (i32.const 0) (i32.const 0)))"
      " (func (block (br 0) (call $i) (loop (nop))) (call_indirect (i32.const 0)))"
      " (func (if (i32.const 0) (then (return) (call $i)) (else (loop (unreachable)))) (call $i)"
      "  (drop (table.grow 0 (ref.null func) (i32.const 1))) (drop (memory.grow (i32.const 1)))))");
  std::vector<FunctionCensus> census = TakeCensus(*module);
  ASSERT_EQ(census.size(), 3u);
  EXPECT_EQ(census[0], (FunctionCensus{1, 1}));
  EXPECT_EQ(census[1], (FunctionCensus{0, 0}));
  EXPECT_EQ(census[2], (FunctionCensus{1, 2}));
}

TEST(TypeNumbers, AreStructural) {
  auto module = Read(
      "(module (type (func)) (type (func (param i32))) (type (func (param i32))) (type (func "
      "(result i32)))"
      " (type (func)) (type (func (param i32) (result i32))))");
  EXPECT_EQ(TypeNumbers(*module), (std::vector<uint32_t>{1, 2, 2, 3, 1, 4}));
}

constexpr const char* kDeclarations =
    "#include <math.h>\nstatic bool s_module_initialized = false;\nstatic u32 func_types[1];\n"
    "  func_types[0] = wasm_rt_register_func_type(0, 0);\n";

Outcome<std::string> Instrument(const std::string& functions,
                                const std::vector<FunctionCensus>& census) {
  return InstrumentSource(kDeclarations + functions, census, {1}, true, "BULK\n");
}

TEST(Instrumentation, PatchesEachForm) {
  Outcome<std::string> out = Instrument(
      "static void w2c_f0(Z_m_instance_t* instance) {\n"
      "  FUNC_PROLOGUE;\n"
      "  w2c_L1: \n"
      "    w2c_f2(instance);\n"
      "  f32 w2c_f0,\n      w2c_f1;\n  w2c_f0 = w2c_f1;\n  w2c_f0 = w2c_f3(instance, w2c_f0);\n"
      "    w2c_i0 = (*Z_hZ_i7)(instance->Z_h_instance, w2c_i0);\n"
      "  {\n    struct wasm_multi_ii tmp = CALL_INDIRECT(t, void (*)(void*), 0, w2c_i0, x);\n  }\n"
      "  w2c_i0 = wasm_rt_grow_funcref_table(&instance->w2c_T0, w2c_i1, w2c_r0);\n"
      "  w2c_i0 = wasm_rt_grow_memory(&instance->w2c_M0, w2c_i0);\n"
      "  w2c_r0 = (wasm_rt_funcref_t){func_types[0], (wasm_rt_function_ptr_t)&w2c_f3, instance};\n"
      "  FUNC_EPILOGUE;\n"
      "}\n",
      {{1, 2}});
  ASSERT_TRUE(out.ok()) << out.failure().message;
  EXPECT_EQ(
      *out,
      "static bool s_module_initialized = false;\nBULK\nstatic const u32 func_types[1] = {1, };\n"
      "static void w2c_f0(Z_m_instance_t* instance) {\n"
      "  CHECKER_ENTER; CHECKER_TICK\n"
      "  CHECKER_MEMORY\n"
      "  w2c_L1: CHECKER_TICK\n"
      "    w2c_f2(instance); CHECKER_MEMORY_AGAIN\n"
      "  f32 w2c_f0,\n      w2c_f1;\n  w2c_f0 = w2c_f1;\n"
      "  w2c_f0 = w2c_f3(instance, w2c_f0); CHECKER_MEMORY_AGAIN\n"
      "    w2c_i0 = (*Z_hZ_i7)(instance->Z_h_instance, w2c_i0); CHECKER_MEMORY_AGAIN\n"
      "  {\n    struct wasm_multi_ii tmp = CALL_INDIRECT(t, void (*)(void*), 0, w2c_i0, x); "
      "CHECKER_MEMORY_AGAIN\n  }\n"
      "  w2c_i0 = checker_grow_funcref_table(&instance->context, &instance->w2c_T0, w2c_i1, "
      "w2c_r0);\n"
      "  w2c_i0 = checker_grow_memory(&instance->context, &instance->w2c_M0, w2c_i0); "
      "CHECKER_MEMORY_AGAIN\n"
      "  w2c_r0 = (wasm_rt_funcref_t){func_types[0], (wasm_rt_function_ptr_t)&w2c_f3, instance};\n"
      "}\n");
}

// Operands of type f32 have names like functions, and more than eight of them are declared in
// several lines.
TEST(Instrumentation, TakesNoVariableForACall) {
  const std::string variables =
      "  f32 w2c_f0, w2c_f1, w2c_f2, w2c_f3, w2c_f4, w2c_f5, w2c_f6, w2c_f7, \n"
      "      w2c_f8, w2c_f9, w2c_f10, w2c_f11, w2c_f12, w2c_f13, w2c_f14, w2c_f15, \n"
      "      w2c_f16;\n"
      "  w2c_l0 = w2c_f0;\n";
  Outcome<std::string> out =
      Instrument("static void w2c_f0(Z_m_instance_t* instance) {\n  FUNC_PROLOGUE;\n" + variables +
                     "  FUNC_EPILOGUE;\n}\n",
                 {{}});
  ASSERT_TRUE(out.ok());
  EXPECT_NE(out->find(variables), out->npos) << *out;
}

TEST(Instrumentation, PollsInWhatMayTakeLong) {
  const auto ticks = [](int lines, int loads) {
    std::string function =
        "static void w2c_f0(Z_m_instance_t* instance) {\n  FUNC_PROLOGUE;\n  w2c_L0: \n";
    for (int i = 0; i < lines; ++i) function += "    w2c_i0 = 1u;\n";
    for (int i = 0; i < loads; ++i)
      function += "    w2c_i0 = i32_load8_u(&instance->w2c_M0, (u64)(w2c_i0));\n";
    const Outcome<std::string> out = Instrument(function + "  FUNC_EPILOGUE;\n}\n", {{1, 0}});
    EXPECT_TRUE(out.ok());
    return out->find("w2c_L0: CHECKER_TICK_AND_POLL") != out->npos;
  };
  EXPECT_FALSE(ticks(96, 0));
  EXPECT_TRUE(ticks(97, 0));
  EXPECT_FALSE(ticks(0, 16));
  EXPECT_TRUE(ticks(0, 17)) << "a load may wait for memory, and the next one for it";
  EXPECT_TRUE(ticks(1, 16));
}

TEST(Instrumentation, OneCheckTooFewIsAFailure) {
  const std::string function =
      "static void w2c_f0(Z_m_instance_t* instance) {\n  FUNC_PROLOGUE;\n  w2c_L0: \n"
      "    w2c_f1(instance);\n  FUNC_EPILOGUE;\n}\n";
  EXPECT_TRUE(Instrument(function, {{1, 0}}).ok());
  for (FunctionCensus census : {FunctionCensus{2, 0}, FunctionCensus{0, 0}, FunctionCensus{1, 1}}) {
    Outcome<std::string> out = Instrument(function, {census});
    ASSERT_FALSE(out.ok());
    EXPECT_EQ(out.failure().kind, FailureKind::kCompileFailed);
  }
  EXPECT_FALSE(Instrument(function, {}).ok());
  EXPECT_FALSE(Instrument(function, {{1, 0}, {}}).ok());
  EXPECT_FALSE(
      Instrument("static void w2c_f0(Z_m_instance_t* instance) {\n  FUNC_PROLOGUE;\n}\n", {{}})
          .ok())
      << "no epilogue";
  EXPECT_FALSE(
      Instrument("static void w2c_f0(Z_m_instance_t* instance) {\n  FUNC_PROLOGUE;\n", {{}}).ok())
      << "no end";
  EXPECT_FALSE(InstrumentSource(kDeclarations, {}, {1, 2}, true, "").ok()) << "a type too few";
  EXPECT_FALSE(InstrumentSource("", {}, {}, true, "").ok()) << "no place for the runtime";
}

TEST(Instrumentation, HeaderGetsTheContextFirst) {
  Outcome<std::string> out = InstrumentHeader(
      "#include \"wasm-rt.h\"\ntypedef struct Z_m_instance_t {\n  u32 w2c_g0;\n} "
      "Z_m_instance_t;\n");
  ASSERT_TRUE(out.ok());
  EXPECT_EQ(*out,
            "typedef struct Z_m_instance_t {\n  struct checker_context context;\n  u32 w2c_g0;\n} "
            "Z_m_instance_t;\n");
  EXPECT_FALSE(InstrumentHeader("typedef struct Z_other_t {\n").ok());
}

TEST(DataSegments, BecomeStringLiterals) {
  constexpr const char* kOpening = "static const u8 data_segment_data_w2c_d0[] = {";
  EXPECT_TRUE(OpensDataSegment(kOpening));
  EXPECT_FALSE(OpensDataSegment("static const u8 other[] = {"));
  std::string_view rest = "  0x00, 0x41, \n  0xff, \n};\nbehind";
  auto rewritten = RewriteDataSegment(kOpening, rest);
  ASSERT_TRUE(rewritten);
  EXPECT_EQ(*rewritten, "static const u8 data_segment_data_w2c_d0[3] =\n  \"\\000\\101\\377\";\n");
  EXPECT_EQ(rest, "behind");
  for (std::string_view bad :
       {"};\n", "  0x00, \n", "  0x0, \n};\n", "  0x00,\n};\n", "  0xG0, \n};\n", "  12\n};\n"}) {
    EXPECT_FALSE(RewriteDataSegment(kOpening, bad)) << bad;
  }
}

TEST(Glue, FloatsCrossByTheirBits) {
  auto module = Read(
      "(module (import \"a\" \"b\" (func (param f32 f64 i64) (result f64)))"
      " (import \"a\" \"c\" (func (result f32 i64))) (func (export \"check\")))");
  ModuleInterface interface;
  interface.imports = {static_cast<engine::HostFunction>(4), static_cast<engine::HostFunction>(5)};
  std::string c = WriteGlue(*module, interface);
  for (const char* part :
       {"f64 Z_hZ_i0(struct Z_h_instance_t* host, f32 p0, f64 p1, u64 p2) {", "uint64_t slots[3];",
        "slots[0] = i32_reinterpret_f32(p0);", "slots[1] = i64_reinterpret_f64(p1);",
        "slots[2] = p2;", "rt->call(4, slots, &fuel)", "return f64_reinterpret_i64(slots[0]);",
        "struct wasm_multi_fj Z_hZ_i1(", "{f32_reinterpret_i32((u32)slots[0]), (u64)slots[1], }"}) {
    EXPECT_NE(c.find(part), std::string::npos) << part << "\n" << c;
  }
}

TEST(StackUsage, FindsTheFrameThatIsTooLarge) {
  EXPECT_TRUE(CheckStackUsageText("").ok());
  EXPECT_TRUE(
      CheckStackUsageText("m.c:1:2:w2c_f0\t16384\tstatic\nm.c:1:2:w2c_f1\t96\tdynamic,bounded\n")
          .ok());
  Outcome<Done> large = CheckStackUsageText(
      "m.c:1:2:w2c_f0\t8\tstatic\nm.c:9:2:w2c_f17.constprop.0\t16392\tstatic\n");
  ASSERT_FALSE(large.ok());
  EXPECT_EQ(large.failure().kind, FailureKind::kInvalidModule);
  EXPECT_EQ(large.failure().message,
            "function 17 needs a stack frame of 16392 bytes; the limit is 16384");
  EXPECT_FALSE(CheckStackUsageText("m.c:1:2:w2c_f0\t8\tdynamic\n").ok());
  EXPECT_FALSE(CheckStackUsageText("garbage\n").ok());
  EXPECT_FALSE(CheckStackUsageText("m.c:1:2:w2c_f0\tmany\tstatic\n").ok());
}

TEST(Quoted, IsOneLineOfUtf8) {
  EXPECT_EQ(Quoted("plain"), "\"plain\"");
  EXPECT_EQ(Quoted("a\"b\\c\n\x7f"), "\"a\\22b\\5cc\\0a\\7f\"");
  EXPECT_EQ(Quoted("gr\xc3\xbc\xc3"), "\"gr\xc3\xbc\\c3\"");
  EXPECT_EQ(Quoted(std::string("\0", 1)), "\"\\00\"");
  EXPECT_EQ(Quoted(std::string(200, 'x')), "\"" + std::string(80, 'x') + "...\"");
  EXPECT_EQ(OneLine("say \"hi\"\nthere", 100), "say \"hi\"\\0athere");
}

TEST(Utf8, FollowsTheStandard) {
  using std::string_view;
  for (string_view good : {string_view(""), string_view("a\0b", 3), string_view("\xc2\x80"),
                           string_view("\xed\x9f\xbf"), string_view("\xf4\x8f\xbf\xbf"),
                           string_view("\xee\x80\x80")}) {
    EXPECT_EQ(FirstInvalidUtf8(good), string_view::npos) << good;
  }
  for (string_view bad :
       {string_view("\x80"), string_view("\xc0\x80"), string_view("\xc1\xbf"),
        string_view("\xe0\x9f\xbf"), string_view("\xed\xa0\x80"), string_view("\xf0\x8f\xbf\xbf"),
        string_view("\xf4\x90\x80\x80"), string_view("\xf5\x80\x80\x80"), string_view("\xe2\x82"),
        string_view("\xff")}) {
    EXPECT_EQ(FirstInvalidUtf8(bad), 0u);
    EXPECT_EQ(FirstInvalidUtf8("ab" + std::string(bad)), 2u);
  }
}

TEST(Report, RoundTrips) {
  Failure failure{FailureKind::kUnknownImport, "import \"\xff\"", "Detail.", "Hint.", 1, 2, 3};
  std::string line = FailureLine(failure);
  EXPECT_EQ(std::count(line.begin(), line.end(), '\n'), 1);
  Failure back = ParseFailure(nlohmann::json::parse(line));
  EXPECT_EQ(back.kind, failure.kind);
  EXPECT_EQ(back.message, "import \"\xef\xbf\xbd\"");
  EXPECT_EQ(back.detail, "Detail.");
  EXPECT_EQ(back.hint, "Hint.");
  EXPECT_EQ(back.line, 1u);
  EXPECT_EQ(back.column, 2u);
  EXPECT_EQ(back.offset, 3u);
  EXPECT_EQ(ParseFailure(nlohmann::json::parse("{\"kind\":7,\"line\":-1,\"message\":[]}")).message,
            "");
}

}  // namespace
}  // namespace pg_checker::compile
