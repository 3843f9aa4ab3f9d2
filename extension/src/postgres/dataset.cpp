#include "postgres/dataset.hpp"

#include "postgres/statement.hpp"

namespace pg_checker::postgres {

namespace {

Statement load_dataset(
    "SELECT d.id, d.query, d.params, d.search_path, d.owned_by::oid"
    " FROM checker.dataset d WHERE d.namespace = $1 AND d.name = $2",
    {TEXTOID, TEXTOID});

const nlohmann::json* query_parameters = nullptr;

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
      dataset.params = nlohmann::json::parse(JsonbText(ColumnAt(0, 3, &is_null)));
      dataset.search_path = RequiredTextAt(0, 4);
      dataset.owner = DatumGetObjectId(ColumnAt(0, 5, &is_null));
    }
  });
  return datasets;
}

Dataset RequireDataset(const ObjectName& name) {
  auto found = LoadDatasets({name});
  if (!found[0]) {
    Throw({engine::ErrorKind::kDataset, "dataset \"" + name.Qualified() + "\" does not exist", "",
           "Create it with checker.create_dataset, or look at checker.datasets for those that exist.", "42704"});
  }
  return std::move(*found[0]);
}

void SetQueryParameters(const nlohmann::json* params) { query_parameters = params; }

const nlohmann::json* QueryParameters() { return query_parameters; }

std::optional<std::string> ParameterText(const nlohmann::json& params, const std::string& name) {
  auto found = params.find(name);
  if (found == params.end() || found->is_null()) return std::nullopt;
  if (found->is_string()) return found->get<std::string>();
  return found->dump();
}

nlohmann::json MergeParams(const nlohmann::json& base, const nlohmann::json& over) {
  nlohmann::json merged = base.is_object() ? base : nlohmann::json::object();
  if (over.is_object()) merged.update(over);
  return merged;
}

}  // namespace pg_checker::postgres
