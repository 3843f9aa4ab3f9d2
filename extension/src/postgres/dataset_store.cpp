#include "postgres/dataset_store.hpp"

#include <algorithm>

#include "postgres/dataset.hpp"
#include "postgres/dataset_query.hpp"
#include "postgres/dataset_scan.hpp"
#include "postgres/ownership.hpp"
#include "postgres/read_only_section.hpp"
#include "postgres/row_json.hpp"
#include "postgres/settings.hpp"
#include "postgres/statement.hpp"

namespace pg_checker::postgres {

namespace {

Statement insert_dataset(
    "INSERT INTO checker.dataset (namespace, name, query, params, description, columns, "
    "search_path, settings, owned_by)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9::regrole) ON CONFLICT DO NOTHING RETURNING id",
    {TEXTOID, TEXTOID, TEXTOID, JSONBOID, TEXTOID, JSONBOID, TEXTOID, JSONBOID, OIDOID});

Statement update_dataset(
    "UPDATE checker.dataset SET query = $3, params = $4, description = $5, columns = $6, "
    "search_path = $7, settings = $8, owned_by = $9::regrole,"
    " changed_at = pg_catalog.clock_timestamp() WHERE namespace = $1 AND name = $2 RETURNING id",
    {TEXTOID, TEXTOID, TEXTOID, JSONBOID, TEXTOID, JSONBOID, TEXTOID, JSONBOID, OIDOID});

Statement alter_dataset(
    "UPDATE checker.dataset SET params = coalesce($3, params),"
    " description = CASE WHEN NOT $5 THEN coalesce($4, description) END,"
    " changed_at = pg_catalog.clock_timestamp() WHERE namespace = $1 AND name = $2",
    {TEXTOID, TEXTOID, JSONBOID, TEXTOID, BOOLOID});

Statement alter_query(
    "UPDATE checker.dataset SET query = $3, columns = $4, search_path = $5, settings = $6"
    " WHERE namespace = $1 AND name = $2",
    {TEXTOID, TEXTOID, TEXTOID, JSONBOID, TEXTOID, JSONBOID});

// Not against checkers that begin to use it (FOR KEY SHARE), for which only its name counts.
Statement lock_for_update(
    "SELECT d.owned_by::oid FROM checker.dataset d WHERE d.namespace = $1 AND d.name = $2"
    " FOR NO KEY UPDATE",
    {TEXTOID, TEXTOID});

Statement lock_for_drop(
    "SELECT d.owned_by::oid FROM checker.dataset d WHERE d.namespace = $1 AND d.name = $2"
    " FOR UPDATE",
    {TEXTOID, TEXTOID});

Statement find_users(
    "SELECT c.namespace || '.' || c.name FROM checker.checker c WHERE $1 = ANY (c.datasets) ORDER "
    "BY 1 LIMIT 5",
    {TEXTOID});

Statement delete_dataset("DELETE FROM checker.dataset WHERE namespace = $1 AND name = $2",
                         {TEXTOID, TEXTOID});

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

namespace {

// Locks the row with one of the statements above; the owner, or nothing if there is no such
// dataset.
std::optional<Oid> LockDataset(const ObjectName& name, Statement& lock) {
  std::optional<Oid> owner;
  AsExtension([&] {
    const Datum values[] = {TextDatum(name.name_space), TextDatum(name.name)};
    if (lock.Execute(values) == 0) return;
    bool is_null;
    owner = DatumGetObjectId(ColumnAt(0, 1, &is_null));
  });
  return owner;
}

[[noreturn]] void ThrowTaken(const ObjectName& name) {
  Throw({engine::ErrorKind::kDataset, "dataset \"" + name.Qualified() + "\" already exists", "",
         "Choose another name, or pass or_replace => true.", "42710"});
}

}  // namespace

int64_t CreateDataset(const ObjectName& name, const DatasetOptions& options) {
  RequireWritable("dataset", name);
  for (;;) {
    const std::optional<Oid> existing = LockDataset(name, lock_for_update);
    if (existing && options.or_replace) RequireOwnership("dataset", name, *existing);
    const Oid owner = options.or_replace ? OwnerAfter(existing) : GetUserId();
    const CheckedQuery checked = CheckQuery("dataset \"" + name.Qualified() + "\"", options.query,
                                            owner, ColumnNames::kUnique);
    if (existing && !options.or_replace) ThrowTaken(name);
    int64_t id = 0;
    AsExtension([&] {
      bool nulls[9] = {};
      const Datum values[] = {TextDatum(name.name_space),
                              TextDatum(name.name),
                              TextDatum(options.query),
                              JsonbDatum(options.params),
                              OptionalTextDatum(options.description, &nulls[4]),
                              JsonbDatum(checked.columns_json),
                              TextDatum(checked.search_path),
                              JsonbDatum(ObjectText(checked.settings)),
                              ObjectIdGetDatum(owner)};
      Statement& write = existing ? update_dataset : insert_dataset;
      if (write.Execute(values, nulls) > 0) id = *Int64At(0, 1);
    });
    if (id != 0) return id;
    // Somebody else has created it meanwhile: now it is there to be replaced, or to be in the way.
  }
}

void AlterDataset(const ObjectName& name, const DatasetChange& change) {
  RequireWritable("dataset", name);
  const std::optional<Oid> owner = LockDataset(name, lock_for_update);
  if (!owner) ThrowUnknownDataset(name);
  RequireOwnership("dataset", name, *owner);
  std::optional<CheckedQuery> checked;
  if (change.query) {
    checked = CheckQuery("dataset \"" + name.Qualified() + "\"", *change.query, *owner,
                         ColumnNames::kUnique);
  }
  AsExtension([&] {
    bool nulls[5] = {};
    nulls[2] = !change.params;
    const Datum values[] = {TextDatum(name.name_space), TextDatum(name.name),
                            change.params ? JsonbDatum(*change.params) : Datum{0},
                            OptionalTextDatum(change.description, &nulls[3]),
                            BoolGetDatum(change.drop_description)};
    alter_dataset.Execute(values, nulls);
    if (!checked) return;
    const Datum query[] = {
        TextDatum(name.name_space),      TextDatum(name.name),
        TextDatum(*change.query),        JsonbDatum(checked->columns_json),
        TextDatum(checked->search_path), JsonbDatum(ObjectText(checked->settings))};
    alter_query.Execute(query);
  });
}

void DropDataset(const ObjectName& name, bool force) {
  RequireWritable("dataset", name);
  // Locked before its users are looked for: a checker that begins to use it waits, or is seen.
  const std::optional<Oid> owner = LockDataset(name, lock_for_drop);
  if (!owner) ThrowUnknownDataset(name);
  RequireOwnership("dataset", name, *owner);
  std::string users;
  AsExtension([&] {
    if (!force) {
      const Datum values[] = {TextDatum(name.Qualified())};
      const uint64_t rows = find_users.Execute(values);
      for (uint64_t i = 0; i < rows; i++) users += (i > 0 ? ", " : "") + RequiredTextAt(i, 1);
    }
    if (!users.empty()) return;
    const Datum values[] = {TextDatum(name.name_space), TextDatum(name.name)};
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
  if (const auto ownerless = WithoutOwner(dataset)) Throw(*ownerless);
  std::vector<std::string> rows;
  if (max_rows <= 0) return rows;
  InReadOnlySection([&] {
    Deadline deadline(settings.timeout_ms);
    ScanFailure failure;
    const auto limit_kb = std::min(settings.memory_limit_kb, settings.max_memory_limit_kb);
    JsonVisitor visitor(rows, static_cast<size_t>(max_rows), static_cast<size_t>(limit_kb) * 1024);
    auto scanned = Scan(dataset, {&dataset.params, true}, visitor, &deadline, &failure);
    if (failure.rethrown != nullptr) throw PostgresError(failure.rethrown);
    if (!scanned) {
      engine::Error error = scanned.error();
      if (error.hint.empty())
        error.hint = "Correct the query with checker.create_dataset and or_replace => true.";
      Throw(error);
    }
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
