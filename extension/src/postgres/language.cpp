#include "postgres/language.hpp"

#include <span>

#include "engine/artifact_format.hpp"
#include "engine/utf8.hpp"
#include "postgres/error_bridge.hpp"

namespace pg_checker::postgres {

namespace {

std::span<const Language* const> Languages() {
  static const Language* const languages[] = {&SqlLanguage(),        &RuleLanguage(),
                                              &JavaScriptLanguage(), &PythonLanguage(),
                                              &WatLanguage(),        &WasmLanguage()};
  return languages;
}

}  // namespace

const Language* FindLanguage(std::string_view name) {
  for (const Language* language : Languages()) {
    if (language->name() == name) return language;
  }
  return nullptr;
}

const Language& RequireLanguage(const std::string& checker, const std::string& name) {
  const Language* found = FindLanguage(name);
  if (found != nullptr && found != &WasmLanguage()) return *found;
  // No name of a language is as long as what may be passed for one by mistake.
  constexpr size_t kShownLanguageBytes = 64;
  Throw({engine::ErrorKind::kSyntax,
         "checker \"" + checker + "\": language \"" + engine::Shortened(name, kShownLanguageBytes) +
             "\" does not exist",
         "",
         "Languages are sql, rule, javascript, python and wat; a WebAssembly module is passed as "
         "bytea.",
         "22023"});
}

const Language& LanguageOf(const CheckerDefinition& checker) {
  const Language* found = FindLanguage(checker.language);
  if (found != nullptr) return *found;
  Throw({engine::ErrorKind::kSyntax,
         "checker \"" + checker.name.Qualified() + "\": this server does not know language \"" +
             checker.language + "\"",
         "", "Bring the extension's library to the version of its SQL objects.", "0A000"});
}

std::string SourceDigest(const CheckerProgram& program) {
  std::string text = program.language;
  text += '\0';
  text += program.source.value_or("");
  if (program.environment) {
    text += '\0';
    text += *program.environment;
  }
  return engine::Hex(engine::Sha256(text));
}

}  // namespace pg_checker::postgres
