#include "compile/instrumentation.hpp"

#include <wabt/cast.h>

#include <algorithm>
#include <map>
#include <utility>

#include "compile/data_segments.hpp"
#include "compile/lines.hpp"

namespace pg_checker::compile {
namespace {

// A tick of a longer stretch of code also looks at the stop flag: a slice of fuel (5,000 ticks)
// must not outlast the 10 ms within which a guest has to stop, so a tick may take two microseconds.
// A load may wait 100 nanoseconds for memory, and the next one's address be what it loads; other
// lines wait for nothing.
constexpr size_t kPollAboveLines = 96;
constexpr size_t kLinesPerLoad = 6;

constexpr std::string_view kPrologue = "  FUNC_PROLOGUE;";

Failure Mismatch(std::string what) {
  return Failure{FailureKind::kCompileFailed,
                 "the generated C is not what was expected: " + std::move(what),
                 {},
                 "This is a fault of checker-compile; please report it with the module."};
}

bool SkipPrefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

// "w2c_L12: ", which wasm2c writes at the head of a loop and nowhere else.
bool IsLoopHead(std::string_view line) { return SkipPrefix(line, "w2c_L") && line.ends_with(": "); }

// What is assigned, for "w2c_i0 = f(x);" and "struct wasm_multi_ii tmp = f(x);"; else the line
// itself.
std::string_view RightSide(std::string_view line) {
  if (line.starts_with("w2c_") || line.starts_with("struct wasm_multi_")) {
    size_t assignment = line.find(" = ");
    if (assignment != line.npos) return line.substr(assignment + 3);
  }
  return line;
}

// The replacement of a bulk operation's function; both take the same arguments, ours the context
// before them.
std::pair<std::string_view, std::string_view> BulkReplacement(std::string_view expression) {
  static constexpr std::pair<std::string_view, std::string_view> kReplacements[] = {
      {"wasm_rt_grow_memory(", "checker_grow_memory("},
      {"memory_fill(", "checker_memory_fill("},
      {"memory_copy(", "checker_memory_copy("},
      {"memory_init(", "checker_memory_init("},
      {"funcref_table_fill(", "checker_funcref_table_fill("},
      {"funcref_table_copy(", "checker_funcref_table_copy("},
      {"funcref_table_init(", "checker_funcref_table_init("},
      {"externref_table_fill(", "checker_externref_table_fill("},
      {"externref_table_copy(", "checker_externref_table_copy("},
      {"externref_table_init(", "checker_externref_table_init("},
      {"wasm_rt_grow_funcref_table(", "checker_grow_funcref_table("},
      {"wasm_rt_grow_externref_table(", "checker_grow_externref_table("},
  };
  for (const auto& replacement : kReplacements) {
    if (expression.starts_with(replacement.first)) return replacement;
  }
  return {};
}

// For so many lines of the body, from `begin` to `end`.
std::string_view Tick(const std::vector<std::string_view>& body, size_t begin, size_t end) {
  size_t lines = 0;
  for (size_t at = begin; at < end && lines <= kPollAboveLines; ++at)
    lines += body[at].find("_load") == body[at].npos ? 1 : kLinesPerLoad;
  return lines > kPollAboveLines ? "CHECKER_TICK_AND_POLL" : "CHECKER_TICK";
}

// "w2c_f12(": a function of the module. Variables for f32 operands have names like it.
bool CallsFunction(std::string_view expression) {
  if (!SkipPrefix(expression, "w2c_f")) return false;
  const size_t end = expression.find_first_not_of("0123456789_");
  return end != expression.npos && expression[end] == '(';
}

// Whether the line calls what may grow the memory.
bool MayGrowMemory(std::string_view expression) {
  return CallsFunction(expression) || expression.starts_with("(*Z_h") ||
         expression.starts_with("CALL_INDIRECT(") || expression.starts_with("wasm_rt_grow_memory(");
}

// Behind the lines that the loop headed by `head` spans: those indented more deeply.
size_t LoopEnd(const std::vector<std::string_view>& body, size_t head) {
  size_t indentation = Indentation(body[head]);
  size_t end = head + 1;
  while (end < body.size() && Indentation(body[end]) > indentation) ++end;
  return end;
}

// A function's lines behind the prologue, up to its closing brace. Returns what was patched.
// WABT's epilogue counts calls; the stack's address does better here, so it goes.
FunctionCensus InstrumentBody(const std::vector<std::string_view>& body, bool has_memory,
                              std::string& out, size_t& epilogues) {
  FunctionCensus patched;
  out.append("  CHECKER_ENTER; ").append(Tick(body, 0, body.size())).append("\n");
  if (has_memory) out.append("  CHECKER_MEMORY\n");
  for (size_t at = 0; at < body.size(); ++at) {
    std::string_view line = body[at];
    std::string_view statement = line.substr(Indentation(line));
    if (statement == "FUNC_EPILOGUE;") {
      ++epilogues;
      continue;
    }
    std::string_view expression = RightSide(statement);
    auto [bulk, bulk_replacement] = BulkReplacement(expression);
    out.append(line.substr(0, line.size() - (bulk.empty() ? 0 : expression.size())));
    if (IsLoopHead(statement)) {
      ++patched.loops;
      out.append(Tick(body, at + 1, LoopEnd(body, at)));
    } else if (!bulk.empty()) {
      ++patched.bulk_operations;
      out.append(bulk_replacement)
          .append("&instance->context, ")
          .append(expression.substr(bulk.size()));
    }
    if (has_memory && MayGrowMemory(expression)) out.append(" CHECKER_MEMORY_AGAIN");
    out.append("\n");
  }
  return patched;
}

std::string TypeTable(const std::vector<uint32_t>& type_numbers) {
  std::string table =
      "static const u32 func_types[" + std::to_string(type_numbers.size()) + "] = {";
  for (uint32_t number : type_numbers) table += std::to_string(number) + ", ";
  return table + "};\n";
}

}  // namespace

std::vector<uint32_t> TypeNumbers(const wabt::Module& module) {
  std::map<std::pair<wabt::TypeVector, wabt::TypeVector>, uint32_t> known;
  std::vector<uint32_t> numbers;
  for (const wabt::TypeEntry* entry : module.types) {
    const wabt::FuncSignature& signature = wabt::cast<wabt::FuncType>(entry)->sig;
    auto [found, added] =
        known.try_emplace({signature.param_types, signature.result_types}, known.size() + 1);
    numbers.push_back(found->second);
  }
  return numbers;
}

Outcome<std::string> InstrumentHeader(std::string_view header) {
  std::string out;
  uint32_t instances = 0;
  while (!header.empty()) {
    std::string_view line = NextLine(header);
    if (line.starts_with("#include")) continue;
    out.append(line).append("\n");
    if (line == "typedef struct Z_m_instance_t {") {
      ++instances;
      out.append("  struct checker_context context;\n");
    }
  }
  if (instances != 1) return Mismatch(std::to_string(instances) + " instance types");
  return out;
}

Outcome<std::string> InstrumentSource(std::string_view source,
                                      const std::vector<FunctionCensus>& census,
                                      const std::vector<uint32_t>& type_numbers, bool has_memory,
                                      std::string_view bulk_runtime) {
  std::string out;
  out.reserve(source.size() + source.size() / 8);
  size_t functions = 0, epilogues = 0, type_registrations = 0, type_tables = 0,
         insertion_points = 0;
  while (!source.empty()) {
    std::string_view line = NextLine(source);
    if (line.starts_with("#include")) continue;
    if (line.starts_with("  func_types[") &&
        line.find("] = wasm_rt_register_func_type(") != line.npos) {
      ++type_registrations;
    } else if (line.starts_with("static u32 func_types[")) {
      ++type_tables;
      out.append(TypeTable(type_numbers));
    } else if (OpensDataSegment(line)) {
      std::optional<std::string> rewritten = RewriteDataSegment(line, source);
      if (!rewritten) return Mismatch("data segments");
      out.append(*rewritten);
    } else if (line == "#define wasm_asm __asm__") {
      // It keeps loads whose value nobody uses, for their fault; here the bounds check is code of
      // its own.
      out.append("#define wasm_asm(text)\n");
    } else if (line == kPrologue) {
      std::vector<std::string_view> body;
      while (!source.empty() && (line = NextLine(source)) != "}") body.push_back(line);
      if (line != "}" || functions >= census.size()) return Mismatch("function bodies");
      if (InstrumentBody(body, has_memory, out, epilogues) != census[functions]) {
        return Mismatch("instructions of defined function " + std::to_string(functions));
      }
      ++functions;
      out.append("}\n");
    } else {
      out.append(line).append("\n");
    }
    if (line == "static bool s_module_initialized = false;") {
      ++insertion_points;
      out.append(bulk_runtime);
    }
  }
  if (functions != census.size()) return Mismatch(std::to_string(functions) + " functions");
  if (epilogues != functions) return Mismatch(std::to_string(epilogues) + " function ends");
  if (type_registrations != type_numbers.size() || type_tables != 1)
    return Mismatch("function types");
  if (insertion_points != 1) return Mismatch("declarations");
  return out;
}

}  // namespace pg_checker::compile
