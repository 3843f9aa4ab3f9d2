// JavaScript: scripts for QuickJS.
#include "languages/javascript/javascript.hpp"

#include "postgres/script_language.hpp"

namespace pg_checker::postgres {

const Language& JavaScriptLanguage() {
  static const ScriptLanguage<languages::JavaScript> language("javascript", "quickjs");
  return language;
}

}  // namespace pg_checker::postgres
