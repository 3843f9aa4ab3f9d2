// Input made to break the helper: names that are C, modules cut short, bytes changed, nesting
// without end. Whatever it is, the helper answers with one line and exit status 0 or 1.
#include <gtest/gtest.h>

#include <fstream>

#include "compile/module_reader.hpp"
#include "helper_run.hpp"

namespace pg_checker::compile_test {
namespace {

HelperRun Validate(const char* format, const std::string& source) {
  return RunHelper({"--format", format, "--validate-only"}, source);
}

void ExpectAnswer(const HelperRun& run, const std::string& what) {
  EXPECT_TRUE(run.exit_code == 0 || run.exit_code == 1) << what << ": exit " << run.exit_code;
  EXPECT_TRUE(run.json.contains("ok")) << what << ": " << run.report;
}

std::string Section(char id, const std::string& payload) {
  EXPECT_LT(payload.size(), 128u);
  return std::string(1, id) + static_cast<char>(payload.size()) + payload;
}

std::string Name(const std::string& name) { return static_cast<char>(name.size()) + name; }

TEST(HostileNames, NoByteOfThemReachesTheC) {
  const std::string payload = "*/ zqx(); \"\\\n#include \"/etc/passwd\" //";
  std::string wat_payload = "*/ zqx(); \\\"\\5c\\0a#include \\\"/etc/passwd\\\" //";
  std::string wasm = Assemble(
      "(module (import \"checker\" \"fail\" (func (param i32 i32)))"
      " (memory (export \"zqxmemory" +
      wat_payload + "\") 1) (table (export \"zqxtable" + wat_payload +
      "\") 1 funcref)"
      " (global (export \"zqxglobal" +
      wat_payload +
      "\") i32 (i32.const 1))"
      " (func (export \"check\")) (func (export \"zqxfunction" +
      wat_payload +
      "\") (local i32))"
      " (func (export \"zqxnul\\00name\")))");
  // Debug names: module, function 1, its local, and a custom section with such a name.
  std::string names = Name("name") + Section(0, Name(payload)) +
                      Section(1, std::string("\1\1") + Name(payload)) +
                      Section(2, std::string("\1\2\1\0", 4) + Name(payload));
  wasm += std::string(1, '\0') + static_cast<char>(names.size() | 0x80) +
          static_cast<char>(names.size() >> 7) + names;
  wasm += Section(0, Name(payload));
  TemporaryFolder cache;
  HelperRun run = CompileWasm(wasm, cache, {"--keep-c", cache / "kept.c"});
  ASSERT_TRUE(run.ok()) << run.report;
  std::string c = ReadFile(cache / "kept.c");
  ASSERT_NE(c.find("checker_module checker_module"), std::string::npos);
  for (const char* part :
       {"zqx", "passwd", "check\"", "'fail'", "Z_fail", "'checker'", "export:", "\\0a"}) {
    EXPECT_EQ(c.find(part), std::string::npos) << part;
  }
  EXPECT_EQ(c.find('\0'), std::string::npos);
}

TEST(HostileNames, InMessagesAreQuotedAndCut) {
  HelperRun run = Validate(
      "wat", "(module (import \"e\\0a\\22\\00v\" \"" + std::string(5000, 'x') + "\" (func)))");
  EXPECT_EQ(run.Text("kind"), "unknown_import");
  EXPECT_EQ(run.Text("message"), "import \"e\\0a\\22\\00v\".\"" + std::string(80, 'x') +
                                     "...\" is not offered by the host");
  EXPECT_LT(run.report.size(), 1000u);
}

TEST(HostileText, ErrorsStayOneShortLine) {
  HelperRun run = Validate("wat", "(module (func $" + std::string(100000, 'y') + " (call $" +
                                      std::string(100000, 'z') + ")))");
  ExpectAnswer(run, "long names");
  EXPECT_LT(run.report.size(), 2000u);
}

TEST(HostileText, DeepNestingIsARefusal) {
#if defined(__SANITIZE_ADDRESS__)
  GTEST_SKIP() << "the sanitizer catches the signal";
#endif
  std::string open, close;
  for (int level = 0; level < 200000; ++level) {
    open += "(block ";
    close += ")";
  }
  HelperRun run = Validate("wat", "(module (func (export \"check\") " + open + close + "))");
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_EQ(run.Text("kind"), "invalid_module");
  EXPECT_EQ(run.Text("message"),
            "module could not be read: the WebAssembly reader ended on signal 11");
}

TEST(HostileText, OddPiecesGetAnAnswer) {
  for (const char* wat : {"(module (data (i32.const 0) \"\\u{110000}\"))",
                          "(module (func (i32.const 0xffffffffffffffffffff)))",
                          "(module (func (br 4294967295)))",
                          "(module (memory 4294967296))",
                          "(module (table 0 4294967296 funcref))",
                          "(module (func (f32.const nan:0x800000)))",
                          "(module (func (local $a i32) (local $a i32)))",
                          "(;",
                          "(; (; ;)",
                          "(module $a $b)",
                          "(module (import \"a\" \"b\" (func)) (func (import \"c\" \"d\")))",
                          "\"",
                          "(module (start 99))",
                          "(module (elem 0 0))",
                          "(module (func) (start 0) (start 0))",
                          "(module (type (func (param i32))) (func (type 7)))",
                          "(module (func (call_indirect (type 3))))",
                          "(module (export \"a\" (func 0)))",
                          "(module (func (export \"a\")) (func (export \"a\")))",
                          "(module (global i32 (global.get 0)))",
                          "(module (func (br_table)))",
                          "(module binary \"\\00asm\")",
                          "(module quote \"(func)\")",
                          "(module (@custom \"a\" \"b\"))"}) {
    ExpectAnswer(Validate("wat", wat), wat);
  }
}

// A module with something of everything, so that cutting and changing it meets every reader.
const char kRich[] =
    "(module (import \"checker\" \"fail\" (func $fail (param i32 i32)))"
    " (type $t (func (param i32) (result i32 i64))) (memory (export \"memory\") 1 2) (table 4 "
    "funcref) (table 1 externref)"
    " (global (mut i32) (i32.const 7)) (global f64 (f64.const 1.5)) (start $s)"
    " (elem (i32.const 0) $s $f) (elem funcref (ref.func $f) (ref.null func)) (elem declare func "
    "$f)"
    " (data (i32.const 1) \"abc\") (data \"passive\") (func $s)"
    " (func $f (type $t) (local i64 f32) (block (loop (br_if 1 (local.get 0)) (br_table 0 1 0 "
    "(local.get 0))))"
    "  (if (result i32) (local.get 0) (then (i32.const 1)) (else (i32.const 2))) (i64.const 3))"
    " (func (export \"check\") (memory.init 1 (i32.const 0) (i32.const 0) (i32.const 1)) "
    "(data.drop 1)"
    "  (drop (call_indirect (type $t) (i32.const 1) (i32.const 1))) drop (memory.copy (i32.const "
    "0) (i32.const 1)"
    "  (i32.const 2)) (table.init 0 1 (i32.const 0) (i32.const 0) (i32.const 1))))";

// Sanitizers make each start of the helper ten times as slow.
#if defined(__SANITIZE_ADDRESS__)
constexpr size_t kStride = 13;
#else
constexpr size_t kStride = 1;
#endif

TEST(HostileBinary, CutAtEveryByte) {
  std::string wasm = Assemble(kRich);
  ASSERT_GT(wasm.size(), 200u);
  for (size_t size = 0; size < wasm.size(); size += kStride) {
    HelperRun run = Validate("wasm", wasm.substr(0, size));
    ExpectAnswer(run, "cut at " + std::to_string(size));
    EXPECT_FALSE(run.ok()) << size;
  }
}

TEST(HostileBinary, EveryByteChanged) {
  std::string wasm = Assemble(kRich);
  for (size_t at = 0; at < wasm.size(); at += kStride) {
    for (unsigned char flip : {0x80, 0x01, 0xff}) {
      std::string changed = wasm;
      changed[at] = static_cast<char>(static_cast<unsigned char>(changed[at]) ^ flip);
      ExpectAnswer(Validate("wasm", changed),
                   "byte " + std::to_string(at) + " ^ " + std::to_string(flip));
    }
  }
}

TEST(HostileBinary, CountsWithoutEnd) {
  const std::string header("\0asm\1\0\0\0", 8);
  for (char section = 1; section <= 12; ++section) {
    // A section that claims four billion entries, and one that claims to be four billion bytes
    // long.
    ExpectAnswer(Validate("wasm", header + Section(section, "\xff\xff\xff\xff\x0f")), "entries");
    ExpectAnswer(Validate("wasm", header + section + "\xff\xff\xff\xff\x0f"), "bytes");
  }
}

TEST(HostileBinary, OutputWithoutEndIsARefusal) {
#if defined(__SANITIZE_ADDRESS__)
  GTEST_SKIP() << "under the sanitizer there is no memory limit";
#endif
  // Each br_table entry moves the label's 200 values: 13 kB of C for each of 20,000 bytes.
  std::string results, values, entries;
  for (int value = 0; value < 200; ++value) {
    results += " i32";
    values += "(i32.const 1) ";
  }
  for (int entry = 0; entry < 200000; ++entry) entries += "0 ";
  HelperRun run = Validate(
      "wat", "(module (func (export \"check\") (block (result" + results + ") (i32.const 5) " +
                 values + "(br_table " + entries + "(i32.const 0))) " +
                 [] {
                   std::string drops;
                   for (int value = 0; value < 200; ++value) drops += "drop ";
                   return drops;
                 }() +
                 "))");
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_EQ(run.Text("kind"), "invalid_module") << run.report;
}

}  // namespace
}  // namespace pg_checker::compile_test
