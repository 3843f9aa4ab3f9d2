#include "languages/javascript/javascript.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "engine/utf8.hpp"
#include "languages/javascript/javascript_host.hpp"
#include "languages/javascript/prelude.hpp"

namespace pg_checker::languages {

using engine::Error;
using engine::ErrorKind;
using engine::Result;

namespace {

constexpr std::string_view kMemoryHint =
    "Keep fewer rows and values at a time, or raise checker.memory_limit.";

// The prelude's name as a file, and a frame of it in a stack.
constexpr const char* kPreludeName = "pg_checker";
constexpr std::string_view kPreludePlace = "(pg_checker:";

// What the prelude says of an exception that is null.
constexpr std::string_view kThrownNull = "a thrown value: null";

// The script's first line is line 1: what stands before it has a line of its own, which this
// class's evaluation counts as line 0.
constexpr std::string_view kHead = "(async function check(){\n";
constexpr std::string_view kFoot = "\n})";

// A thrown value as the prelude describes it.
struct Thrown {
  std::string text;   // "TypeError: not a function"
  std::string stack;  // a line for each frame
};

Thrown Describe(QuickJs& quickjs, JsValue describe, JsValue value) {
  const JsValue described = quickjs.Call(describe, {value});
  const auto json = nlohmann::json::parse(quickjs.Text(described), nullptr, false);
  quickjs.Free(described);
  quickjs.Free(value);
  if (!json.is_array() || json.size() != 2 || !json[0].is_string() || !json[1].is_string())
    return {"an exception without a description", ""};
  return {json[0], json[1]};
}

// Reads digits from `at` on, which it moves behind them. 0 if there are none.
uint32_t ReadNumber(std::string_view text, size_t& at) {
  uint32_t number = 0;
  for (; at < text.size() && text[at] >= '0' && text[at] <= '9' && number < 100'000'000; at++)
    number = number * 10 + static_cast<uint32_t>(text[at] - '0');
  return number;
}

// The place that the first line of a stack names: "at <name>:<line>:<column>".
SyntaxFault FaultOf(const Thrown& thrown, const std::string& name) {
  SyntaxFault fault{thrown.text};
  const std::string place = name + ":";
  const size_t found = thrown.stack.find(place);
  if (found == thrown.stack.npos) return fault;
  size_t at = found + place.size();
  fault.line = ReadNumber(thrown.stack, at);
  fault.column = ReadNumber(thrown.stack, ++at);
  return fault;
}

// Lines moved up by the head's, which stands in front of the script.
std::string ScriptLines(const std::string& stack, const std::string& name) {
  std::string shown;
  const std::string place = name + ":";
  for (size_t at = 0; at < stack.size();) {
    const size_t end = std::min(stack.find('\n', at), stack.size());
    std::string line = stack.substr(at, end - at);
    at = end + 1;
    const size_t found = line.find(place);
    if (found != line.npos) {
      const size_t digits = found + place.size();
      size_t after = digits;
      const uint32_t number = ReadNumber(line, after);
      if (number > 0) line.replace(digits, after - digits, std::to_string(number - 1));
    }
    // Frames of the prelude are nothing to the reader.
    if (line.find(kPreludePlace) != line.npos) continue;
    if (!shown.empty()) shown += '\n';
    shown += line;
  }
  return shown;
}

// An Error for what a script threw and nobody caught.
Error Uncaught(const engine::Instance& instance, const Thrown& thrown, const Script& script,
               std::string_view what) {
  // Where there is no room for an exception either, null is thrown.
  const bool nothing = thrown.text == kThrownNull && instance.storage().refused();
  const bool memory = nothing || thrown.text.find("out of memory") != thrown.text.npos;
  const bool stack = thrown.text.find("call stack size exceeded") != thrown.text.npos ||
                     thrown.text.find("stack overflow") != thrown.text.npos;
  Error error{memory  ? ErrorKind::kMemory
              : stack ? ErrorKind::kStack
                      : ErrorKind::kScript,
              std::string(what) + (nothing ? "out of memory" : thrown.text),
              ScriptLines(thrown.stack, script.name)};
  if (memory) {
    error.message +=
        ", the limit is " + std::to_string(instance.options().limits.memory_bytes) + " bytes";
    error.hint = kMemoryHint;
  }
  if (stack) error.hint = "Look for an endless recursion.";
  return error;
}

class ScriptRun {
 public:
  ScriptRun(QuickJs& quickjs, JavaScriptHost& host, const Script& script, JsValue describe)
      : quickjs_(quickjs), host_(host), script_(script), describe_(describe) {}

  // Evaluates the function that the script is the body of. kException if it does not parse.
  JsValue Evaluate(uint32_t flags) {
    std::string source(kHead);
    source.append(script_.source).append(kFoot);
    return quickjs_.Eval(source, script_.name, flags);
  }

  // On its own, so that it cannot end the function that is around it. But there nothing may return.
  std::optional<SyntaxFault> Parse() {
    const JsValue alone =
        quickjs_.Eval(script_.source, script_.name, QuickJs::kCompileOnly | QuickJs::kAsync);
    if (js::Is(alone, js::Tag::kException)) {
      const Thrown thrown = Describe(quickjs_, describe_, quickjs_.TakeException());
      if (thrown.text.find("return not in a function") == thrown.text.npos)
        return FaultOf(thrown, script_.name);
    }
    if (!js::Is(Evaluate(QuickJs::kCompileOnly), js::Tag::kException)) return std::nullopt;
    SyntaxFault fault =
        FaultOf(Describe(quickjs_, describe_, quickjs_.TakeException()), script_.name);
    if (fault.line > 0) fault.line--;
    return fault;
  }

  void Start(JsValue start) {
    const engine::RunOptions& options = quickjs_.instance().options();
    nlohmann::json facts = {{"datasets", options.datasets}, {"params", options.params}};
    facts["input"] = nullptr;
    if (options.input) facts["input"] = engine::ShowAsText(*options.input);
    engine::RandomStream& random = quickjs_.instance().wasi().random;
    facts["seed"] = nlohmann::json::array();
    for (int i = 0; i < 3; i++) facts["seed"].push_back(static_cast<int32_t>(random.Next()));
    const JsValue text = quickjs_.NewString(facts.dump());
    RequireValue(quickjs_.Call(start, {text}));
    quickjs_.Free(text);
  }

  void Check() {
    const JsValue function = Evaluate(QuickJs::kGlobal);
    RequireValue(function);
    const JsValue promise = quickjs_.Call(function, {});
    RequireValue(promise);
    while (true) {
      const int ran = quickjs_.RunJob();
      if (ran < 0) Fail(quickjs_.TakeException(), "");
      if (ran == 0) break;
    }
    switch (quickjs_.StateOf(promise)) {
      case QuickJs::kRejected:
        Fail(quickjs_.ResultOf(promise), "");
      case QuickJs::kPending:
        quickjs_.Stop(
            {ErrorKind::kScript, "the script waits for a promise that never settles", "",
             "There are no timers and no input to wait for: resolve or reject the promise "
             "in the script itself, or do not await it."});
      default:
        break;
    }
    if (host_.rejections().empty()) return;
    Fail(quickjs_.Dup(host_.rejections().front().reason), "unhandled rejection of a promise: ");
  }

 private:
  void RequireValue(JsValue value) {
    if (js::Is(value, js::Tag::kException)) Fail(quickjs_.TakeException(), "");
  }
  [[noreturn]] void Fail(JsValue thrown, std::string_view what) {
    const Thrown described = Describe(quickjs_, describe_, thrown);
    quickjs_.Stop(Uncaught(quickjs_.instance(), described, script_, what));
  }

  QuickJs& quickjs_;
  JavaScriptHost& host_;
  const Script& script_;
  JsValue describe_;
};

// Runs `body`; returns 0, or the code of the trap that ended it.
template <typename Body>
int Trapping(Body body) {
  try {
    body();
    return 0;
  } catch (const GuestTrapped& trapped) {
    return trapped.code;
  }
}

}  // namespace

Result<std::unique_ptr<JavaScript>> JavaScript::Load(const std::string& path) {
  Result<std::unique_ptr<engine::Interpreter>> interpreter = engine::Interpreter::Load(path);
  if (!interpreter.ok()) return interpreter.error();
  Result<QuickJsFunctions> functions = QuickJsFunctions::Find(**interpreter);
  if (!functions.ok()) return functions.error();
  return std::unique_ptr<JavaScript>(new JavaScript(std::move(*interpreter), *functions));
}

JavaScript::Booted JavaScript::BootWithPrelude(QuickJs& quickjs) {
  quickjs.Require(quickjs.Boot());
  const auto require = [&](JsValue value) {
    if (!js::Is(value, js::Tag::kException)) return value;
    const JsValue thrown = quickjs.TakeException();
    quickjs.Stop({ErrorKind::kScript, "the prelude of JavaScript failed: " + quickjs.Text(thrown)});
  };
  const JsValue prelude = require(quickjs.Eval(kJavaScriptPrelude, kPreludeName, QuickJs::kGlobal));
  // {open, fill, ...} for functions that come in as arguments.
  std::string bundle = "(function(list){return {";
  const JsValue list = quickjs.NewArray();
  for (size_t i = 0; i < kHostFunctionNames.size(); i++) {
    quickjs.SetElement(list, static_cast<uint32_t>(i),
                       quickjs.NewHostFunction(kHostFunctionNames[i]));
    bundle += std::string(kHostFunctionNames[i]) + ":list[" + std::to_string(i) + "],";
  }
  const JsValue bundler = require(quickjs.Eval(bundle + "}})", kPreludeName, QuickJs::kGlobal));
  const JsValue host = require(quickjs.Call(bundler, {list}));
  const JsValue made = require(quickjs.Call(prelude, {host}));
  // The values stay owned: they are in the snapshot, for every run.
  return {quickjs.addresses(), quickjs.GetElement(made, 0), quickjs.GetElement(made, 1),
          quickjs.GetElement(made, 2)};
}

Result<void> JavaScript::Prepare(engine::Host& host, const engine::RunLimits& limits) {
  if (snapshot_ != nullptr) return {};
  class NoImports : public engine::InterpreterImports {
   public:
    int Call(engine::Instance&, uint32_t, uint64_t* slots) override {
      slots[0] = 0;
      return 0;
    }
  };
  NoImports imports;
  const auto boot = [](engine::Instance& instance, void* argument) -> Result<void> {
    auto* self = static_cast<JavaScript*>(argument);
    QuickJs quickjs(instance, self->functions_);
    const int code = Trapping([&] { self->booted_ = BootWithPrelude(quickjs); });
    if (code != 0) return instance.ErrorOf(code);
    return {};
  };
  Result<std::unique_ptr<engine::Snapshot>> taken =
      interpreter_->TakeSnapshot(host, limits.stack_limit, imports, boot, this);
  if (!taken.ok()) return taken.error();
  snapshot_ = std::move(*taken);
  return {};
}

Result<std::optional<SyntaxFault>> JavaScript::Check(const Script& script, engine::Host& host,
                                                     const engine::RunOptions& options) {
  const engine::DefaultFloatingPoint floating_point;
  if (Result<void> ready = Prepare(host, options.limits); !ready.ok()) return ready.error();
  engine::Instance instance(interpreter_->descriptor(), host, options);
  QuickJs quickjs(instance, functions_);
  quickjs.set_addresses(booted_.addresses);
  JavaScriptHost script_host(quickjs, *interpreter_->descriptor().interpreter);
  instance.set_imports(&script_host);
  std::optional<SyntaxFault> fault;
  int code = instance.StartFrom(*snapshot_);
  if (code == 0) {
    code = Trapping(
        [&] { fault = ScriptRun(quickjs, script_host, script, booted_.describe).Parse(); });
  }
  if (instance.exception() != nullptr) std::rethrow_exception(instance.exception());
  if (code != 0) return instance.ErrorOf(code);
  return fault;
}

engine::RunReport JavaScript::Run(const Script& script, engine::Host& host,
                                  const engine::RunOptions& options) {
  const engine::DefaultFloatingPoint floating_point;
  if (Result<void> ready = Prepare(host, options.limits); !ready.ok()) {
    engine::RunReport report;
    report.error = ready.error();
    return report;
  }
  engine::Instance instance(interpreter_->descriptor(), host, options);
  QuickJs quickjs(instance, functions_);
  quickjs.set_addresses(booted_.addresses);
  JavaScriptHost script_host(quickjs, *interpreter_->descriptor().interpreter);
  script_host.set_parse_array(booted_.parse_array);
  instance.set_imports(&script_host);
  int code = instance.StartFrom(*snapshot_);
  if (code == 0) {
    code = Trapping([&] {
      ScriptRun run(quickjs, script_host, script, booted_.describe);
      run.Start(booted_.start);
      run.Check();
    });
  }
  Result<void> closed = script_host.CloseAll();
  engine::RunReport report = engine::Conclude(instance, code, {});
  if (!closed.ok() && !report.error) report.error = std::move(closed.error());
  return report;
}

}  // namespace pg_checker::languages
