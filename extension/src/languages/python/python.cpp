#include "languages/python/python.hpp"

#include <charconv>
#include <exception>
#include <string_view>

#include "languages/python/prelude.hpp"

namespace pg_checker::languages {

using engine::Error;
using engine::ErrorKind;
using engine::Result;

namespace {

// The functions of the prelude that start a script; what calls them is a program of its own.
constexpr std::string_view kCheckProgram = "__check_checker__()";
constexpr std::string_view kRunProgram = "__run_checker__()";

// The file names of frames that are not the script's: of the programs above, and of the prelude.
constexpr std::string_view kStarter = "<stdin>";
constexpr std::string_view kPrelude = "pg_checker";

constexpr std::string_view kMemoryHint =
    "Keep fewer rows and values at a time, or raise checker.memory_limit.";

// A traceback's line `  File "name", line 3, in f`.
struct Frame {
  std::string_view file;
  uint32_t line = 0;
};

std::optional<Frame> FrameOf(std::string_view line) {
  constexpr std::string_view kHead = "  File \"";
  constexpr std::string_view kLine = "\", line ";
  if (!line.starts_with(kHead)) return std::nullopt;
  const size_t end = line.rfind(kLine);
  if (end == line.npos || end < kHead.size()) return std::nullopt;
  Frame frame{line.substr(kHead.size(), end - kHead.size())};
  const std::string_view number = line.substr(end + kLine.size());
  std::from_chars(number.data(), number.data() + number.size(), frame.line);
  return frame;
}

// Of a deep recursion's frames so many outermost and innermost ones are shown.
constexpr size_t kFramesShown = 12;

// What a traceback says: the script's own frames, innermost last as Python has it, and the last
// line.
struct Told {
  std::vector<std::string> frames;
  std::string what;   // "ValueError: 7"
  uint32_t line = 0;  // of the innermost frame of the script
};

Told Tell(const PythonException& exception, const std::string& script) {
  Told told;
  std::string_view rest = exception.traceback;
  while (!rest.empty()) {
    const size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (told.what.empty()) {
      if (line.empty() || line.starts_with("Traceback ")) continue;
      if (const std::optional<Frame> frame = FrameOf(line)) {
        if (frame->file == kStarter || frame->file == kPrelude) continue;
        if (frame->file == script) told.line = frame->line;
        told.frames.emplace_back(line.substr(2));
        continue;
      }
    }
    if (!told.what.empty()) told.what += '\n';
    told.what += line;
  }
  while (told.what.ends_with('\n')) told.what.pop_back();
  if (told.what.empty()) told.what = exception.type;
  return told;
}

std::string FramesShown(const std::vector<std::string>& frames) {
  std::string shown;
  const size_t left_out = frames.size() > 2 * kFramesShown ? frames.size() - 2 * kFramesShown : 0;
  for (size_t i = 0; i < frames.size(); i++) {
    if (left_out > 0 && i >= kFramesShown && i < kFramesShown + left_out) {
      if (i == kFramesShown) shown += "\n... " + std::to_string(left_out) + " more ...";
      continue;
    }
    if (!shown.empty()) shown += '\n';
    shown += frames[i];
  }
  return shown;
}

// An Error for what a script raised and did not catch.
Error Uncaught(const engine::Instance& instance, const PythonException& exception,
               const std::string& script) {
  const Told told = Tell(exception, script);
  Error error{ErrorKind::kScript, told.what, FramesShown(told.frames)};
  if (exception.type == "MemoryError") {
    error.kind = ErrorKind::kMemory;
    constexpr std::string_view kName = "MemoryError: ";
    const bool named = std::string_view(told.what).starts_with(kName);
    error.message = "out of memory: " + told.what.substr(named ? kName.size() : 0) +
                    ", the limit is " + std::to_string(instance.options().limits.memory_bytes) +
                    " bytes";
    error.hint = kMemoryHint;
  } else if (exception.type == "RuntimeError" &&
             (told.what.find("recursion depth") != told.what.npos ||
              told.what.find("pystack") != told.what.npos)) {
    error.kind = ErrorKind::kStack;
    error.hint = "Look for an endless recursion.";
  }
  return error;
}

// Runs `body`; returns 0, or the code of the trap that ended it.
template <typename Body>
int Trapping(Body body) {
  try {
    body();
    return 0;
  } catch (const PythonTrapped& trapped) {
    return trapped.code;
  }
}

// A program that runs the prelude under its own file name, in a namespace of its own.
std::string BootProgram() {
  return "import js\nexec(compile(js.pg_checker_host.source(), 'pg_checker', 'exec'), "
         "{'__name__': 'pg_checker', 'host': js.pg_checker_host})\ndel js";
}

}  // namespace

Result<std::unique_ptr<Python>> Python::Load(const std::string& path) {
  Result<std::unique_ptr<engine::Interpreter>> interpreter = engine::Interpreter::Load(path);
  if (!interpreter.ok()) return interpreter.error();
  Result<MicroPythonFunctions> functions = MicroPythonFunctions::Find(**interpreter);
  if (!functions.ok()) return functions.error();
  return std::unique_ptr<Python>(new Python(std::move(*interpreter), *functions));
}

Result<void> Python::Prepare(engine::Host& host, const engine::RunLimits& limits) {
  if (snapshot_ != nullptr) return {};
  // Answers from the start: booting asks for words at random and collects garbage.
  class BootImports : public engine::InterpreterImports {
   public:
    explicit BootImports(Python& python) : python_(python) {}
    int Call(engine::Instance& instance, uint32_t import, uint64_t* slots) override {
      return host(instance).Call(instance, import, slots);
    }
    PythonHost& host(engine::Instance& instance) {
      if (!host_) {
        micropython_.emplace(instance, python_.functions_);
        host_.emplace(*micropython_, python_.handlers_, prelude_);
      }
      return *host_;
    }
    MicroPython& micropython(engine::Instance& instance) {
      host(instance);
      return *micropython_;
    }

    Python& python() { return python_; }

   private:
    Python& python_;
    Script prelude_{kPythonPrelude, "pg_checker"};
    std::optional<MicroPython> micropython_;
    std::optional<PythonHost> host_;
  };
  BootImports imports(*this);
  const auto boot = [](engine::Instance& instance, void* argument) -> Result<void> {
    auto& imports = *static_cast<BootImports*>(argument);
    MicroPython& micropython = imports.micropython(instance);
    const int code = Trapping([&] {
      micropython.Boot();
      if (const auto exception = micropython.Execute(BootProgram())) {
        micropython.Stop(
            {ErrorKind::kScript, "the prelude of Python failed: " + exception->traceback});
      }
      imports.python().addresses_ = micropython.addresses();
    });
    if (code != 0) return instance.ErrorOf(code);
    return {};
  };
  Result<std::unique_ptr<engine::Snapshot>> taken =
      interpreter_->TakeSnapshot(host, limits.stack_limit, imports, boot, &imports);
  if (!taken.ok()) return taken.error();
  snapshot_ = std::move(*taken);
  return {};
}

Result<std::optional<SyntaxFault>> Python::Check(const Script& script, engine::Host& host,
                                                 const engine::RunOptions& options) {
  const engine::DefaultFloatingPoint floating_point;
  if (Result<void> ready = Prepare(host, options.limits); !ready.ok()) return ready.error();
  engine::Instance instance(interpreter_->descriptor(), host, options);
  MicroPython python(instance, functions_);
  python.set_addresses(addresses_);
  PythonHost script_host(python, handlers_, script);
  instance.set_imports(&script_host);
  std::optional<PythonException> exception;
  int code = instance.StartFrom(*snapshot_);
  if (code == 0) code = Trapping([&] { exception = python.Execute(kCheckProgram); });
  if (instance.exception() != nullptr) std::rethrow_exception(instance.exception());
  if (code != 0) return instance.ErrorOf(code);
  if (!exception) return std::optional<SyntaxFault>();
  if (exception->type == "MemoryError") return Uncaught(instance, *exception, script.name);
  const Told told = Tell(*exception, script.name);
  return std::optional<SyntaxFault>(SyntaxFault{told.what, told.line, 0});
}

engine::RunReport Python::Run(const Script& script, engine::Host& host,
                              const engine::RunOptions& options) {
  const engine::DefaultFloatingPoint floating_point;
  if (Result<void> ready = Prepare(host, options.limits); !ready.ok()) {
    engine::RunReport report;
    report.error = ready.error();
    return report;
  }
  engine::Instance instance(interpreter_->descriptor(), host, options);
  MicroPython python(instance, functions_);
  python.set_addresses(addresses_);
  PythonHost script_host(python, handlers_, script);
  instance.set_imports(&script_host);
  int code = instance.StartFrom(*snapshot_);
  if (code == 0) {
    code = Trapping([&] {
      if (const auto exception = python.Execute(kRunProgram))
        python.Stop(Uncaught(instance, *exception, script.name));
    });
  }
  Result<void> closed = script_host.CloseAll();
  engine::RunReport report = engine::Conclude(instance, code, {});
  if (!closed.ok() && !report.error) report.error = std::move(closed.error());
  return report;
}

}  // namespace pg_checker::languages
