#include "ctl/export.hpp"

#include <filesystem>
#include <map>
#include <optional>

#include "ctl/commands.hpp"
#include "ctl/output.hpp"
#include "ctl/output_file.hpp"
#include "ctl/stored.hpp"
#include "definitions/checker_option.hpp"
#include "definitions/document.hpp"
#include "definitions/object_name.hpp"
#include "definitions/yaml_writer.hpp"

namespace pg_checker::ctl {
namespace {

using definitions::Value;

// An option whose value is create_checker's default is left out.
bool IsDefault(const std::string& name, const Value& value) {
  static const std::map<std::string, std::string> defaults = {
      {"severity", "\"warning\""},
      {"labels", "{}"},
      {"params", "{}"},
      {"enabled", "true"},
      {"for_duration", "\"00:00:00\""},
      {"for_runs", "1"},
      {"recover_runs", "1"},
      {"alarm_on", R"(["fail", "no_data", "error"])"},
      {"on_empty", "\"ok\""},
      {"row_key", "[]"},
      {"instance_by", "[]"},
      {"depends_on", "[]"},
  };
  if (value.is(Value::Kind::kNull)) return true;
  const auto found = defaults.find(name);
  return found != defaults.end() && definitions::JsonText(value) == found->second;
}

void AddUnlessDefault(Value& definition, const Stored& stored, const std::string& name) {
  const Value* const value = stored.Find(name);
  if (value != nullptr && !IsDefault(name, *value)) definition.Add(name, *value);
}

// Names of the same namespace stand without it.
Value ShortNames(const Value& names, const std::string& name_space) {
  Value list = Value::List();
  for (const Value& name : names.items) {
    const bool is_here = definitions::NamespaceOf(name.text) == name_space;
    list.items.push_back(Value::Text(is_here ? definitions::BareName(name.text) : name.text));
  }
  return list;
}

Value DatasetOf(const Stored& stored) {
  Value definition = Value::Map();
  for (const char* name : {"description", "query", "params"}) {
    AddUnlessDefault(definition, stored, name);
  }
  return definition;
}

class Exporter {
 public:
  Exporter(Database& database, std::string folder) : db_(database), folder_(std::move(folder)) {}

  Result<void> Collect() {
    const auto datasets = LoadStored(db_, ObjectKind::kDataset, {});
    if (!datasets.ok()) return datasets.failure();
    const auto checkers = LoadStored(db_, ObjectKind::kChecker, {});
    if (!checkers.ok()) return checkers.failure();
    for (const auto& [name, stored] : datasets.value()) {
      documents_[definitions::NamespaceOf(name)].datasets.Add(definitions::BareName(name),
                                                              DatasetOf(stored));
    }
    for (const auto& [name, stored] : checkers.value()) {
      auto definition = CheckerOf(name, stored);
      if (!definition.ok()) return definition.failure();
      documents_[definitions::NamespaceOf(name)].checkers.Add(definitions::BareName(name),
                                                              std::move(definition.value()));
    }
    return {};
  }

  Result<void> Write() const {
    std::string all;
    for (const auto& [name_space, document] : documents_) {
      Value value = Value::Map();
      value.Add("namespace", Value::Text(name_space));
      if (!document.datasets.members.empty()) value.Add("datasets", document.datasets);
      if (!document.checkers.members.empty()) value.Add("checkers", document.checkers);
      const std::string text = definitions::YamlText(value);
      if (folder_.empty()) {
        all += (all.empty() ? "" : "---\n") + text;
      } else if (auto done = PrintTo(Path(name_space + ".yaml"), text); !done.ok()) {
        return done;
      }
    }
    Print(all);
    return {};
  }

 private:
  struct Document {
    Value datasets = Value::Map();
    Value checkers = Value::Map();
  };

  std::string Path(const std::string& file) const {
    return (std::filesystem::path(folder_) / file).string();
  }

  Result<Value> CheckerOf(const std::string& name, const Stored& stored) {
    Value definition = Value::Map();
    const std::string name_space = definitions::NamespaceOf(name);
    AddUnlessDefault(definition, stored, "description");
    const std::string language = stored.Find("language")->text;
    if (language == "wasm") {
      if (auto done = AddModule(definition, name); !done.ok()) return done.failure();
    } else {
      definition.Add("language", Value::Text(language));
    }
    const Value* const datasets = stored.Find("datasets");
    if (datasets != nullptr && !datasets->items.empty()) {
      definition.Add("datasets", ShortNames(*datasets, name_space));
    }
    for (const definitions::CheckerOption& option : definitions::CheckerOptions()) {
      if (std::string(option.name) == "description") continue;
      AddUnlessDefault(definition, stored, option.name);
      if (std::string(option.name) == "depends_on" && definition.Find("depends_on") != nullptr) {
        definition.members.back().value = ShortNames(definition.members.back().value, name_space);
      }
    }
    AddSource(definition, stored, language);
    return definition;
  }

  // A rule is a list where that comes back as the very same text.
  static void AddSource(Value& definition, const Stored& stored, const std::string& language) {
    const Value* const source = stored.Find("source");
    if (source == nullptr || source->is(Value::Kind::kNull)) return;
    if (language == "rule") {
      const auto rules = definitions::ReadJson(source->text, "rule");
      if (rules.ok() && definitions::JsonLines(rules.value()) == source->text) {
        definition.Add("source", rules.value());
        return;
      }
    }
    definition.Add("source", *source);
  }

  Result<void> AddModule(Value& definition, const std::string& name) {
    if (folder_.empty()) {
      return Failure{"checker \"" + name + "\" is a module, which needs a file of its own", "",
                     "Export into a folder with --output-dir."};
    }
    const auto rows = db_.Rows(
        "SELECT pg_catalog.encode(v.module, 'hex') AS module FROM checker.versions v"
        " WHERE v.checker = $1 AND v.current",
        {name});
    if (!rows.ok()) return rows.failure();
    const auto hex = rows.value().at(0)["module"].get<std::string>();
    std::string bytes;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
      bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
    }
    definition.Add("module_file", Value::Text(name + ".wasm"));
    return PrintTo(Path(name + ".wasm"), bytes);
  }

  Database& db_;
  std::string folder_;
  std::map<std::string, Document> documents_;
};

}  // namespace

Result<int> Export(Database& database, const std::string& folder) {
  // What an interval looks like must not depend on the session.
  if (auto done = database.Execute("SET intervalstyle = postgres"); !done.ok()) {
    return done.failure();
  }
  if (!folder.empty()) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) return Failure{"could not make folder \"" + folder + "\": " + error.message()};
  }
  Exporter exporter(database, folder);
  if (auto done = exporter.Collect(); !done.ok()) return done.failure();
  if (auto done = exporter.Write(); !done.ok()) return done.failure();
  return kExitOk;
}

}  // namespace pg_checker::ctl
