#include "definitions/program_reader.hpp"

#include <algorithm>
#include <filesystem>

#include "definitions/document.hpp"
#include "definitions/object_name.hpp"

namespace pg_checker::definitions {
namespace {

namespace fs = std::filesystem;

// What the definition says of the program.
struct Parts {
  const Value* language;
  const Value* source;
  const Value* source_file;
  const Value* module_file;
};

const Value* Given(const Value& map, const char* key) {
  const Value* const value = map.Find(key);
  return value == nullptr || value->is(Value::Kind::kNull) ? nullptr : value;
}

// The bytes of a file beside the definition's, or nothing after a complaint.
std::optional<std::string> ReadBeside(const Value& value, const std::string& key,
                                      const std::string& file, FieldReader& fields,
                                      std::string* path) {
  const std::optional<std::string> name = fields.Text(&value, key);
  if (!name) return std::nullopt;
  *path = (fs::path(file).parent_path() / *name).string();
  Result<std::string> bytes = ReadFile(*path);
  if (bytes.ok()) return std::move(bytes.value());
  fields.Complain(value.place, bytes.failure().message,
                  "A path is relative to the file that names it.");
  return std::nullopt;
}

bool IsText(const std::string& text) { return text.find('\0') == std::string::npos; }

// In a rule that is written as a list, a dataset that the checker declares needs no namespace, as
// little as in `datasets`. The server wants one, unless it is the default.
void QualifyDatasets(Value& rule, const std::vector<std::string>& declared) {
  for (Value& item : rule.items) QualifyDatasets(item, declared);
  for (Member& member : rule.members) {
    QualifyDatasets(member.value, declared);
    const bool is_name =
        member.key == "dataset" || member.key == "other" || member.key == "percent_of";
    if (!is_name || !member.value.is(Value::Kind::kText)) continue;
    for (const std::string& name : declared) {
      if (BareName(name) == member.value.text) member.value.text = ShortName(name);
    }
  }
}

void TakeList(const Value& source, FieldReader& fields, CheckerDefinition& checker) {
  Value rules = source;
  QualifyDatasets(rules, checker.datasets);
  checker.source = JsonLines(rules);
  checker.source_lines = {fields.At(source.place)};
  for (const Value& item : source.items) checker.source_lines.push_back(fields.At(item.place));
}

// A source in the file itself: a text, or for a rule a list or mapping.
void TakeSource(const Value& source, FieldReader& fields, CheckerDefinition& checker) {
  checker.source_origin = fields.At(source.place);
  if (source.is(Value::Kind::kText)) {
    checker.source = source.text;
  } else if (checker.language == "rule" && !source.is_scalar()) {
    TakeList(source, fields, checker);
  } else {
    fields.Complain(source.place,
                    "\"source\" is " + KindName(source.kind) + " and takes a text" +
                        (checker.language == "rule" ? " or a list" : ""),
                    source.is(Value::Kind::kList) ? "Only a rule is written as a list." : "");
  }
}

void TakeModule(const Parts& parts, const std::string& file, FieldReader& fields,
                CheckerDefinition& checker) {
  checker.source_origin = fields.At(parts.module_file->place);
  std::string path;
  auto bytes = ReadBeside(*parts.module_file, "module_file", file, fields, &path);
  if (!bytes) return;
  if (IsModule(*bytes)) {
    checker.language = "wasm";
    checker.module = std::move(*bytes);
  } else if (LanguageOfFile(path) == "wat") {
    checker.language = "wat";
    checker.source = std::move(*bytes);
  } else {
    fields.Complain(parts.module_file->place, "file \"" + path + "\" is no WebAssembly module",
                    "module_file is for .wasm and .wat; a script's file is its source_file.");
  }
}

}  // namespace

std::string LanguageOfFile(const std::string& path) {
  const std::string suffix = fs::path(path).extension().string();
  if (suffix == ".js" || suffix == ".mjs") return "javascript";
  if (suffix == ".py") return "python";
  if (suffix == ".sql") return "sql";
  if (suffix == ".rule" || suffix == ".json") return "rule";
  if (suffix == ".wat" || suffix == ".wast") return "wat";
  if (suffix == ".wasm") return "wasm";
  return "";
}

bool IsModule(std::string_view bytes) { return bytes.starts_with(std::string_view("\0asm", 4)); }

void ReadProgram(const Member& definition, const std::string& file, FieldReader& fields,
                 CheckerDefinition& checker) {
  const Value& map = definition.value;
  const Parts parts = {Given(map, "language"), Given(map, "source"), Given(map, "source_file"),
                       Given(map, "module_file")};
  const std::string name = "checker \"" + checker.name + "\"";
  checker.source_origin = checker.origin;
  checker.language = fields.Text(parts.language, "language").value_or("");
  const std::string wanted = checker.language;
  if (parts.source != nullptr && parts.source_file != nullptr) {
    fields.Complain(parts.source_file->place, name + " has both source and source_file",
                    "Keep one of them.");
    return;
  }
  if (parts.module_file != nullptr) TakeModule(parts, file, fields, checker);
  const bool is_kept = parts.module_file != nullptr && checker.language == "wat";
  if (is_kept && (parts.source != nullptr || parts.source_file != nullptr)) {
    fields.Complain(parts.module_file->place, name + " has a .wat module and another source",
                    "The text of a .wat module is its source.");
    return;
  }
  if (parts.source != nullptr) {
    TakeSource(*parts.source, fields, checker);
  } else if (parts.source_file != nullptr) {
    std::string path;
    checker.source = ReadBeside(*parts.source_file, "source_file", file, fields, &path);
    if (!checker.source) return;
    if (parts.module_file == nullptr) checker.source_origin = path;
    if (checker.language.empty()) checker.language = LanguageOfFile(path);
    const bool is_module = parts.module_file == nullptr && checker.language == "wasm";
    if (!IsText(*checker.source) || is_module) {
      fields.Complain(parts.source_file->place, "file \"" + path + "\" is not text",
                      "A WebAssembly binary is a module_file.");
      return;
    }
  } else if (parts.module_file == nullptr) {
    fields.Complain(definition.place, name + " has no program",
                    "Give it source, source_file or module_file.");
    return;
  }
  if (checker.language.empty()) {
    fields.Complain(definition.place, name + " has no language",
                    "Languages are sql, rule, javascript, python and wat.");
  } else if (!wanted.empty() && wanted != checker.language && wanted != "wasm") {
    fields.Complain(parts.language->place,
                    name + " is of language " + checker.language + " and not " + wanted,
                    "A module_file says itself which language it is; leave the key out.");
  } else if (checker.language == "wasm" && !checker.module) {
    fields.Complain(definition.place, name + " has no module", "Give it module_file.");
  }
}

}  // namespace pg_checker::definitions
