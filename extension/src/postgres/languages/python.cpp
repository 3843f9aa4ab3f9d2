// Python: scripts for MicroPython.
#include "languages/python/python.hpp"

#include "postgres/script_language.hpp"

namespace pg_checker::postgres {

const Language& PythonLanguage() {
  static const ScriptLanguage<languages::Python> language("python", "micropython");
  return language;
}

}  // namespace pg_checker::postgres
