#include "compile/module_reader.hpp"

#include <wabt/binary-reader-ir.h>
#include <wabt/binary-reader.h>
#include <wabt/binary-writer.h>
#include <wabt/feature.h>
#include <wabt/stream.h>
#include <wabt/validator.h>
#include <wabt/wast-parser.h>

#include <algorithm>

#include "compile/module_structure.hpp"
#include "compile/quoted.hpp"
#include "compile/utf8.hpp"

namespace pg_checker::compile {
namespace {

constexpr size_t kReaderMessageLimitBytes = 400;

// As web browsers have it. WABT keeps locals in runs and would let 12 bytes declare billions.
constexpr uint64_t kLocalsLimit = 50000;

wabt::Features AllowedFeatures() {
  wabt::Features features;  // WABT's defaults have what the ABI allows, and SIMD
  features.disable_simd();
  features.enable_mutable_globals();
  features.enable_sat_float_to_int();
  features.enable_sign_extension();
  features.enable_multi_value();
  features.enable_bulk_memory();
  features.enable_reference_types();
  return features;
}

const wabt::Error* FirstError(const wabt::Errors& errors) {
  auto found = std::find_if(errors.begin(), errors.end(), [](const wabt::Error& error) {
    return error.error_level == wabt::ErrorLevel::Error;
  });
  return found == errors.end() ? nullptr : &*found;
}

// UTF-8 characters: all bytes but those that go on with one.
uint64_t CountCharacters(std::string_view text) {
  return static_cast<uint64_t>(
      std::count_if(text.begin(), text.end(), [](char byte) { return (byte & 0xC0) != 0x80; }));
}

// Line and column, both from 1, of a place that WABT names by line and byte.
void Locate(std::string_view text, const wabt::Location& place, Failure& failure) {
  if (place.line <= 0) return;
  failure.line = static_cast<uint64_t>(place.line);
  if (place.first_column <= 0) return;
  size_t line_start = 0;
  for (int line = 1; line < place.line && line_start != text.npos; ++line) {
    line_start = text.find('\n', line_start);
    if (line_start != text.npos) ++line_start;
  }
  if (line_start == text.npos) return;
  const auto bytes = static_cast<size_t>(place.first_column - 1);
  failure.column = 1 + CountCharacters(text.substr(line_start, bytes));
}

Failure TextFailure(FailureKind kind, const wabt::Errors& errors, std::string_view text) {
  Failure failure{kind, "the text is not a WebAssembly module"};
  if (const wabt::Error* error = FirstError(errors)) {
    failure.message = OneLine(error->message, kReaderMessageLimitBytes);
    Locate(text, error->loc, failure);
  }
  return failure;
}

Failure BinaryFailure(const wabt::Errors& errors, size_t size) {
  Failure failure{FailureKind::kInvalidModule, "not a valid WebAssembly module"};
  if (const wabt::Error* error = FirstError(errors)) {
    failure.message += ": " + OneLine(error->message, kReaderMessageLimitBytes);
    if (error->loc.offset <= size) {
      failure.offset = error->loc.offset;
      failure.message += " at byte offset " + std::to_string(error->loc.offset);
    }
  }
  return failure;
}

// The same of a byte.
void Locate(std::string_view text, size_t at, Failure& failure) {
  std::string_view before = text.substr(0, at);
  failure.line = 1 + std::count(before.begin(), before.end(), '\n');
  size_t line_start = before.rfind('\n');
  failure.column =
      1 + CountCharacters(line_start == before.npos ? before : before.substr(line_start + 1));
}

std::optional<Failure> CheckCharacters(std::string_view text) {
  size_t invalid = FirstInvalidUtf8(text);
  size_t nul = text.find('\0');
  size_t at = std::min(invalid, nul);
  if (at == text.npos) return std::nullopt;
  Failure failure{FailureKind::kSyntax,
                  at == nul ? "the text contains a NUL byte" : "the text is not valid UTF-8"};
  Locate(text, at, failure);
  return failure;
}

// The text parser takes (module quote ...), a form for test scripts, and dies of it.
std::optional<Failure> RefuseQuotedModule(std::string_view text) {
  wabt::Errors errors;
  auto lexer = wabt::WastLexer::CreateBufferLexer("module", text.data(), text.size(), &errors);
  wabt::Token token = lexer->GetToken();
  for (const wabt::TokenType wanted : {wabt::TokenType::Lpar, wabt::TokenType::Module}) {
    if (token.token_type() != wanted) return std::nullopt;
    token = lexer->GetToken();
  }
  if (token.token_type() == wabt::TokenType::Var) token = lexer->GetToken();
  if (token.token_type() != wabt::TokenType::Quote) return std::nullopt;
  Failure failure{FailureKind::kSyntax, "unexpected token \"quote\", expected a module field"};
  Locate(text, token.loc, failure);
  return failure;
}

}  // namespace

Outcome<std::string> AssembleText(std::string_view text) {
  if (auto failure = CheckCharacters(text)) return *failure;
  if (auto failure = RefuseQuotedModule(text)) return *failure;
  wabt::Features features = AllowedFeatures();
  wabt::Errors errors;
  auto lexer = wabt::WastLexer::CreateBufferLexer("module", text.data(), text.size(), &errors);
  std::unique_ptr<wabt::Module> module;
  wabt::WastParseOptions parse_options(features);
  wabt::Result parsed = wabt::ParseWatModule(lexer.get(), &module, &errors, &parse_options);
  if (wabt::Failed(parsed) || !module) return TextFailure(FailureKind::kSyntax, errors, text);
  // The binary form is validated again; here it is for the line and column.
  wabt::ValidateOptions validate_options(features);
  if (wabt::Failed(wabt::ValidateModule(module.get(), &errors, validate_options))) {
    return TextFailure(FailureKind::kInvalidModule, errors, text);
  }
  wabt::MemoryStream stream;
  wabt::WriteBinaryOptions write_options(features, /*canonicalize_lebs=*/true,
                                         /*relocatable=*/false,
                                         /*write_debug_names=*/false);
  if (wabt::Failed(wabt::WriteBinaryModule(&stream, module.get(), write_options))) {
    return Failure{FailureKind::kCompileFailed, "the module's binary form could not be written"};
  }
  const auto& bytes = stream.output_buffer().data;
  return std::string(bytes.begin(), bytes.end());
}

Outcome<std::unique_ptr<wabt::Module>> ReadModule(std::string_view wasm) {
  wabt::Features features = AllowedFeatures();
  wabt::Errors errors;
  auto module = std::make_unique<wabt::Module>();
  wabt::ReadBinaryOptions read_options(features, /*log_stream=*/nullptr, /*read_debug_names=*/false,
                                       /*stop_on_first_error=*/true,
                                       /*fail_on_custom_section_error=*/false);
  if (wabt::Failed(wabt::ReadBinaryIr("module", wasm.data(), wasm.size(), read_options, &errors,
                                      module.get()))) {
    const Failure failure = BinaryFailure(errors, wasm.size());
    // WABT does not say where functions end too early.
    return failure.offset ? failure : CheckBinaryStructure(wasm).value_or(failure);
  }
  wabt::ValidateOptions validate_options(features);
  if (wabt::Failed(wabt::ValidateModule(module.get(), &errors, validate_options))) {
    return BinaryFailure(errors, wasm.size());
  }
  if (auto failure = CheckBinaryStructure(wasm)) return *failure;
  if (auto failure = CheckConstants(*module)) return *failure;
  for (size_t index = 0; index < module->funcs.size(); ++index) {
    uint64_t locals = 0;
    for (const auto& [type, count] : module->funcs[index]->local_types.decls()) locals += count;
    if (locals > kLocalsLimit) {
      return Failure{FailureKind::kInvalidModule,
                     "function " + std::to_string(index) + " has " + std::to_string(locals) +
                         " locals; the limit is " + std::to_string(kLocalsLimit)};
    }
  }
  return module;
}

}  // namespace pg_checker::compile
