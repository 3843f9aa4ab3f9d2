#include "postgres/dataset_query.hpp"

#include "postgres/dataset_settings.hpp"
#include "postgres/error_bridge.hpp"
#include "postgres/query_tokens.hpp"

extern "C" {
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "utils/varlena.h"
}

namespace pg_checker::postgres {

namespace {

// What is inside runs below PG_TRY and ereports directly: no object with a destructor lives here.

// PostgreSQL declares walkers without their parameters.
using Walker = bool (*)();

bool FindRowLock(Node* node, void* context) {
  if (node == nullptr) return false;
  if (IsA(node, Query)) {
    auto* query = reinterpret_cast<Query*>(node);
    if (query->hasForUpdate || query->rowMarks != NIL) return true;
    return query_tree_walker(query, reinterpret_cast<Walker>(reinterpret_cast<void*>(FindRowLock)),
                             context, 0);
  }
  return expression_tree_walker(
      node, reinterpret_cast<Walker>(reinterpret_cast<void*>(FindRowLock)), context);
}

RawStmt* ParseOne(const char* query) {
  List* statements = raw_parser(query, RAW_PARSE_DEFAULT);
  if (statements == NIL) {
    ereport(ERROR, (errcode(ERRCODE_SYNTAX_ERROR), errmsg("query is empty"),
                    errhint("Write one SELECT statement.")));
  }
  if (list_length(statements) > 1) {
    auto* second = lsecond_node(RawStmt, statements);
    // stmt_location counts from the end of the statement before, white space included.
    int location = second->stmt_location;
    while (query[location] != '\0' && isspace(static_cast<unsigned char>(query[location])))
      location++;
    ereport(ERROR, (errcode(ERRCODE_SYNTAX_ERROR), errmsg("query has more than one statement"),
                    errhint("Make each statement a dataset of its own."),
                    errposition(pg_mbstrlen_with_len(query, location) + 1)));
  }
  return linitial_node(RawStmt, statements);
}

int CharacterPosition(const char* query, int location) {
  return location < 0 ? 0 : pg_mbstrlen_with_len(query, location) + 1;
}

[[noreturn]] void RefuseStatement(const char* text, int location) {
  ereport(ERROR,
          (errcode(ERRCODE_READ_ONLY_SQL_TRANSACTION), errmsg("query is not a SELECT statement"),
           errhint("A dataset only reads: write SELECT, VALUES, TABLE or WITH ... SELECT."),
           errposition(CharacterPosition(text, location))));
  pg_unreachable();
}

void RefuseRowLocks(const char* text, Query* query) {
  if (!FindRowLock(reinterpret_cast<Node*>(query), nullptr)) return;
  // It may be a view's.
  const int location = FindKeywords(text, {"for", "update|share|no|key"});
  ereport(ERROR, (errcode(ERRCODE_READ_ONLY_SQL_TRANSACTION),
                  errmsg(location < 0 ? "query locks rows of a view" : "query locks rows"),
                  errhint("A dataset only reads: leave FOR UPDATE and FOR SHARE out."),
                  errposition(CharacterPosition(text, location))));
}

void RefuseWrites(const char* text, Query* query) {
  if (query->commandType != CMD_SELECT) {
    const int into = FindKeywords(text, {"into"});
    const bool selects_into = into >= 0 && FindKeywords(text, {"create"}) < 0;
    RefuseStatement(text, selects_into ? into : FirstToken(text));
  }
  ListCell* cell;
  foreach (cell, query->cteList) {
    auto* cte = lfirst_node(CommonTableExpr, cell);
    auto* inner = reinterpret_cast<Query*>(cte->ctequery);
    if (IsA(inner, Query) && inner->commandType != CMD_SELECT) {
      ereport(ERROR, (errcode(ERRCODE_READ_ONLY_SQL_TRANSACTION),
                      errmsg("query writes in WITH \"%s\"", cte->ctename),
                      errhint("A dataset only reads: leave INSERT, UPDATE, DELETE and MERGE out."),
                      errposition(CharacterPosition(text, cte->location))));
    }
  }
  if (query->hasModifyingCTE) {
    ereport(ERROR, (errcode(ERRCODE_READ_ONLY_SQL_TRANSACTION), errmsg("query writes in WITH"),
                    errhint("A dataset only reads: leave INSERT, UPDATE, DELETE and MERGE out."),
                    errposition(CharacterPosition(text, FirstToken(text)))));
  }
  RefuseRowLocks(text, query);
}

void CheckColumns(const char* text, Query* query) {
  ListCell* cell;
  foreach (cell, query->targetList) {
    auto* entry = lfirst_node(TargetEntry, cell);
    if (entry->resjunk) continue;
    const int position =
        CharacterPosition(text, exprLocation(reinterpret_cast<Node*>(entry->expr)));
    if (entry->resname == nullptr || strcmp(entry->resname, "?column?") == 0 ||
        entry->resname[0] == '\0') {
      ereport(ERROR, (errcode(ERRCODE_INVALID_COLUMN_DEFINITION),
                      errmsg("column %d has no name", entry->resno),
                      errhint("Give it one with AS."), errposition(position)));
    }
    ListCell* other_cell;
    foreach (other_cell, query->targetList) {
      auto* other = lfirst_node(TargetEntry, other_cell);
      if (other == entry) break;
      if (!other->resjunk && strcmp(other->resname, entry->resname) == 0) {
        ereport(ERROR, (errcode(ERRCODE_DUPLICATE_COLUMN),
                        errmsg("column \"%s\" is there twice", entry->resname),
                        errhint("Give one of them another name with AS."), errposition(position)));
      }
    }
  }
}

char* ColumnsJson(Query* query) {
  StringInfoData json;
  initStringInfo(&json);
  appendStringInfoChar(&json, '[');
  ListCell* cell;
  foreach (cell, query->targetList) {
    auto* entry = lfirst_node(TargetEntry, cell);
    if (entry->resjunk) continue;
    if (json.len > 1) appendStringInfoChar(&json, ',');
    appendStringInfoString(&json, "{\"name\":");
    escape_json(&json, entry->resname);
    appendStringInfoString(&json, ",\"type\":");
    const Oid type = exprType(reinterpret_cast<Node*>(entry->expr));
    const int32 modifier = exprTypmod(reinterpret_cast<Node*>(entry->expr));
    escape_json(&json, format_type_with_typemod(type, modifier));
    appendStringInfoChar(&json, '}');
  }
  appendStringInfoChar(&json, ']');
  return json.data;
}

// Parses, checks and plans; the columns as JSON. Raises.
char* CheckInServer(const char* text, ColumnNames names) {
  RawStmt* raw = ParseOne(text);
  if (nodeTag(raw->stmt) == T_InsertStmt || nodeTag(raw->stmt) == T_UpdateStmt ||
      nodeTag(raw->stmt) == T_DeleteStmt || nodeTag(raw->stmt) == T_MergeStmt) {
    RefuseStatement(text, FirstToken(text));
  }
  Query* query = parse_analyze_fixedparams(raw, text, nullptr, 0, nullptr);
  RefuseWrites(text, query);
  if (names == ColumnNames::kUnique) CheckColumns(text, query);
  char* columns = ColumnsJson(query);
  List* rewritten = pg_rewrite_query(query);
  ListCell* cell;
  foreach (cell, rewritten) {
    RefuseRowLocks(text, lfirst_node(Query, cell));
    PlannedStmt* plan =
        pg_plan_query(lfirst_node(Query, cell), text, CURSOR_OPT_PARALLEL_OK, nullptr);
    ExecCheckRTPerms(plan->rtable, true);
  }
  return columns;
}

// The caller's path with its temporary schema last, where the caller's own tables cannot shadow
// what the query means. Palloc'd.
char* PinnedSearchPath() {
  List* schemas = NIL;
  SplitIdentifierString(pstrdup(namespace_search_path), ',', &schemas);
  StringInfoData path;
  initStringInfo(&path);
  ListCell* cell;
  foreach (cell, schemas) {
    const char* schema = static_cast<const char*>(lfirst(cell));
    if (strcmp(schema, "pg_temp") == 0) continue;
    appendStringInfo(&path, "%s, ", quote_identifier(schema));
  }
  appendStringInfoString(&path, "pg_temp");
  return path.data;
}

[[noreturn]] void ThrowQueryError(const std::string& label, const std::string& query,
                                  ErrorData* error) {
  if (IsRethrown(*error)) throw PostgresError(error);
  Protect([&] {
    error->message = psprintf("%s: %s", label.c_str(), error->message);
    if (error->hint == nullptr) error->hint = pstrdup("Correct the query, then create it again.");
    // The position is one in the dataset's query, not in the statement that the client sent.
    if (error->cursorpos > 0) {
      error->internalpos = error->cursorpos;
      error->internalquery = pstrdup(query.c_str());
      error->cursorpos = 0;
    }
  });
  throw PostgresError(error);
}

}  // namespace

CheckedQuery CheckQuery(const std::string& label, const std::string& query, Oid owner,
                        ColumnNames names) {
  CheckedQuery checked;
  checked.settings = SettingsToKeep();
  const char* path = nullptr;
  const char* columns = nullptr;
  ErrorData* error = CatchIn([&] {
    path = PinnedSearchPath();
    Oid user;
    int security;
    GetUserIdAndSecContext(&user, &security);
    const int guc_level = NewGUCNestLevel();
    if (owner != user) {
      SetUserIdAndSecContext(
          owner, security | SECURITY_LOCAL_USERID_CHANGE | SECURITY_RESTRICTED_OPERATION);
    }
    PinSetting("search_path", path);
    PinDatasetSettings(checked.settings);
    columns = CheckInServer(query.c_str(), names);
    AtEOXact_GUC(false, guc_level);
    SetUserIdAndSecContext(user, security);
  });
  if (error != nullptr) ThrowQueryError(label, query, error);
  checked.search_path = path;
  checked.columns_json = columns;
  return checked;
}

void RequireOneStatement(const std::string& label, const std::string& query) {
  if (ErrorData* error = CatchIn([&] { ParseOne(query.c_str()); }))
    ThrowQueryError(label, query, error);
}

std::string CurrentSearchPath() {
  const char* path = nullptr;
  Protect([&] { path = PinnedSearchPath(); });
  return path;
}

}  // namespace pg_checker::postgres
