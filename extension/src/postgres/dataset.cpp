#include "postgres/dataset.hpp"

#include <nlohmann/json.hpp>

#include "postgres/statement.hpp"

namespace pg_checker::postgres {

namespace {

Statement load_dataset(
    "SELECT d.id, d.query, d.params, d.search_path, d.owned_by::oid, d.settings"
    " FROM checker.dataset d WHERE d.namespace = $1 AND d.name = $2",
    {TEXTOID, TEXTOID});

const JsonMembers* query_parameters = nullptr;

}  // namespace

std::vector<std::optional<Dataset>> LoadDatasets(const std::vector<ObjectName>& names) {
  std::vector<std::optional<Dataset>> datasets(names.size());
  if (names.empty()) return datasets;
  AsExtension([&] {
    for (size_t i = 0; i < names.size(); i++) {
      const Datum values[] = {TextDatum(names[i].name_space), TextDatum(names[i].name)};
      if (load_dataset.Execute(values) == 0) continue;
      bool is_null;
      datasets[i].emplace();
      Dataset& dataset = *datasets[i];
      dataset.name = names[i];
      dataset.id = *Int64At(0, 1);
      dataset.query = RequiredTextAt(0, 2);
      dataset.params = MembersOf(JsonbText(ColumnAt(0, 3, &is_null)), "params");
      dataset.search_path = RequiredTextAt(0, 4);
      dataset.owner = DatumGetObjectId(ColumnAt(0, 5, &is_null));
      dataset.settings = MembersOf(JsonbText(ColumnAt(0, 6, &is_null)), "settings");
    }
  });
  return datasets;
}

Dataset RequireDataset(const ObjectName& name) {
  auto found = LoadDatasets({name});
  if (!found[0]) ThrowUnknownDataset(name);
  return std::move(*found[0]);
}

void ThrowUnknownDataset(const ObjectName& name) {
  Throw({engine::ErrorKind::kDataset, "dataset \"" + name.Qualified() + "\" does not exist", "",
         "Create it with checker.create_dataset, or look at checker.datasets for those that exist.",
         "42704"});
}

std::optional<engine::Error> WithoutOwner(const Dataset& dataset) {
  bool exists = false;
  Protect([&] { exists = RoleExists(dataset.owner); });
  if (exists) return std::nullopt;
  return engine::Error{engine::ErrorKind::kDataset,
                       "the role that owns " + dataset.Shown() + " does not exist any more", "",
                       std::string("A superuser can take it over by checker.create_") +
                           (dataset.of_checker ? "checker" : "dataset") +
                           " with or_replace => true.",
                       "42704"};
}

void SetQueryParameters(const JsonMembers* params) { query_parameters = params; }

const JsonMembers* QueryParameters() { return query_parameters; }

std::optional<std::string> ParameterText(const JsonMembers& params, const std::string& name) {
  auto found = params.find(name);
  if (found == params.end() || found->second == "null") return std::nullopt;
  if (found->second[0] != '"') return found->second;
  return nlohmann::json::parse(found->second).get<std::string>();
}

JsonMembers MergeParams(const JsonMembers& base, const JsonMembers& over) {
  JsonMembers merged = base;
  for (const auto& [name, value] : over) merged.insert_or_assign(name, value);
  return merged;
}

}  // namespace pg_checker::postgres
