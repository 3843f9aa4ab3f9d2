#include "postgres/made_up_rows.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/utf8.hpp"
#include "postgres/dataset_plan.hpp"
#include "postgres/dataset_query.hpp"
#include "postgres/dataset_scan.hpp"
#include "postgres/dataset_settings.hpp"
#include "postgres/read_only_section.hpp"
#include "postgres/statement.hpp"

extern "C" {
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "parser/parse_type.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
}

namespace pg_checker::postgres {

namespace {

struct Column {
  std::string name;
  std::string type;  // as SQL writes it
};

Statement dataset_columns(
    "SELECT x.value ->> 'name', x.value ->> 'type'"
    " FROM checker.dataset d, pg_catalog.jsonb_array_elements(d.columns) x"
    " WHERE d.namespace = $1 AND d.name = $2",
    {TEXTOID, TEXTOID});

Statement table_columns(
    "SELECT a.attname::text, pg_catalog.format_type(a.atttypid, a.atttypmod)"
    " FROM pg_catalog.pg_attribute a"
    " WHERE a.attrelid = $1 AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum",
    {OIDOID});

[[noreturn]] void ThrowBadRows(const std::string& message, const std::string& hint) {
  Throw({engine::ErrorKind::kSyntax, message, "", hint, "22023"});
}

std::vector<Column> ReadColumns(Statement& statement, const Datum* values) {
  std::vector<Column> columns;
  AsExtension([&] {
    const uint64_t rows = statement.Execute(values);
    for (uint64_t i = 0; i < rows; i++)
      columns.push_back({RequiredTextAt(i, 1), RequiredTextAt(i, 2)});
  });
  return columns;
}

struct Relation {
  Oid id = InvalidOid;  // InvalidOid if there is none
  Oid owner = InvalidOid;
};

// The table or view that `name` means on a search_path.
Relation FindRelation(const std::string& name, const std::string& search_path) {
  Relation relation;
  Protect([&] {
    const int guc_level = NewGUCNestLevel();
    PinSetting("search_path", search_path.c_str());
    relation.id = RelnameGetRelid(name.c_str());
    AtEOXact_GUC(false, guc_level);
    HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relation.id));
    if (HeapTupleIsValid(tuple)) {
      relation.owner = reinterpret_cast<Form_pg_class>(GETSTRUCT(tuple))->relowner;
      ReleaseSysCache(tuple);
    }
  });
  return relation;
}

// What anybody may read a value as: the type itself or, of a domain, what is below it, if that is
// one of PostgreSQL's own; else nothing.
std::string HarmlessType(const std::string& type, const std::string& search_path) {
  const char* harmless = "";
  Protect([&] {
    const int guc_level = NewGUCNestLevel();
    PinSetting("search_path", search_path.c_str());
    Oid id;
    int32 modifier;
    parseTypeString(type.c_str(), &id, &modifier, false);
    const Oid base = getBaseTypeAndTypmod(id, &modifier);
    if (base < FirstNormalObjectId && get_typtype(base) == TYPTYPE_BASE)
      harmless = format_type_with_typemod(base, modifier);
    AtEOXact_GUC(false, guc_level);
  });
  return harmless;
}

// The type that holds every value of a column; empty if all are null.
std::string InferredType(const std::vector<JsonMembers>& rows, const std::string& column) {
  std::string type;
  for (const JsonMembers& row : rows) {
    const auto found = row.find(column);
    if (found == row.end() || found->second == "null") continue;
    const std::string& value = found->second;
    std::string here = "jsonb";
    if (value[0] == '"') here = "text";
    if (value == "true" || value == "false") here = "boolean";
    if (value[0] == '-' || (value[0] >= '0' && value[0] <= '9')) {
      // What has at most 18 digits is a bigint.
      const bool whole = value.size() <= 18 && value.find_first_of(".eE") == std::string::npos;
      here = whole ? "bigint" : "numeric";
    }
    const bool numbers =
        (type == "bigint" && here == "numeric") || (type == "numeric" && here == "bigint");
    if (type.empty() || type == here) {
      type = here;
    } else {
      type = numbers ? "numeric" : "jsonb";
    }
  }
  return type;
}

// A type of PostgreSQL's own for a column without one.
std::string TypeFromRows(const std::vector<JsonMembers>& rows, const std::string& column) {
  const std::string type = InferredType(rows, column);
  if (type == "bigint") return "pg_catalog.int8";
  if (type == "boolean") return "pg_catalog.bool";
  return "pg_catalog." + (type.empty() ? "text" : type);
}

std::vector<Column> InferredColumns(const std::vector<JsonMembers>& rows) {
  std::vector<Column> columns;
  for (const JsonMembers& row : rows) {
    for (const auto& member : row) {
      const bool known = std::any_of(columns.begin(), columns.end(),
                                     [&](const Column& c) { return c.name == member.first; });
      if (!known) columns.push_back({member.first, ""});
    }
  }
  for (Column& column : columns) column.type = TypeFromRows(rows, column.name);
  return columns;
}

std::string QuotedIdentifier(const std::string& name) {
  std::string quoted;
  Protect([&] { quoted = quote_identifier(name.c_str()); });
  return quoted;
}

std::string QuotedLiteral(const std::string& text) {
  const char* quoted = nullptr;
  Protect([&] { quoted = quote_literal_cstr(text.c_str()); });
  return quoted;
}

void RequireKnownColumns(const ObjectName& name, const std::vector<Column>& columns,
                         const std::vector<JsonMembers>& rows) {
  for (size_t i = 0; i < rows.size(); i++) {
    for (const auto& member : rows[i]) {
      const bool known = std::any_of(columns.begin(), columns.end(),
                                     [&](const Column& c) { return c.name == member.first; });
      if (known) continue;
      std::string list;
      for (const Column& column : columns) list += (list.empty() ? "" : ", ") + column.name;
      ThrowBadRows("made-up row " + std::to_string(i + 1) + " of dataset \"" + name.Qualified() +
                       "\" has a column \"" + engine::Shortened(member.first, 200) +
                       "\" that the dataset has not",
                   list.empty() ? "It has no columns." : "Its columns are " + list + ".");
    }
  }
}

// A query that returns the rows.
std::string QueryOf(const std::vector<Column>& columns, const std::vector<std::string>& rows) {
  if (columns.empty()) {
    return "SELECT FROM pg_catalog.generate_series(1, " + std::to_string(rows.size()) + ")";
  }
  std::string json = "[";
  for (const std::string& row : rows) json += (json.size() > 1 ? "," : "") + row;
  std::string query = "SELECT * FROM pg_catalog.jsonb_to_recordset(" + QuotedLiteral(json + "]") +
                      "::pg_catalog.jsonb) AS made_up(";
  for (size_t i = 0; i < columns.size(); i++) {
    query += (i > 0 ? ", " : "") + QuotedIdentifier(columns[i].name) + " " + columns[i].type;
  }
  return query + ")";
}

class NoVisitor : public RowVisitor {
 public:
  bool Row(TupleTableSlot*) override { return true; }
};

// Reads the rows once, so that a value that its type refuses is told before the checker runs.
void RequireReadable(const Dataset& dataset) {
  InReadOnlySection([&] {
    ScanFailure failure;
    NoVisitor visitor;
    const JsonMembers no_params;
    auto scanned = Scan(dataset, {&no_params, false}, visitor, nullptr, &failure);
    if (failure.rethrown != nullptr) throw PostgresError(failure.rethrown);
    if (scanned) return;
    engine::Error error = scanned.error();
    error.message = "made-up rows of " + error.message;
    if (error.hint.empty()) error.hint = "Write values that the columns of the dataset can have.";
    Throw(error);
  });
}

// Beside those of datasets, which are positive, and of checkers, which are their negatives.
int64_t NextPlanNumber() {
  static int64_t last = INT64_MIN / 8;
  return ++last;
}

}  // namespace

MadeUpRows::MadeUpRows(const std::string& json, const std::string& search_path, Reader reader)
    : search_path_(search_path), reader_(reader) {
  for (const auto& [key, value] : MembersOf(json, "datasets")) {
    const ObjectName name = RequireObjectName("dataset", key);
    if (value.empty() || value[0] != '[') {
      ThrowBadRows("made-up dataset \"" + name.Qualified() + "\" is not a list of rows",
                   "Write it as in {\"users\": [{\"id\": 1, \"email\": null}]}.");
    }
    const Dataset made = Make(name, ElementsOf(value, "datasets"));
    if (!datasets_.emplace(name.Qualified(), made).second) {
      ThrowBadRows("made-up dataset \"" + name.Qualified() + "\" is there twice",
                   "Leave one of them out.");
    }
  }
}

MadeUpRows::~MadeUpRows() {
  for (const auto& entry : datasets_) ForgetPlans(entry.second);
}

std::vector<std::string> MadeUpRows::names() const {
  std::vector<std::string> names;
  for (const auto& entry : datasets_) names.push_back(entry.first);
  return names;
}

Dataset MadeUpRows::Make(const ObjectName& name, const std::vector<std::string>& rows) {
  std::vector<JsonMembers> members;
  for (const std::string& row : rows) {
    if (row[0] != '{') {
      ThrowBadRows("made-up row " + std::to_string(members.size() + 1) + " of dataset \"" +
                       name.Qualified() + "\" is not an object",
                   "Write it as in {\"id\": 1, \"email\": null}.");
    }
    members.push_back(MembersOf(row, "row"));
    Protect([] { CHECK_FOR_INTERRUPTS(); });
  }
  Dataset made = {};
  made.id = NextPlanNumber();
  made.name = name;
  made.owner = GetUserId();
  made.search_path = search_path_;
  made.settings = SettingsToKeep();
  std::vector<Column> columns;
  bool typed = false;
  bool any_type = false;
  const auto stored = LoadDatasets({name});
  bool allowed = false;
  if (stored[0]) Protect([&] { allowed = MayActFor(GetUserId(), stored[0]->owner); });
  if (allowed) {
    const Datum values[] = {TextDatum(name.name_space), TextDatum(name.name)};
    columns = ReadColumns(dataset_columns, values);
    // Its types have their names from there.
    made.search_path = stored[0]->search_path;
    typed = true;
    any_type = reader_ == Reader::kDatasets || stored[0]->owner == GetUserId();
    if (reader_ == Reader::kDatasets) made.owner = stored[0]->owner;
  } else if (name.name_space == "default") {
    const Relation relation = FindRelation(name.name, search_path_);
    if (OidIsValid(relation.id)) {
      const Datum values[] = {ObjectIdGetDatum(relation.id)};
      columns = ReadColumns(table_columns, values);
      typed = true;
      any_type = relation.owner == GetUserId();
    }
  }
  if (!typed) columns = InferredColumns(members);
  if (typed && !any_type) {
    for (Column& column : columns) {
      column.type = HarmlessType(column.type, made.search_path);
      if (column.type.empty()) column.type = TypeFromRows(members, column.name);
    }
  }
  RequireKnownColumns(name, columns, members);
  made.query = QueryOf(columns, rows);
  RequireReadable(made);
  return made;
}

Dataset MadeUpRows::Of(const ObjectName& name) {
  const auto found = datasets_.find(name.Qualified());
  if (found != datasets_.end()) return found->second;
  return datasets_.emplace(name.Qualified(), Make(name, {})).first->second;
}

std::string MadeUpRows::Over(const std::string& query) const {
  std::string tables;
  const std::string prefix = "default.";
  for (const auto& [name, dataset] : datasets_) {
    if (!name.starts_with(prefix)) continue;
    tables += (tables.empty() ? "WITH " : ", ") + QuotedIdentifier(name.substr(prefix.size())) +
              " AS (" + dataset.query + ")";
  }
  if (tables.empty()) return query;
  const size_t end = query.find_last_not_of("; \t\r\n");
  // On a line of its own: the query may end with a comment.
  return tables + " SELECT * FROM (" + query.substr(0, end + 1) + "\n) AS checked";
}

}  // namespace pg_checker::postgres
