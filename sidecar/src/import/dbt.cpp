// dbt's properties files: docs.getdbt.com/reference/data-tests, with `tests` (up to 1.7) and
// `data_tests` (1.8), and arguments beside the test's settings or under `arguments` (1.10).
#include "definitions/document.hpp"
#include "definitions/sql_text.hpp"
#include "import/dbt_test.hpp"
#include "import/import.hpp"

namespace pg_checker::import {
namespace {

// Walks one document.
class Properties {
 public:
  Properties(std::string file, const std::string& schema, Suite& suite)
      : file_(std::move(file)), schema_(schema), suite_(suite) {}

  void Read(const Value& document) {
    for (const definitions::Member& member : document.members) {
      const std::string& key = member.key;
      if (key == "models" || key == "seeds" || key == "snapshots") {
        for (const Value& node : member.value.items) ReadRelation(node, schema_, "name", "alias");
      } else if (key == "sources") {
        for (const Value& source : member.value.items) ReadSource(source);
      } else if (key == "unit_tests") {
        for (const Value& test : member.value.items) {
          Leave(test.place, "unit test " + TextArgument(test, "name"),
                "it tests a model's SQL, not its data");
        }
      }
    }
  }

 private:
  void Leave(const definitions::Place& place, const std::string& what, const std::string& why) {
    suite_.Leave(definitions::PlaceText(file_, place), what, why);
  }

  void ReadSource(const Value& source) {
    std::string schema = TextArgument(source, "schema");
    if (schema.empty()) schema = TextArgument(source, "name");
    const Value* const tables = source.Find("tables");
    if (tables == nullptr) return;
    for (const Value& table : tables->items) {
      ReadRelation(table, schema, "name", "identifier");
      if (table.Find("freshness") != nullptr) {
        Leave(table.place, "freshness of " + TextArgument(table, "name"),
              "write a rule with assert fresh on its loaded_at_field");
      }
    }
  }

  // What is stored under another name says so in `alias_key`, beside it or in its config.
  void ReadRelation(const Value& node, const std::string& schema, const std::string& name_key,
                    const std::string& alias_key) {
    std::string name = TextArgument(node, name_key);
    std::string in_schema = schema;
    if (const Value* const config = node.Find("config")) {
      if (const std::string alias = TextArgument(*config, alias_key); !alias.empty()) name = alias;
      if (const std::string own = TextArgument(*config, "schema"); !own.empty()) in_schema = own;
    }
    if (const std::string alias = TextArgument(node, alias_key); !alias.empty()) name = alias;
    if (name.empty()) return;
    Target target{RelationOf(name, in_schema), "", ""};
    ReadTests(node, target);
    const Value* const columns = node.Find("columns");
    if (columns == nullptr) return;
    for (const Value& column : columns->items) {
      target.column = TextArgument(column, "name");
      ReadTests(column, target);
    }
  }

  void ReadTests(const Value& owner, const Target& target) {
    for (const char* key : {"tests", "data_tests"}) {
      const Value* const tests = owner.Find(key);
      if (tests == nullptr) continue;
      for (const Value& test : tests->items) {
        const DbtTest parsed = ParseDbtTest(test);
        const auto why = TakeDbtTest(parsed, target, schema_, suite_);
        if (!why) continue;
        const std::string on =
            NameOf(target.relation) + (target.column.empty() ? "" : "." + target.column);
        Leave(test.place, "test " + parsed.name + " of " + on, *why);
      }
    }
  }

  std::string file_;
  const std::string& schema_;
  Suite& suite_;
};

// Whether dbt itself has put the file there: packages, and what it compiles.
bool IsOthers(const std::string& file) {
  for (const char* folder : {"/dbt_packages/", "/dbt_modules/", "/target/"}) {
    if (file.find(folder) != std::string::npos) return true;
  }
  return false;
}

}  // namespace

std::string RelationOf(const std::string& name, const std::string& schema) {
  const std::string relation = definitions::QuoteQualifiedName(name);
  if (schema.empty() || relation.find('.') != std::string::npos) return relation;
  return definitions::QuoteIdentifier(schema) + "." + relation;
}

Result<Suite> ReadDbt(const std::string& path, const std::string& schema) {
  const auto files = definitions::YamlFiles(path);
  if (!files.ok()) return files.failure();
  Suite suite;
  for (const std::string& file : files.value()) {
    if (IsOthers(file)) continue;
    const auto text = definitions::ReadFile(file);
    if (!text.ok()) return text.failure();
    const auto documents = definitions::ReadYaml(text.value(), file);
    if (!documents.ok()) return documents.failure();
    for (const Value& document : documents.value()) {
      Properties(file, schema, suite).Read(document);
    }
  }
  return suite;
}

}  // namespace pg_checker::import
