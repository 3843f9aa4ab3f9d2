// Reads a checker's program: its language, and the source or module that stands in the file or
// beside it.
#pragma once

#include <string>
#include <string_view>

#include "definitions/definition.hpp"
#include "definitions/field_reader.hpp"

namespace pg_checker::definitions {

// Fills language, source and module of `checker`, whose datasets are known, from its definition in
// `file`.
void ReadProgram(const Member& definition, const std::string& file, FieldReader& fields,
                 CheckerDefinition& checker);

// The language that a file's name tells, or empty: .js, .py, .sql, .rule, .json, .wat, .wasm.
std::string LanguageOfFile(const std::string& path);

// Whether the bytes begin as a WebAssembly binary does.
bool IsModule(std::string_view bytes);

}  // namespace pg_checker::definitions
