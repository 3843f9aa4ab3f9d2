#include "ctl/program_file.hpp"

#include "definitions/document.hpp"
#include "definitions/program_reader.hpp"

namespace pg_checker::ctl {

Result<Program> ReadProgramFile(const std::string& path, const std::string& language) {
  auto bytes = definitions::ReadFile(path);
  if (!bytes.ok()) return bytes.failure();
  Program program{"test", language.empty() ? definitions::LanguageOfFile(path) : language, {}, {}};
  if (definitions::IsModule(bytes.value())) {
    program.language = "wasm";
    program.module = std::move(bytes.value());
  } else if (program.language.empty() || program.language == "wasm") {
    return Failure{"language of file \"" + path + "\" is not known", "",
                   "Say it with --language: sql, rule, javascript, python or wat."};
  } else if (bytes.value().find('\0') != std::string::npos) {
    return Failure{"file \"" + path + "\" is not text"};
  } else {
    program.source = std::move(bytes.value());
  }
  return program;
}

}  // namespace pg_checker::ctl
