#include "ctl/commands.hpp"

namespace pg_checker::ctl {
namespace {

constexpr int kLeastServerVersion = 150000;
constexpr int kNotificationTimeoutMs = 2000;

// Findings in the order of the looking; a later one is only looked for if the earlier ones do not
// forbid it.
class Findings {
 public:
  void Good(const std::string& check, const std::string& text) { Add(check, "ok", text, ""); }
  void Bad(const std::string& check, const std::string& text, const std::string& hint) {
    Add(check, "bad", text, hint);
    healthy_ = false;
  }
  void Bad(const std::string& check, const Failure& failure) {
    Bad(check, failure.message, failure.hint);
  }
  // What a role may not look at says nothing about whether alarms arrive.
  void BadOrSkipped(const std::string& check, const Failure& failure, const std::string& level) {
    if (LacksPrivilege(failure)) {
      Add(check, "skipped", "needs level " + level, AskForLevel(level));
    } else {
      Bad(check, failure);
    }
  }

  bool healthy() const { return healthy_; }
  const std::vector<Json>& rows() const { return rows_; }

 private:
  void Add(const std::string& check, const char* result, const std::string& text,
           const std::string& hint) {
    rows_.push_back({{"check", check}, {"result", result}, {"finding", text}, {"hint", hint}});
  }

  bool healthy_ = true;
  std::vector<Json> rows_;
};

void CheckServer(Database& database, Findings& findings) {
  const int version = database.ServerVersion();
  const std::string text = "PostgreSQL " + std::to_string(version / 10000);
  if (version >= kLeastServerVersion) {
    findings.Good("server", text);
  } else {
    findings.Bad("server", text, "pg_checker needs PostgreSQL 15 or later.");
  }
}

bool CheckExtension(Database& database, Findings& findings) {
  const auto rows = database.Rows(
      "SELECT e.extversion AS installed, a.default_version AS available"
      " FROM (SELECT 'pg_checker' AS name) p"
      " LEFT JOIN pg_catalog.pg_extension e ON e.extname = p.name"
      " LEFT JOIN pg_catalog.pg_available_extensions a ON a.name = p.name");
  if (!rows.ok()) {
    findings.Bad("extension", rows.failure());
    return false;
  }
  const Json& row = rows.value().front();
  if (row["installed"].is_null()) {
    findings.Bad("extension", "pg_checker is not installed in this database",
                 row["available"].is_null() ? "Install the server package of pg_checker first."
                                            : "Run CREATE EXTENSION pg_checker.");
    return false;
  }
  const auto installed = row["installed"].get<std::string>();
  if (row["available"].is_string() && row["available"].get<std::string>() != installed) {
    findings.Bad(
        "extension",
        "version " + installed + " where the server has " + row["available"].get<std::string>(),
        "Run ALTER EXTENSION pg_checker UPDATE.");
  } else {
    findings.Good("extension", "version " + installed);
  }
  return true;
}

void CheckListen(Database& database, Findings& findings) {
  const auto backend = database.Rows("SELECT pg_catalog.pg_backend_pid() AS pid");
  if (backend.ok() && backend.value().front()["pid"] != database.BackendPid()) {
    findings.Bad("listen", "a pooler stands between here and the server",
                 "Let checkerd connect to the server itself; through a pooler it has to poll.");
    return;
  }
  for (const char* statement : {"LISTEN checker_doctor", "NOTIFY checker_doctor"}) {
    if (const Result<void> done = database.Execute(statement); !done.ok()) {
      findings.Bad("listen", done.failure());
      return;
    }
  }
  if (database.AwaitNotification(kNotificationTimeoutMs)) {
    findings.Good("listen", "notifications arrive");
  } else {
    findings.Bad("listen", "a notification did not arrive within 2 s",
                 "Look for a proxy between here and the server.");
  }
}

// The C compiler is on the server, so the server is asked.
void CheckCompiler(Database& database, Findings& findings) {
  const auto rows = database.Rows(
      "SELECT (extract(epoch FROM checker.probe_compiler()) * 1000)::int AS milliseconds");
  if (!rows.ok()) {
    findings.BadOrSkipped("compiler", rows.failure(), "operator");
    return;
  }
  findings.Good("compiler",
                "compiled a module in " + rows.value().front()["milliseconds"].dump() + " ms");
}

void CheckSidecar(Database& database, Findings& findings) {
  const auto rows = database.Rows(
      "SELECT count(*) AS sidecars FROM pg_catalog.pg_stat_activity"
      " WHERE application_name = 'checkerd' AND datname = pg_catalog.current_database()");
  if (!rows.ok()) {
    findings.Bad("sidecar", rows.failure());
    return;
  }
  const Json& sidecars = rows.value().front()["sidecars"];
  if (sidecars == 0) {
    findings.Bad("sidecar", "no checkerd is connected to this database",
                 "Start checkerd; alarms wait in the outbox until then.");
  } else {
    findings.Good("sidecar", sidecars.dump() + " checkerd connected");
  }
}

void CheckOutbox(Database& database, Findings& findings) {
  const auto rows = database.Rows(
      "SELECT pending, dead_letters,"
      " coalesce(extract(epoch FROM clock_timestamp() - oldest_at), 0)::int AS age"
      " FROM checker.outbox_status");
  if (!rows.ok()) {
    findings.BadOrSkipped("outbox", rows.failure(), "reader");
    return;
  }
  const Json& row = rows.value().front();
  const std::string depth = row["pending"].dump() + " waiting, the oldest for " +
                            row["age"].dump() + " s, " + row["dead_letters"].dump() +
                            " dead letters";
  if (row["age"].get<int>() > 30) {
    findings.Bad("outbox", depth, "See checkerd's log and its /readyz.");
  } else if (row["dead_letters"] != 0) {
    findings.Bad("outbox", depth, "SELECT * FROM checker.dead_letters says why.");
  } else {
    findings.Good("outbox", depth);
  }
}

void Look(const std::string& dsn, Findings& findings) {
  Result<Database> connected = Database::Connect(dsn);
  if (!connected.ok()) {
    findings.Bad("connection", connected.failure());
    return;
  }
  Database& database = connected.value();
  findings.Good("connection", database.Server());
  CheckServer(database, findings);
  CheckListen(database, findings);
  if (!CheckExtension(database, findings)) return;
  CheckCompiler(database, findings);
  CheckSidecar(database, findings);
  CheckOutbox(database, findings);
}

}  // namespace

int Doctor(const std::string& dsn, Format format) {
  Findings findings;
  Look(dsn, findings);
  Print(format == Format::kTable ? RenderTable(findings.rows())
                                 : RenderDocument(findings.rows(), format));
  return findings.healthy() ? kExitOk : kExitFailed;
}

}  // namespace pg_checker::ctl
