#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "definitions/checker_option.hpp"
#include "definitions/definition.hpp"
#include "definitions/document.hpp"
#include "definitions/for_each.hpp"
#include "definitions/object_name.hpp"
#include "definitions/program_reader.hpp"
#include "definitions/test_case_reader.hpp"

namespace pg_checker::definitions {
namespace {

constexpr const char* kNameHint =
    "A name is \"name\" or \"namespace.name\"; each part starts with a letter or underscore and "
    "goes on with letters, digits, underscores and hyphens, 63 at most.";

// Reads the documents of one file into what all files say.
class FileReader {
 public:
  FileReader(const std::string& file, Loaded& loaded, std::map<std::string, Origin>& taken,
             std::set<std::string>& namespaces)
      : file_(file),
        loaded_(loaded),
        taken_(taken),
        namespaces_(namespaces),
        fields_(file, loaded.problems) {}

  void Read(const std::string& text) {
    const Result<std::vector<Value>> documents = ReadYaml(text, file_);
    if (!documents.ok()) {
      loaded_.problems.push_back(documents.failure());
      return;
    }
    for (const Value& document : documents.value()) {
      if (document.is(Value::Kind::kNull)) continue;
      if (document.is(Value::Kind::kMap)) {
        ReadDocument(document);
      } else {
        fields_.Complain(document.place, "the file does not hold a mapping",
                         "It has the keys datasets and checkers.");
      }
    }
  }

 private:
  void ReadDocument(const Value& document) {
    fields_.RefuseOthers(document, "the file", {"namespace", "datasets", "checkers"});
    name_space_ = std::string(kDefaultNamespace);
    if (const auto name = fields_.Text(document.Find("namespace"), "namespace")) {
      if (IsNamePart(*name)) {
        name_space_ = *name;
        namespaces_.insert(*name);
      } else {
        fields_.Complain(document.Find("namespace")->place,
                         "\"" + *name + "\" is not a valid namespace", kNameHint);
      }
    }
    ReadGroup(document, "datasets", &FileReader::ReadDataset);
    ReadGroup(document, "checkers", &FileReader::ReadChecker);
  }

  void ReadGroup(const Value& document, const std::string& key,
                 void (FileReader::*read)(const Member&, const std::string&)) {
    const Value* const group = document.Find(key);
    if (group == nullptr || group->is(Value::Kind::kNull)) return;
    if (!group->is(Value::Kind::kMap)) {
      fields_.Complain(group->place, "\"" + key + "\" takes a mapping from names to definitions");
      return;
    }
    const std::string kind = key.substr(0, key.size() - 1);
    const Complaint complain = [this](const Place& place, const std::string& message,
                                      const std::string& hint) {
      fields_.Complain(place, message, hint);
    };
    for (const Member& definition : group->members) {
      for (const Member& one : Expand(definition, complain)) {
        if (!one.value.is(Value::Kind::kMap)) {
          fields_.Complain(one.value.place, kind + " \"" + one.key + "\" is not a mapping");
          continue;
        }
        const std::optional<std::string> name = Qualified(one.key, name_space_);
        if (!name) {
          fields_.Complain(one.place, "\"" + one.key + "\" is not a valid name for a " + kind,
                           kNameHint);
          continue;
        }
        const auto [first, is_new] = taken_.emplace(kind + " " + *name, fields_.At(one.place));
        if (!is_new) {
          fields_.Complain(one.place, kind + " \"" + *name + "\" is defined twice",
                           "The first one is at " + first->second + ".");
          continue;
        }
        namespaces_.insert(NamespaceOf(*name));
        (this->*read)(one, *name);
      }
    }
  }

  void ReadDataset(const Member& definition, const std::string& name) {
    const Value& map = definition.value;
    fields_.RefuseOthers(map, "dataset \"" + name + "\"",
                         {"query", "params", "description", "for_each"});
    DatasetDefinition dataset;
    dataset.name = name;
    dataset.origin = fields_.At(definition.place);
    const Value* const query = map.Find("query");
    if (query == nullptr || query->is(Value::Kind::kNull)) {
      fields_.Complain(definition.place, "dataset \"" + name + "\" has no query");
      return;
    }
    dataset.query_origin = fields_.At(query->place);
    dataset.query = fields_.Text(query, "query").value_or("");
    dataset.params = fields_.JsonMap(map.Find("params"), "params");
    dataset.description = fields_.Text(map.Find("description"), "description");
    loaded_.definitions.datasets.push_back(std::move(dataset));
  }

  void ReadChecker(const Member& definition, const std::string& name) {
    const Value& map = definition.value;
    std::vector<std::string> known = {"language", "source", "source_file", "module_file",
                                      "datasets", "tests",  "for_each"};
    for (const CheckerOption& option : CheckerOptions()) known.emplace_back(option.name);
    fields_.RefuseOthers(map, "checker \"" + name + "\"", known);
    CheckerDefinition checker;
    checker.name = name;
    checker.origin = fields_.At(definition.place);
    checker.datasets = ReadNames(map.Find("datasets"), "datasets", "dataset");
    ReadProgram(definition, file_, fields_, checker);
    for (const CheckerOption& option : CheckerOptions()) {
      const auto text = ReadOption(map.Find(option.name), option);
      if (text) checker.options.push_back({option.name, option.type, *text});
    }
    const Value* const tests = map.Find("tests");
    if (tests != nullptr && !tests->is(Value::Kind::kNull)) {
      checker.tests = ReadTestCases(*tests, fields_);
    }
    loaded_.definitions.checkers.push_back(std::move(checker));
  }

  // Names are of the file's namespace unless they say another one.
  std::vector<std::string> ReadNames(const Value* value, const std::string& key,
                                     const std::string& kind) {
    std::vector<std::string> names;
    const auto items = fields_.TextList(value, key);
    if (!items) return names;
    for (std::size_t i = 0; i < items->size(); ++i) {
      const auto name = Qualified((*items)[i], name_space_);
      const Place& place = value->items[i].place;
      if (!name) {
        fields_.Complain(place, "\"" + (*items)[i] + "\" is not a valid name for a " + kind,
                         kNameHint);
      } else if (std::find(names.begin(), names.end(), *name) != names.end()) {
        fields_.Complain(place, kind + " \"" + *name + "\" stands in the list twice");
      } else {
        names.push_back(*name);
      }
    }
    return names;
  }

  std::optional<std::string> ReadOption(const Value* value, const CheckerOption& option) {
    const std::string key = option.name;
    switch (option.shape) {
      case CheckerOption::Shape::kText:
        return fields_.Text(value, key);
      case CheckerOption::Shape::kBoolean:
        return fields_.Boolean(value, key);
      case CheckerOption::Shape::kInteger:
        return fields_.Integer(value, key);
      case CheckerOption::Shape::kMap:
        return fields_.JsonMap(value, key);
      case CheckerOption::Shape::kAny:
        return fields_.Json(value);
      case CheckerOption::Shape::kTextList:
        break;
    }
    if (key == "depends_on" && value != nullptr && value->is(Value::Kind::kList)) {
      return ArrayText(ReadNames(value, key, "checker"));
    }
    const auto items = fields_.TextList(value, key);
    if (!items) return std::nullopt;
    return ArrayText(*items);
  }

  const std::string& file_;
  Loaded& loaded_;
  std::map<std::string, Origin>& taken_;
  std::set<std::string>& namespaces_;
  FieldReader fields_;
  std::string name_space_;
};

struct Reading {
  Loaded loaded;
  std::map<std::string, Origin> taken;  // "kind name" to where it is
  std::set<std::string> namespaces;

  void Read(const std::string& file, const std::string& text) {
    FileReader(file, loaded, taken, namespaces).Read(text);
  }

  Loaded Finish() {
    loaded.definitions.namespaces.assign(namespaces.begin(), namespaces.end());
    return std::move(loaded);
  }
};

}  // namespace

Loaded Load(const std::string& path) {
  Reading reading;
  const Result<std::vector<std::string>> files = YamlFiles(path);
  if (!files.ok()) {
    reading.loaded.problems.push_back(files.failure());
    return reading.Finish();
  }
  for (const std::string& file : files.value()) {
    const Result<std::string> text = ReadFile(file);
    if (text.ok()) {
      reading.Read(file, text.value());
    } else {
      reading.loaded.problems.push_back(text.failure());
    }
  }
  return reading.Finish();
}

Loaded LoadText(const std::string& text, const std::string& name) {
  Reading reading;
  reading.Read(name, text);
  return reading.Finish();
}

}  // namespace pg_checker::definitions
