#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "javascript_run.hpp"

namespace pg_checker::languages {
namespace {

using engine::ErrorKind;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// ---- Values -------------------------------------------------------------------------------------

TEST(JavaScriptValues, HaveTheTypesThatTheReferenceNames) {
  EXPECT_EQ(Evaluated("Object.values(datasets.types.first).map(v => v instanceof Object ? "
                      "v.constructor.name : typeof v)"
                      ".join()"),
            "boolean,number,number,bigint,number,number,Date,Date,number,string,string,string,"
            "string,string,Object,Array,Array,Array,number,Uint8Array");
}

TEST(JavaScriptValues, AreExact) {
  EXPECT_EQ(Evaluated("datasets.types.first.large"), "9007199254740993");
  EXPECT_EQ(Evaluated("datasets.types.first.price"), "-12.05");
  EXPECT_EQ(Evaluated("datasets.types.first.number"), "123456789012345678901234567890.5");
  EXPECT_EQ(Evaluated("datasets.types.first.at.toISOString()"), "2023-11-14T22:13:20.123Z");
  EXPECT_EQ(Evaluated("datasets.types.column('at')[0]"), "1700000000123456");
  EXPECT_EQ(Evaluated("datasets.types.column('day')[0]"), "1699920000000000");
  EXPECT_EQ(Evaluated("datasets.types.first.forever > new Date()"), "true");
  EXPECT_EQ(Evaluated("datasets.types.first.span"), "P1Y2M-3DT1H2M3.456S");
  EXPECT_EQ(Evaluated("datasets.types.first.id"), "12345678-9abc-def0-0123-456789abcdef");
  EXPECT_EQ(Evaluated("datasets.types.first.name"), "Zoë");
  EXPECT_EQ(Evaluated("JSON.stringify(datasets.types.first.list)"), "[[1,2],[3,null]]");
  EXPECT_EQ(Evaluated("JSON.stringify(datasets.types.first.words)"), R"(["a \"b\", c",null])");
  EXPECT_EQ(Evaluated("datasets.types.first.bigs[0] === 9007199254740993n"), "true");
  EXPECT_EQ(Evaluated("datasets.types.first.json.a[0]"), "1");
  EXPECT_EQ(Evaluated("[...datasets.types.first.bytes].join()"), "0,255");
  EXPECT_EQ(Evaluated("Object.hasOwn(datasets.types.first, '__proto__')"), "true");
}

TEST(JavaScriptValues, AreNullWhereTheRowIs) {
  EXPECT_EQ(Evaluated("Object.values([...datasets.types][1]).every(v => v === null)"), "true");
}

TEST(JavaScriptColumns, AreTypedArraysUnlessSomethingIsNull) {
  EXPECT_EQ(Evaluated("datasets.numbers.column('a').constructor.name"), "BigInt64Array");
  EXPECT_EQ(Evaluated("datasets.numbers.column('b')[999]"), "2997");
  EXPECT_EQ(Evaluated("Array.isArray(datasets.types.column('small'))"), "true");
  EXPECT_EQ(Evaluated("datasets.types.column('large')"), "[9007199254740993, null]");
  EXPECT_THAT(Evaluated("datasets.numbers.column('c')"),
              HasSubstr("TypeError: dataset \"default.numbers\" has no column \"c\"; it has a, b"));
}

// ---- Rows ---------------------------------------------------------------------------------------

TEST(JavaScriptRows, StayWhatTheyAreWhenTheyAreKept) {
  engine::FakeHost host;
  OfferDatasets(host, 5000);
  const engine::RunReport report = RunScript(host, R"(
    const kept = [], changed = [];
    let previous = null;
    for (const row of datasets.numbers) {
      if (row.a % 3n === 0n) kept.push(row);
      if (previous !== null && previous.a !== row.a - 1n) fail('the last row was overwritten');
      previous = row;
      row.extra = 1;
    }
    for (let i = 0; i < kept.length; i++) {
      if (kept[i].a !== BigInt(3 * i) || kept[i].b !== BigInt(9 * i)) fail('row ' + i);
    }
    assertEqual(kept.length, 1667);
  )");
  EXPECT_FALSE(report.error.has_value()) << report.error->message;
  EXPECT_TRUE(host.outcomes.empty());
}

// What a script does to a row must not show in a later one that lies at the same place.
TEST(JavaScriptRows, AreMadeAnewAfterAScriptHasChangedThem) {
  for (const char* change :
       {"Object.freeze(row)", "Object.preventExtensions(row)", "delete row.a",
        "Object.defineProperty(row, 'a', { get() { return 'mine'; } })",
        "Object.setPrototypeOf(row, { inherited: 1 })", "weak.set(row, 1)",
        "references.push(new WeakRef(row))", "row.a = {}", "row.a = 'text'", "row.b = row"}) {
    engine::FakeHost host;
    OfferDatasets(host, 3000);
    const engine::RunReport report = RunScript(host, std::string(R"(
      const weak = new WeakMap(), references = [];
      let n = 0n;
      for (const row of datasets.numbers) {
        if (row.a !== n || row.b !== 3n * n || row.inherited !== undefined || weak.has(row) ||
            Object.keys(row).join() !== 'a,b' || !Object.isExtensible(row)) fail('row ' + n);
        )") + change + R"(;
        n++;
      }
      if (n !== 3000n) fail('only ' + n);
    )");
    EXPECT_FALSE(report.error.has_value()) << change << ": " << report.error->message;
    EXPECT_TRUE(host.outcomes.empty()) << change << ": " << host.outcomes.front().second;
  }
}

TEST(JavaScriptRows, CanBeReadInEveryWayThatJavaScriptHas) {
  EXPECT_EQ(Evaluated("[...datasets.numbers].length"), "1000");
  EXPECT_EQ(Evaluated("datasets.numbers.rows.filter(r => r.a > 997n).length"), "2");
  EXPECT_EQ(Evaluated("(([first, second]) => second.b)(datasets.numbers)"), "3");
  EXPECT_EQ(Evaluated("(({ numbers }) => numbers.length)(datasets)"), "1000");
  EXPECT_EQ(Evaluated("Array.from(datasets.numbers, r => r.a)[5]"), "5");
  EXPECT_EQ(Evaluated("datasets['default.numbers'] === datasets.numbers"), "true");
  EXPECT_EQ(Evaluated("datasets['other.empty'].first"), "undefined");
  EXPECT_EQ(Evaluated("Object.keys(datasets).join()"), "numbers,types,other.empty");
  EXPECT_EQ(Evaluated("[...datasets.numbers[Symbol.iterator]().take(2).map(r => r.a)].join()"),
            "0,1");
}

TEST(JavaScriptRows, CanBeReadTwiceAtOnce) {
  EXPECT_EQ(Evaluated("(() => { let n = 0; for (const l of datasets.numbers) { if (l.a > 20n) "
                      "break; for (const r of datasets.numbers) if (r.a === l.b) n++; } return n; "
                      "})()"),
            "21");
}

TEST(JavaScriptRows, TakeNoMoreMemoryWhenThereAreMore) {
  engine::FakeHost host;
  OfferDatasets(host, 1'000'000);
  engine::RunOptions options = ScriptOptions();
  options.limits.memory_bytes = 4u << 20;
  const engine::RunReport report = RunScript(
      host, "let n = 0; for (const row of datasets.numbers) if (row.b === 3n * row.a) n++; ok(n);",
      options);
  EXPECT_FALSE(report.error.has_value()) << report.error->message;
  ASSERT_EQ(host.outcomes.size(), 1u);
  EXPECT_EQ(host.outcomes[0].second, "1000000");
}

// ---- Assertions ---------------------------------------------------------------------------------

TEST(JavaScriptAssertions, OnDatasetsAreTheHosts) {
  engine::FakeHost host;
  OfferDatasets(host, 3);
  const engine::RunReport report = RunScript(host, R"(
    assertEmpty(datasets.numbers, 'e');
    assertNotEmpty(datasets.numbers, 'n');
    assertLessThan(datasets.numbers, 42, 'l');
    assertGreaterThan(datasets.numbers, 42n, 'g');
    assertEqual(datasets.numbers, 7, 'c');
    assertEqual(datasets.numbers, datasets.types, 's');
    assertTrue(1 === 1, 't');
    assertFalse(true, 'f');
  )");
  EXPECT_FALSE(report.error.has_value()) << report.error->message;
  EXPECT_THAT(host.assertions,
              ElementsAre("empty|default.numbers|e", "not_empty|default.numbers|n",
                          "rows 2 42|default.numbers|l", "rows 4 42|default.numbers|g",
                          "rows 0 7|default.numbers|c", "equal default.numbers|default.types|s",
                          "true|true|t", "true|false|f"));
}

TEST(JavaScriptAssertions, OnValuesSayWhatWasExpectedAndFound) {
  engine::FakeHost host;
  OfferDatasets(host, 3);
  const engine::RunReport report = RunScript(host, R"js(
    const results = [
      assertEqual(1, 1n, 'a'), assertEqual({ x: [1, new Date(0)] }, { x: [1, new Date(0)] }, 'b'),
      assertEqual([1, 2], [2, 1], 'c'), assertLessThan(null, 5, 'd'), assertLessThan('a', 'b', 'e'),
      assertGreaterThan(2n ** 70n, 1, 'f'), assertEmpty([], 'g'), assertEqual('1', 1, 'h'),
      assertLessThan(2, datasets.numbers, 'i'),
    ];
    log(results.join());
  )js");
  EXPECT_FALSE(report.error.has_value()) << report.error->message;
  EXPECT_THAT(
      host.assertions,
      ElementsAre("= 1|1|a", HasSubstr("|b"), "= [2, 1]|[1, 2]|c", "< 5|null|d", "< \"b\"|\"a\"|e",
                  "> 1|1180591620717411303424|f", "empty|0 items|g", "= 1|\"1\"|h", "< 3|2|i"));
  ASSERT_EQ(host.log.size(), 1u);
  EXPECT_EQ(host.log[0].second, "true,true,false,false,true,true,true,false,true");
}

TEST(JavaScriptAssertions, TakeNoDatasetOrPromiseForACondition) {
  EXPECT_THAT(Evaluated("assertTrue(datasets.numbers)"), HasSubstr("see assertNotEmpty"));
  EXPECT_THAT(Evaluated("assertTrue((async () => false)())"), HasSubstr("await"));
}

// ---- Surroundings -------------------------------------------------------------------------------

TEST(JavaScriptRun, IsTheSameEachTime) {
  const std::string expression =
      "Math.random() + '|' + Date.now() + '|' + new Date() + '|' + performance.now() + '|' + "
      "now.microseconds()";
  EXPECT_EQ(Evaluated(expression), Evaluated(expression));
  EXPECT_EQ(Evaluated("Date.now() === Number(now.microseconds() / 1000n)"), "true");
}

TEST(JavaScriptRun, LeavesNothingBehind) {
  engine::FakeHost host;
  OfferDatasets(host, 1);
  RunScript(host, "globalThis.left = 1; Array.prototype.map = null; assertEqual.x = 1;");
  EXPECT_EQ(Evaluated("typeof left + [1].map(x => x + 1)"), "undefined2");
}

TEST(JavaScriptRun, SeesParametersAndInput) {
  EXPECT_EQ(Evaluated("params.limit + params.name + input.a[0]"), "42x1");
  engine::RunOptions options = ScriptOptions();
  options.input = "no JSON";
  engine::FakeHost host;
  EXPECT_EQ(RunScript(host, "console.log(input)", options).standard_output, "no JSON\n");
  options.input.reset();
  EXPECT_EQ(RunScript(host, "console.log(input)", options).standard_output, "null\n");
}

TEST(JavaScriptRun, HasNoWayOut) {
  EXPECT_EQ(Evaluated("[typeof std, typeof os, typeof require, typeof process, typeof setTimeout, "
                      "typeof fetch, typeof host, typeof WebAssembly].join()"),
            "undefined,undefined,undefined,undefined,undefined,undefined,undefined,undefined");
  EXPECT_THAT(Evaluated("await import('std')"), HasSubstr("could not load module 'std'"));
}

TEST(JavaScriptRun, MayReturnEarlyAndAwait) {
  engine::FakeHost host;
  RunScript(host, "await null; ok(await Promise.resolve('a')); return; fail('b');");
  ASSERT_EQ(host.outcomes.size(), 1u);
  EXPECT_EQ(host.outcomes[0].second, "a");
}

// ---- Errors -------------------------------------------------------------------------------------

struct Broken {
  const char* source;
  ErrorKind kind;
  const char* message;
};

TEST(JavaScriptErrors, SayWhatWentWrong) {
  const Broken cases[] = {
      {"null.x", ErrorKind::kScript, "TypeError: cannot read property 'x' of null"},
      {"throw 'text'", ErrorKind::kScript, "a thrown value: \"text\""},
      {"throw { get message() { throw 1; } }", ErrorKind::kScript, "cannot be shown"},
      {"await new Promise(() => {})", ErrorKind::kScript, "a promise that never settles"},
      {"Promise.reject(new Error('no'))", ErrorKind::kScript,
       "unhandled rejection of a promise: Error: no"},
      {"(function f() { return 1 + f(); })()", ErrorKind::kStack, "call stack size exceeded"},
      {"'x'.repeat(2 ** 29)", ErrorKind::kMemory, "out of memory, the limit is 67108864 bytes"},
      {"const a = []; while (true) a.push({})", ErrorKind::kMemory, "out of memory"},
      {"datasets.nope", ErrorKind::kScript, "did not declare dataset \"nope\"; it declares \"num"},
      {"while (true) console.log('a long line of output')", ErrorKind::kOutput, "standard output"},
  };
  for (const Broken& broken : cases) {
    engine::FakeHost host;
    OfferDatasets(host, 10);
    const engine::RunReport report = RunScript(host, broken.source);
    ASSERT_TRUE(report.error.has_value()) << broken.source;
    EXPECT_EQ(report.error->kind, broken.kind) << broken.source << ": " << report.error->message;
    EXPECT_THAT(report.error->message, HasSubstr(broken.message)) << broken.source;
  }
}

TEST(JavaScriptErrors, NameCheckerAndLine) {
  engine::FakeHost host;
  const engine::RunReport report = RunScript(host, "\nfunction f() {\n  null.x;\n}\nf();");
  ASSERT_TRUE(report.error.has_value());
  EXPECT_THAT(report.error->detail, HasSubstr("at f (default.test:3:"));
  EXPECT_THAT(report.error->detail, HasSubstr("at check (default.test:5:"));
}

TEST(JavaScriptErrors, StopEndlessScriptsAtTheFuelLimit) {
  for (const char* source : {"while (true);", "for (;;) {}", "/(a+)+$/.test('a'.repeat(40) + 'b')",
                             "const f = () => Promise.resolve().then(f); await f()",
                             "'a'.repeat(1e6).split('').sort(() => Math.random() - .5).join()"}) {
    engine::FakeHost host;
    engine::RunOptions options = ScriptOptions();
    options.limits.fuel = 20'000'000;
    const engine::RunReport report = RunScript(host, source, options);
    ASSERT_TRUE(report.error.has_value()) << source;
    EXPECT_EQ(report.error->kind, ErrorKind::kFuel) << source << ": " << report.error->message;
  }
}

TEST(JavaScriptErrors, OfTheHostEndTheRun) {
  engine::FakeHost host;
  host.on_open = [](std::string_view) -> engine::Result<std::unique_ptr<engine::DatasetReader>> {
    return engine::Error{ErrorKind::kDataset, "the query failed"};
  };
  const engine::RunReport report =
      RunScript(host, "try { datasets.numbers.first } catch { } ok('not reached')");
  ASSERT_TRUE(report.error.has_value());
  EXPECT_EQ(report.error->message, "the query failed");
  EXPECT_TRUE(host.outcomes.empty());
}

// ---- Syntax -------------------------------------------------------------------------------------

TEST(JavaScriptSyntax, FaultsHaveLineAndColumn) {
  const auto check = [](std::string_view source) {
    engine::FakeHost host;
    auto checked = LoadedJavaScript().Check({source, "default.test"}, host, ScriptOptions());
    EXPECT_TRUE(checked.ok());
    return *checked;
  };
  EXPECT_FALSE(check("const a = 1; await 2; return;").has_value());
  const auto fault = check("const a = 1;\nlet b = = 2;");
  ASSERT_TRUE(fault.has_value());
  EXPECT_THAT(fault->message, HasSubstr("SyntaxError"));
  EXPECT_EQ(fault->line, 2u);
  EXPECT_EQ(fault->column, 9u);
  EXPECT_TRUE(check("import x from 'y';").has_value());
  EXPECT_TRUE(check("if (1) {").has_value());
  EXPECT_TRUE(check("}); (function(){").has_value());
}

// ---- Scripts that mean harm ---------------------------------------------------------------------

// Whatever a script does to what the host's part calls, it ends as a run.
TEST(JavaScriptHostility, GetsNoFurtherThanItsOwnRun) {
  for (
      const char* source : {
          "for (const k of Reflect.ownKeys(Array.prototype)) { try { Array.prototype[k] = () => { "
          "throw 1; } } catch {} } datasets.numbers.rows",
          "Array.prototype[Symbol.iterator] = function*() { yield this; yield 1; }; "
          "for (const r of datasets.numbers) r.a",
          "Array.prototype[Symbol.iterator] = function() { this.length = 0; return [1].values(); };"
          " for (const r of datasets.numbers) r.a",
          "Array.prototype[Symbol.iterator] = function() { this[0] = this; this[1] = 5; "
          "delete this[3]; return { next: () => ({ done: true }) }; }; "
          "for (const r of datasets.numbers) r.a; for (const r of datasets.numbers) r.a",
          "Object.prototype.handle = 7; Object.prototype.next = 1; datasets.numbers.rows",
          "JSON.parse = () => ({}); JSON.stringify = () => ''; datasets.numbers.rows",
          "globalThis.Function = globalThis.Object = globalThis.Error = null; "
          "datasets.numbers.rows",
          "assertEqual(new Proxy({}, { get() { throw 1; }, ownKeys() { throw 2; } }), {})",
          "assertEqual({ get a() { while (true); } }, { a: 1 })",
          "assertTrue(true, { toString() { throw new Error('x'); } })",
          "const b = new ArrayBuffer(8); const t = new BigInt64Array(b); b.transfer(); "
          "assertEqual(t, [1n])",
          "globalThis.BigInt64Array = class { get buffer() { return new ArrayBuffer(1); } }; "
          "datasets.numbers.column('a')",
          "Object.defineProperty(BigInt64Array.prototype.__proto__, 'buffer', { get() { return new "
          "ArrayBuffer(1e6); } }); datasets.numbers.column('a')",
          "Promise.prototype.then = null; Promise = null; await 1",
          "throw new Proxy(new Error('p'), { get() { throw 1; } })",
          "Error.prepareStackTrace = () => { throw 1; }; null.x",
          "const e = new Error('x'); Object.defineProperty(e, 'stack', { get() { for (;;); } }); "
          "throw e",
          "datasets.numbers.column({ toString: () => { throw 1; } })",
          "const its = []; while (true) { const i = datasets.numbers[Symbol.iterator](); i.next(); "
          "its.push(i); }",
          "Object.getPrototypeOf(datasets.numbers).column.call({}, 'a')",
          "const a = []; a[0] = a; assertEqual(a, [a]); console.log(a)",
          "new FinalizationRegistry(() => {}).register({}, 1); ok('x')",
          "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)",
      }) {
    engine::FakeHost host;
    OfferDatasets(host, 2000);
    engine::RunOptions options = ScriptOptions();
    options.limits.fuel = 200'000'000;
    const engine::RunReport report = RunScript(host, source, options);
    EXPECT_FALSE(report.error.has_value() && report.error->message.empty()) << source;
    EXPECT_EQ(Evaluated("datasets.numbers.rows.length"), "1000") << source;
  }
}

}  // namespace
}  // namespace pg_checker::languages
