// The program of a checker: what was typed, and what creation made of it.
#pragma once

#include <optional>
#include <string>

namespace pg_checker::postgres {

struct CheckerProgram {
  std::string language;               // language.hpp has those that exist
  std::string module;                 // a WebAssembly binary; empty where the language has none
  std::optional<std::string> source;  // beside a binary it is for people only
  std::string digest;                 // hex, SHA-256: of the module, else of language and source
  // What creation noted of its surroundings, because it decides what the source means: JSON text of
  // an object that only the language reads.
  std::optional<std::string> environment;
};

}  // namespace pg_checker::postgres
