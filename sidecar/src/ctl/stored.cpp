#include "ctl/stored.hpp"

#include "definitions/checker_option.hpp"
#include "definitions/document.hpp"

namespace pg_checker::ctl {
namespace {

// Columns that are no part of a definition.
constexpr const char* kLeftOut =
    "{id,namespace,name,status,alarm,last_run,next_run,created_at,changed_at,stale,muted,"
    "muted_until}";

Result<std::map<std::string, Stored>> Load(Database& database, ObjectKind kind,
                                           const std::string& condition,
                                           const std::string& argument) {
  const std::string view = kind == ObjectKind::kDataset ? "checker.datasets" : "checker.checkers";
  const auto rows = database.Rows(
      "SELECT o.namespace || '.' || o.name AS name, (to_jsonb(o) - $2::text[])::text AS columns"
      " FROM " +
          view + " o WHERE " + condition + " ORDER BY o.namespace, o.name",
      {argument, kLeftOut});
  if (!rows.ok()) return rows.failure();
  std::map<std::string, Stored> stored;
  for (const Json& row : rows.value()) {
    auto columns = definitions::ReadJson(row["columns"].get<std::string>(), view);
    if (!columns.ok()) return columns.failure();
    stored.emplace(row["name"].get<std::string>(), std::move(columns.value()));
  }
  return stored;
}

}  // namespace

const char* KindText(ObjectKind kind) {
  return kind == ObjectKind::kDataset ? "dataset" : "checker";
}

Result<std::map<std::string, Stored>> LoadStored(Database& database, ObjectKind kind,
                                                 const std::vector<std::string>& namespaces) {
  return Load(database, kind, "(o.namespace = ANY ($1::text[]) OR $1 = '{}')",
              definitions::ArrayText(namespaces));
}

Result<std::optional<Stored>> LoadStoredOne(Database& database, ObjectKind kind,
                                            const std::string& name) {
  auto found = Load(database, kind, "o.namespace || '.' || o.name = $1", name);
  if (!found.ok()) return found.failure();
  if (found.value().empty()) return std::optional<Stored>();
  return std::optional<Stored>(std::move(found.value().begin()->second));
}

}  // namespace pg_checker::ctl
