// Every way in which a module or a server is refused: kind, message, position, hint, exit status.
#include <gtest/gtest.h>

#include "helper_run.hpp"

namespace pg_checker::compile_test {
namespace {

constexpr const char* kSmall = "(module (func (export \"check\")))";

HelperRun ValidateWat(const std::string& wat) {
  return RunHelper({"--format", "wat", "--validate-only"}, wat);
}
HelperRun ValidateWasm(const std::string& wasm) {
  return RunHelper({"--format", "wasm", "--validate-only"}, wasm);
}

TEST(Syntax, HasLineAndColumn) {
  HelperRun run = ValidateWat("(module\n  (func (export \"check\")\n    (i32.cons 1)))");
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_EQ(run.Text("kind"), "syntax");
  EXPECT_EQ(run.json["line"], 3);
  EXPECT_EQ(run.json["column"], 6);
  EXPECT_EQ(run.Text("message").find('\n'), std::string::npos);
  EXPECT_NE(run.Text("message").find("i32.cons"), std::string::npos) << run.report;
}

TEST(Syntax, UnknownNamesHaveAPosition) {
  HelperRun run = ValidateWat("(module\n (func (export \"check\") call $nobody))");
  EXPECT_EQ(run.Text("kind"), "syntax");
  EXPECT_EQ(run.json["line"], 2);
  EXPECT_NE(run.Text("message").find("$nobody"), std::string::npos) << run.report;
}

TEST(Syntax, NotTextAtAll) {
  for (std::string source :
       {std::string(), std::string("hello"), std::string("(module"), std::string("(modul)"),
        std::string("(module (func (export \"check\"))) (assert_return (invoke \"check\"))"),
        std::string("(module $a) (module $b)")}) {
    HelperRun run = ValidateWat(source);
    EXPECT_EQ(run.exit_code, 1) << source;
    EXPECT_TRUE(run.Text("kind") == "syntax" || run.Text("kind") == "missing_entry")
        << source << run.report;
  }
}

TEST(Syntax, NulAndBadUtf8HaveAPosition) {
  HelperRun run = ValidateWat(std::string("(module\n ;; \0\n)", 15));
  EXPECT_EQ(run.Text("kind"), "syntax");
  EXPECT_EQ(run.Text("message"), "the text contains a NUL byte");
  EXPECT_EQ(run.json["line"], 2);
  EXPECT_EQ(run.json["column"], 5);
  run = ValidateWat("(module ;; \xc3\x28\n)");
  EXPECT_EQ(run.Text("message"), "the text is not valid UTF-8");
  EXPECT_EQ(run.json["line"], 1);
  EXPECT_EQ(run.json["column"], 12);
}

TEST(Syntax, ColumnsAreCharacters) {
  HelperRun run = ValidateWat("(module (; \xc3\xa4\xe2\x82\xac ;) (modul))");
  EXPECT_EQ(run.json["line"], 1);
  EXPECT_EQ(run.json["column"], 19) << run.report;
  run = ValidateWat("(module\n (; \xf0\x9f\x90\x98 ;) \xff)");
  EXPECT_EQ(run.Text("message"), "the text is not valid UTF-8");
  EXPECT_EQ(run.json["line"], 2);
  EXPECT_EQ(run.json["column"], 10) << run.report;
}

TEST(Syntax, QuotedModulesAreForTestScripts) {
  for (std::string source : {"(module quote \"(func)\")", "(module $name quote)"}) {
    HelperRun run = ValidateWat(source);
    EXPECT_EQ(run.exit_code, 1);
    EXPECT_EQ(run.Text("kind"), "syntax") << run.report;
    EXPECT_EQ(run.Text("message"), "unexpected token \"quote\", expected a module field");
    EXPECT_EQ(run.json["line"], 1);
    EXPECT_EQ(run.json["column"], source.find("quote") + 1);
  }
}

TEST(InvalidModule, TypeErrorInTextHasAPosition) {
  HelperRun run = ValidateWat("(module\n (func (export \"check\") (result i32)\n  (i64.const 1)))");
  EXPECT_EQ(run.Text("kind"), "invalid_module");
  EXPECT_EQ(run.json["line"], 3) << run.report;
  EXPECT_NE(run.Text("message").find("type mismatch"), std::string::npos);
}

TEST(InvalidModule, BinaryHasAByteOffset) {
  HelperRun run = ValidateWasm("not wasm");
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_EQ(run.Text("kind"), "invalid_module");
  EXPECT_EQ(run.Text("message"),
            "not a valid WebAssembly module: bad magic value at byte offset 4");
  EXPECT_EQ(run.json["offset"], 4);
  run = ValidateWasm("");
  EXPECT_EQ(run.Text("kind"), "invalid_module") << run.report;
  // A function of type [] -> [] whose body leaves a value.
  std::string wasm = Assemble("(module (func (export \"check\") (drop (i32.const 1))))");
  size_t drop = wasm.rfind('\x1a');
  wasm[drop] = '\x01';  // nop
  run = ValidateWasm(wasm);
  EXPECT_EQ(run.Text("kind"), "invalid_module");
  EXPECT_NE(run.Text("message").find("at byte offset"), std::string::npos) << run.report;
}

// Sections of a module whose function 0, of type [] -> [], is its check.
std::string ModuleOf(std::string_view after_header, std::string_view body) {
  std::string code = "\1";
  code += static_cast<char>(body.size());
  code += body;
  std::string wasm("\0asm\1\0\0\0", 8);
  wasm += after_header;
  wasm += std::string_view("\1\4\1\x60\0\0\3\2\1\0\7\x09\1\5check\0\0", 21);
  wasm += '\x0a';
  wasm += static_cast<char>(code.size());
  return wasm + code;
}

TEST(InvalidModule, BlocksThatAreNotClosed) {
  using std::string_view_literals::operator""sv;
  EXPECT_TRUE(ValidateWasm(ModuleOf("", "\0\x0b"sv)).ok());
  EXPECT_TRUE(ValidateWasm(ModuleOf("", "\0\2\x40\x0b\x0b"sv)).ok());
  for (const std::string_view body : {
           "\0\2\x40\x0b"sv,            // block end
           "\0\2\x40\3\x40\x0b\x0b"sv,  // block loop end end
           "\0\x41\0\4\x40\5\x0b"sv,    // i32.const if else end
           "\0\x0b\x0b"sv,              // end end
           "\0\x0b\1\x0b"sv,            // end nop end
           "\0"sv,                      // nothing
           "\0\1"sv,                    // nop
       }) {
    HelperRun run = ValidateWasm(ModuleOf("", body));
    EXPECT_EQ(run.Text("kind"), "invalid_module") << body.size() << run.report;
    EXPECT_NE(run.Text("message").find("at byte offset"), std::string::npos) << run.report;
  }
}

TEST(InvalidModule, NamesOfCustomSections) {
  using std::string_view_literals::operator""sv;
  const auto run = [](std::string_view section) {
    return ValidateWasm(ModuleOf(section, std::string_view("\0\x0b", 2)));
  };
  EXPECT_TRUE(run("\0\4\1nab"sv).ok());
  EXPECT_TRUE(run("\0\1\0"sv).ok()) << "an empty name is one";
  EXPECT_EQ(run("\0\0"sv).Text("message"),
            "not a valid WebAssembly module: custom section without a name at byte offset 10");
  EXPECT_EQ(run("\0\2\5a"sv).Text("message"),
            "not a valid WebAssembly module: custom section without a name at byte offset 10");
  EXPECT_EQ(run("\0\3\2a\xff"sv).Text("message"),
            "not a valid WebAssembly module: name of a custom section that is not UTF-8 at byte "
            "offset 12");
}

TEST(InvalidModule, ConstantExpressionsAreOneInstruction) {
  EXPECT_EQ(ValidateWat("(module (memory 1) (data (offset) \"a\") (func (export \"check\")))")
                .Text("kind"),
            "invalid_module");
  EXPECT_EQ(ValidateWat("(module (table 1 funcref) (elem (offset) func $f) "
                        "(func $f (export \"check\")))")
                .Text("kind"),
            "invalid_module");
  EXPECT_EQ(ValidateWat("(module (global i32) (func (export \"check\")))").Text("kind"),
            "invalid_module");
}

TEST(InvalidModule, FeaturesThatTheAbiLeavesOut) {
  for (const char* wat :
       {"(module (func (export \"check\") (drop (v128.const i32x4 0 0 0 0))))",
        "(module (memory 1 1 shared) (func (export \"check\")))",
        "(module (func $f (export \"check\") (return_call $f)))",
        "(module (memory i64 1) (func (export \"check\")))",
        "(module (memory 1) (memory 1) (func (export \"check\")))",
        "(module (tag) (func (export \"check\")))",
        "(module (global i32 (i32.add (i32.const 1) (i32.const 2))) (func (export \"check\")))",
        "(module (memory 65537) (func (export \"check\")))"}) {
    HelperRun run = ValidateWat(wat);
    EXPECT_EQ(run.exit_code, 1) << wat;
    EXPECT_TRUE(run.Text("kind") == "syntax" || run.Text("kind") == "invalid_module")
        << wat << run.report;
  }
}

TEST(InvalidModule, FeaturesThatTheAbiHas) {
  for (const char* wat :
       {"(module (global (mut i32) (i32.const 1)) (export \"g\" (global 0)) (func (export "
        "\"check\")))",
        "(module (func (export \"check\") (drop (i32.extend8_s (i32.const 1)))))",
        "(module (func (export \"check\") (drop (i32.trunc_sat_f32_s (f32.const 1)))))",
        "(module (func (export \"check\") (drop (ref.null extern))))",
        "(module (data \"passive, without a memory\") (func (export \"check\") (data.drop 0)))",
        "(module (elem func 0) (func (export \"check\") (elem.drop 0)))",
        "(module (elem declare func 0) (func (export \"check\") (drop (ref.func 0))))",
        "(module (func (export \"check\") (drop (select (result f64) (f64.const 1) (f64.const 2) "
        "(i32.const 1)))))"}) {
    HelperRun run = ValidateWat(wat);
    EXPECT_TRUE(run.ok()) << wat << run.report;
  }
}

TEST(ModuleTooLarge, SaysBothNumbers) {
  std::string wasm = Assemble(kSmall);
  HelperRun run =
      RunHelper({"--format", "wasm", "--validate-only", "--module-limit-bytes", "10"}, wasm);
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_EQ(run.Text("kind"), "module_too_large");
  EXPECT_EQ(run.Text("message"),
            "module has " + std::to_string(wasm.size()) + " bytes, the limit is 10");
  EXPECT_NE(run.Text("hint").find("checker.module_size_limit"), std::string::npos);
  std::string limit = std::to_string(wasm.size());
  EXPECT_TRUE(
      RunHelper({"--format", "wasm", "--validate-only", "--module-limit-bytes", limit}, wasm).ok());
  run = RunHelper({"--format", "wat", "--validate-only", "--module-limit-bytes", "10"}, kSmall);
  EXPECT_EQ(run.Text("kind"), "module_too_large") << "the text fits, its binary form does not";
}

TEST(ModuleTooLarge, LocalsAreCountedBeforeTheyAreWritten) {
  // 2^30 locals in a module of 41 bytes.
  const char bytes[] =
      "\0asm\1\0\0\0\1\4\1\x60\0\0\3\2\1\0\7\x09\1\5check\0\0\x0a\x0a\1\x08\1\x80\x80\x80\x80\x04"
      "\x7f\x0b";
  std::string wasm(bytes, sizeof(bytes) - 1);
  HelperRun run = ValidateWasm(wasm);
  EXPECT_EQ(run.Text("kind"), "invalid_module");
  EXPECT_EQ(run.exit_code, 1);
  std::string locals;
  for (int at = 0; at < 50001; ++at) locals += " i32";
  run = ValidateWat("(module (func (export \"check\") (local" + locals + ")))");
  EXPECT_EQ(run.Text("message"), "function 0 has 50001 locals; the limit is 50000");
}

TEST(CompilerUnavailable, NoSuchFile) {
  TemporaryFolder cache;
  HelperRun run = RunHelper(
      {"--format", "wat", "--cache-directory", cache.path(), "--cc", "/no/such/gcc"}, kSmall);
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_EQ(run.Text("kind"), "compiler_unavailable");
  EXPECT_EQ(run.Text("message"), "no C compiler at \"/no/such/gcc\"");
  EXPECT_EQ(
      run.Text("hint"),
      "Install the packages gcc and binutils (apt-get install gcc) on the database server, or set "
      "checker.c_compiler.");
  EXPECT_TRUE(cache.Names().empty());
}

TEST(CompilerUnavailable, NotExecutable) {
  TemporaryFolder cache, other;
  WriteFile(other / "gcc", "#!/bin/sh\n", 0600);
  HelperRun run = RunHelper(
      {"--format", "wat", "--cache-directory", cache.path(), "--cc", other / "gcc"}, kSmall);
  EXPECT_EQ(run.Text("kind"), "compiler_unavailable");
  run = RunHelper({"--format", "wat", "--cache-directory", cache.path(), "--cc", other.path()},
                  kSmall);
  EXPECT_EQ(run.Text("kind"), "compiler_unavailable") << "a directory";
}

// Stands in for gcc with a shell script.
HelperRun CompileWithScript(const std::string& script, const std::vector<std::string>& more = {}) {
  TemporaryFolder cache, other;
  WriteFile(other / "gcc", "#!/bin/sh\n" + script + "\n", 0700);
  std::vector<std::string> arguments = {"--format",   "wat",  "--cache-directory",
                                        cache.path(), "--cc", other / "gcc"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  HelperRun run = RunHelper(arguments, kSmall);
  EXPECT_TRUE(cache.Names().empty()) << "nothing is left in the cache directory";
  return run;
}

TEST(CompilerUnavailable, AssemblerOrLinkerIsMissing) {
  for (const char* said :
       {"gcc: fatal error: cannot execute 'as': execvp: No such file or directory",
        "collect2: fatal error: cannot find 'ld'", "gcc: fatal error: cannot execute 'cc1'"}) {
    HelperRun run = CompileWithScript("echo \"" + std::string(said) + "\" >&2; exit 1");
    EXPECT_EQ(run.Text("kind"), "compiler_unavailable") << said;
    EXPECT_NE(run.Text("message").find("is incomplete"), std::string::npos);
    EXPECT_NE(run.Text("detail").find(said), std::string::npos);
    EXPECT_NE(run.Text("hint").find("binutils"), std::string::npos);
  }
}

TEST(CompilerUnavailable, ClangIsRefused) {
  TemporaryFolder cache;
  HelperRun run = RunHelper(
      {"--format", "wat", "--cache-directory", cache.path(), "--cc", "/usr/bin/clang-14"}, kSmall);
  if (run.Text("message").starts_with("no C compiler at")) GTEST_SKIP() << "clang is not installed";
  EXPECT_EQ(run.Text("kind"), "compiler_unavailable") << run.report;
  EXPECT_EQ(run.Text("message"), "the C compiler \"/usr/bin/clang-14\" is not gcc");
  EXPECT_TRUE(cache.Names().empty());
}

TEST(CompileFailed, FirstErrorOfTheCompilerIsTheDetail) {
  HelperRun run = CompileWithScript(
      "echo 'module.c: In function f:\nmodule.c:3:1: error: oh no\nmore' >&2; exit 1");
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_EQ(run.Text("kind"), "compile_failed");
  EXPECT_EQ(run.Text("detail"), "The compiler said: module.c:3:1: error: oh no");
}

TEST(CompileFailed, CompilerThatDoesNothing) {
  HelperRun run = CompileWithScript("exit 0");
  EXPECT_EQ(run.Text("kind"), "compile_failed") << run.report;
  run = CompileWithScript("kill -9 $$");
  EXPECT_EQ(run.Text("kind"), "compile_failed");
  EXPECT_NE(run.Text("message").find("ended on signal 9"), std::string::npos) << run.report;
}

TEST(CompileTimeout, EndsTheCompilerAndItsChildren) {
  TemporaryFolder marks;
  // A child that outlives the compiler's driver, as cc1 would.
  HelperRun run = CompileWithScript("echo $$ > " + (marks / "driver") + "; sleep 600 & echo $! > " +
                                        (marks / "child") + "; exec sleep 600",
                                    {"--timeout-ms", "500"});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_EQ(run.Text("kind"), "compile_timeout");
  EXPECT_NE(run.Text("hint").find("checker.compile_timeout"), std::string::npos);
  for (const char* mark : {"driver", "child"}) {
    int pid = std::stoi(ReadFile(marks / mark));
    EXPECT_EQ(ReadFile("/proc/" + std::to_string(pid) + "/stat"), "") << mark << " still runs";
  }
}

TEST(StackFrame, HugeOnesAreRefused) {
  // 2,200 values that are read before a call and written behind it have to stay somewhere.
  std::string globals, locals, loads, stores;
  for (int local = 0; local < 2200; ++local) {
    std::string number = std::to_string(local);
    globals += "(global (mut i64) (i64.const 1))";
    locals += " i64";
    loads += "(local.set " + number + " (global.get " + number + "))";
    stores += "(global.set " + number + " (local.get " + number + "))";
  }
  TemporaryFolder cache;
  HelperRun run = CompileWat("(module (import \"checker\" \"ok\" (func $ok (param i32 i32))) " +
                                 globals + "(func $f (local" + locals + ")" + loads +
                                 "(call $ok (i32.const 0) (i32.const 0))" + stores +
                                 ") (func (export \"check\") (call $f)))",
                             cache);
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_EQ(run.Text("kind"), "invalid_module");
  EXPECT_TRUE(run.Text("message").starts_with("function 1 needs a stack frame of 1")) << run.report;
  EXPECT_TRUE(run.Text("message").ends_with(" bytes; the limit is 16384")) << run.report;
  EXPECT_NE(run.Text("hint"), "");
  EXPECT_TRUE(cache.Names().empty());
}

TEST(Usage, WrongArgumentsExitWithTwo) {
  EXPECT_EQ(RunHelper({}, "").exit_code, 2);
  EXPECT_EQ(RunHelper({"--format", "elf", "--validate-only"}, "").exit_code, 2);
  EXPECT_EQ(RunHelper({"--format", "wat", "--cc", "/usr/bin/gcc"}, "").exit_code, 2);
  EXPECT_EQ(RunHelper({"--format", "wat", "--validate-only", "--timeout-ms", "0"}, "").exit_code,
            2);
  EXPECT_EQ(RunHelper({"--format", "wat", "--validate-only", "--module-limit-bytes", "many"}, "")
                .exit_code,
            2);
  EXPECT_EQ(RunHelper({"--format"}, "").exit_code, 2);
  EXPECT_EQ(RunHelper({"--what"}, "").exit_code, 2);
  EXPECT_EQ(RunHelper({"--help"}, "").exit_code, 0);
  HelperRun version = RunHelper({"--version"}, "");
  EXPECT_EQ(version.exit_code, 0);
  EXPECT_TRUE(version.report.starts_with("checker-compile (pg_checker) "));
}

}  // namespace
}  // namespace pg_checker::compile_test
