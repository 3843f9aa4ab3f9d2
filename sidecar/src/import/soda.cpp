// Soda's check files, SodaCL as of Soda v3: docs.soda.io, SodaCL reference.
#include <map>
#include <regex>

#include "definitions/document.hpp"
#include "import/import.hpp"
#include "import/soda_check.hpp"

namespace pg_checker::import {
namespace {

constexpr std::size_t kLongestKey = 300;  // std::regex recurses for each character

class CheckFile {
 public:
  CheckFile(std::string file, const std::string& schema, Suite& suite)
      : file_(std::move(file)), schema_(schema), suite_(suite) {}

  void Read(const Value& document) {
    // Filters first: they may stand below the checks that use them.
    static const std::regex filter("filter (\\S+) \\[([^\\]]+)\\]");
    for (const definitions::Member& member : document.members) {
      std::smatch match;
      if (member.key.size() > kLongestKey || !std::regex_match(member.key, match, filter)) continue;
      filters_[match[1].str() + " " + match[2].str()] = TextArgument(member.value, "where");
    }
    for (const definitions::Member& member : document.members) ReadSection(member);
  }

 private:
  void ReadSection(const definitions::Member& section) {
    static const std::regex checks("checks for (\\S+)(?: \\[([^\\]]+)\\])?");
    static const std::regex for_each("for each (?:dataset|table|column) (\\S+)");
    std::smatch match;
    const std::string& key = section.key;
    if (key.size() > kLongestKey) {
      Leave(section.place, "section " + key.substr(0, 60), "it is not understood");
    } else if (std::regex_match(key, match, checks)) {
      Target target{RelationOf(match[1], schema_), "", ""};
      if (match[2].matched) {
        const auto filter = filters_.find(match[1].str() + " " + match[2].str());
        if (filter == filters_.end() || filter->second.find("${") != std::string::npos) {
          Leave(section.place, key, "its filter is not there, or has a variable");
          return;
        }
        target.condition = filter->second;
      }
      ReadChecks(section.value, target);
    } else if (std::regex_match(key, match, for_each)) {
      ReadForEach(section);
    } else if (!key.starts_with("filter ")) {
      Leave(section.place, key, "no counterpart");
    }
  }

  void ReadForEach(const definitions::Member& section) {
    const Value* datasets = section.value.Find("datasets");
    if (datasets == nullptr) datasets = section.value.Find("tables");
    const Value* const checks = section.value.Find("checks");
    if (datasets == nullptr || checks == nullptr) {
      Leave(section.place, section.key, "it has no datasets and checks");
      return;
    }
    for (const Value& dataset : datasets->items) {
      std::string name = dataset.text;
      if (name.starts_with("include ")) name = name.substr(8);
      if (name.find('%') != std::string::npos || name.starts_with("exclude ")) {
        Leave(dataset.place, section.key + ": " + dataset.text, "names with % are not looked up");
        continue;
      }
      ReadChecks(*checks, {RelationOf(name, schema_), "", ""});
    }
  }

  void ReadChecks(const Value& checks, const Target& target) {
    for (const Value& item : checks.items) {
      std::string check = item.text;
      Value config;
      if (item.is(Value::Kind::kMap) && item.members.size() == 1) {
        check = item.members[0].key;
        config = item.members[0].value;
      }
      const auto why = TakeSodaCheck(check, config, target, schema_, suite_);
      if (why) Leave(item.place, NameOf(target.relation) + ": " + check, *why);
    }
  }

  void Leave(const definitions::Place& place, const std::string& what, const std::string& why) {
    suite_.Leave(definitions::PlaceText(file_, place), what, why);
  }

  std::string file_;
  const std::string& schema_;
  Suite& suite_;
  std::map<std::string, std::string> filters_;  // "table name" to a condition
};

}  // namespace

Result<Suite> ReadSoda(const std::string& path, const std::string& schema) {
  const auto files = definitions::YamlFiles(path);
  if (!files.ok()) return files.failure();
  Suite suite;
  for (const std::string& file : files.value()) {
    const auto text = definitions::ReadFile(file);
    if (!text.ok()) return text.failure();
    const auto documents = definitions::ReadYaml(text.value(), file);
    if (!documents.ok()) return documents.failure();
    for (const Value& document : documents.value()) CheckFile(file, schema, suite).Read(document);
  }
  return suite;
}

}  // namespace pg_checker::import
