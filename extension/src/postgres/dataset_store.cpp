#include "postgres/dataset_store.hpp"

#include <algorithm>

#include "postgres/dataset.hpp"
#include "postgres/dataset_query.hpp"
#include "postgres/dataset_scan.hpp"
#include "postgres/read_only_section.hpp"
#include "postgres/row_json.hpp"
#include "postgres/settings.hpp"
#include "postgres/statement.hpp"

namespace pg_checker::postgres {

namespace {

Statement insert_dataset(
    "INSERT INTO checker.dataset (namespace, name, query, params, description, columns, "
    "search_path, owned_by)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8::regrole) ON CONFLICT DO NOTHING RETURNING id",
    {TEXTOID, TEXTOID, TEXTOID, JSONBOID, TEXTOID, JSONBOID, TEXTOID, OIDOID});

Statement update_dataset(
    "UPDATE checker.dataset SET query = $3, params = $4, description = $5, columns = $6, "
    "search_path = $7,"
    " changed_at = pg_catalog.clock_timestamp() WHERE namespace = $1 AND name = $2 RETURNING id",
    {TEXTOID, TEXTOID, TEXTOID, JSONBOID, TEXTOID, JSONBOID, TEXTOID});

Statement find_users(
    "SELECT c.namespace || '.' || c.name FROM checker.checker c WHERE $1 = ANY (c.datasets) ORDER "
    "BY 1 LIMIT 5",
    {TEXTOID});

Statement delete_dataset("DELETE FROM checker.dataset WHERE id = $1", {INT8OID});

// Collects rows as JSON, up to a number and a size.
class JsonVisitor : public RowVisitor {
 public:
  JsonVisitor(std::vector<std::string>& rows, size_t max_rows, size_t limit_bytes)
      : rows_(rows), max_rows_(max_rows), limit_bytes_(limit_bytes) {}
  void Begin(TupleDesc columns) override { json_ = PrepareRowJson(columns, true); }
  bool Row(TupleTableSlot* slot) override {
    char* row = RowToJson(json_, slot);
    rows_.emplace_back(row);
    pfree(row);
    bytes_ += rows_.back().size() + sizeof(std::string);
    return rows_.size() < max_rows_ && !over_limit();
  }
  bool over_limit() const { return bytes_ > limit_bytes_; }

 private:
  std::vector<std::string>& rows_;
  size_t max_rows_;
  size_t limit_bytes_;
  size_t bytes_ = 0;
  RowJson json_ = {};
};

}  // namespace

void RequireOwnership(const char* kind, const ObjectName& name, Oid owned_by) {
  bool allowed = false;
  Protect([&] { allowed = MayActFor(GetUserId(), owned_by); });
  if (allowed) return;
  Throw({engine::ErrorKind::kDataset,
         "must be owner of " + std::string(kind) + " \"" + name.Qualified() + "\"", "",
         "Ask its owner, or become a member of the role that owns it.", "42501"});
}

int64_t CreateDataset(const ObjectName& name, const DatasetOptions& options) {
  const CheckedQuery checked = CheckQuery(name.Qualified(), options.query);
  const auto existing = LoadDatasets({name})[0];
  if (existing) {
    if (!options.or_replace) {
      Throw({engine::ErrorKind::kDataset, "dataset \"" + name.Qualified() + "\" already exists", "",
             "Choose another name, or pass or_replace => true.", "42710"});
    }
    RequireOwnership("dataset", name, existing->owner);
  }
  const Oid owner = GetUserId();
  int64_t id = 0;
  AsExtension([&] {
    const Datum values[] = {TextDatum(name.name_space),
                            TextDatum(name.name),
                            TextDatum(options.query),
                            JsonbDatum(options.params),
                            options.description ? TextDatum(*options.description) : Datum{0},
                            JsonbDatum(checked.columns_json),
                            TextDatum(checked.search_path),
                            ObjectIdGetDatum(owner)};
    const bool nulls[] = {false, false, false, false, !options.description, false, false, false};
    Statement& write = existing ? update_dataset : insert_dataset;
    if (write.Execute(values, nulls) > 0) id = *Int64At(0, 1);
  });
  if (id == 0) {
    Throw({engine::ErrorKind::kDataset,
           "dataset \"" + name.Qualified() + "\" was created or dropped meanwhile", "",
           "Try again.", "42710"});
  }
  return id;
}

void DropDataset(const ObjectName& name, bool force) {
  const Dataset dataset = RequireDataset(name);
  RequireOwnership("dataset", name, dataset.owner);
  std::string users;
  AsExtension([&] {
    if (!force) {
      const Datum values[] = {TextDatum(name.Qualified())};
      const uint64_t rows = find_users.Execute(values);
      for (uint64_t i = 0; i < rows; i++) users += (i > 0 ? ", " : "") + RequiredTextAt(i, 1);
    }
    if (!users.empty()) return;
    const Datum values[] = {Int64GetDatum(dataset.id)};
    delete_dataset.Execute(values);
  });
  if (!users.empty()) {
    Throw({engine::ErrorKind::kDataset, "dataset \"" + name.Qualified() + "\" is used by checkers",
           "Among them: " + users + ".", "Drop the checkers first, or pass force => true.",
           "2BP01"});
  }
}

std::vector<std::string> PreviewDataset(const ObjectName& name, int max_rows) {
  Deadline::RequireNone();
  const Dataset dataset = RequireDataset(name);
  RequireOwnership("dataset", name, dataset.owner);
  std::vector<std::string> rows;
  if (max_rows <= 0) return rows;
  InReadOnlySection([&] {
    Deadline deadline(settings.timeout_ms);
    ScanFailure failure;
    const auto limit_kb = std::min(settings.memory_limit_kb, settings.max_memory_limit_kb);
    JsonVisitor visitor(rows, static_cast<size_t>(max_rows), static_cast<size_t>(limit_kb) * 1024);
    auto scanned = Scan(dataset, {&dataset.params, true}, visitor, &deadline, &failure);
    if (failure.rethrown != nullptr) throw PostgresError(failure.rethrown);
    if (!scanned) Throw(scanned.error());
    if (visitor.over_limit()) {
      Throw({engine::ErrorKind::kMemory,
             "the preview of dataset \"" + name.Qualified() + "\" takes more than " +
                 std::to_string(limit_kb) + " kB",
             "", "Ask for fewer rows, or raise checker.memory_limit."});
    }
  });
  return rows;
}

}  // namespace pg_checker::postgres
