#include "compile/stack_usage.hpp"

#include <charconv>
#include <filesystem>

#include "compile/whole_file.hpp"

namespace pg_checker::compile {
namespace {

constexpr std::string_view kFunctionPrefix = "w2c_f";

// "function 12" for w2c_f12 and its clones (w2c_f12.constprop.0), else the C name.
std::string FunctionText(std::string_view c_name) {
  if (c_name.starts_with(kFunctionPrefix)) {
    std::string_view digits = c_name.substr(kFunctionPrefix.size());
    digits = digits.substr(0, digits.find_first_not_of("0123456789"));
    if (!digits.empty()) return "function " + std::string(digits);
  }
  return "generated function " + std::string(c_name);
}

}  // namespace

Outcome<Done> CheckStackUsageText(std::string_view text) {
  while (!text.empty()) {
    size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
    size_t name_end = line.find('\t');
    size_t bytes_end = name_end == line.npos ? line.npos : line.find('\t', name_end + 1);
    if (bytes_end == line.npos) {
      return Failure{FailureKind::kCompileFailed, "the C compiler's stack usage could not be read"};
    }
    std::string_view name = line.substr(0, name_end);
    name.remove_prefix(name.rfind(':') + 1);
    std::string_view bytes_text = line.substr(name_end + 1, bytes_end - name_end - 1);
    std::string_view qualifier = line.substr(bytes_end + 1);
    uint64_t bytes = 0;
    auto parsed = std::from_chars(bytes_text.data(), bytes_text.data() + bytes_text.size(), bytes);
    if (parsed.ec != std::errc()) {
      return Failure{FailureKind::kCompileFailed, "the C compiler's stack usage could not be read"};
    }
    if (qualifier == "dynamic") {
      return Failure{FailureKind::kInvalidModule,
                     FunctionText(name) + " needs a stack frame of unknown size"};
    }
    if (bytes > kFrameLimitBytes) {
      return Failure{
          FailureKind::kInvalidModule,
          FunctionText(name) + " needs a stack frame of " + std::to_string(bytes) +
              " bytes; the limit is " + std::to_string(kFrameLimitBytes),
          {},
          "Split the function, or build the module with optimisation so that it has fewer locals."};
    }
  }
  return Done{};
}

Outcome<Done> CheckStackUsage(const std::string& directory) {
  bool found = false;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
    if (entry.path().extension() != ".su") continue;
    Outcome<std::string> text = ReadWholeFile(entry.path().string());
    if (!text.ok()) return text.failure();
    Outcome<Done> checked = CheckStackUsageText(*text);
    if (!checked.ok()) return checked;
    found = true;
  }
  if (!found)
    return Failure{FailureKind::kCompileFailed,
                   "the C compiler did not say how much stack the module needs",
                   {},
                   "Look at checker.c_compiler: it must be a gcc that knows -fstack-usage."};
  return Done{};
}

}  // namespace pg_checker::compile
