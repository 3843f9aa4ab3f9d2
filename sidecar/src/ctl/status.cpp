#include "ctl/commands.hpp"

namespace pg_checker::ctl {

Result<int> Status(Database& database, Format format) {
  const auto outbox = database.Rows(
      "SELECT pending, coalesce(round(extract(epoch FROM clock_timestamp() - oldest_at), 1), 0) "
      "AS oldest_age_seconds, dead_letters, leased_checkers FROM checker.outbox_status");
  if (!outbox.ok()) return outbox.failure();
  const auto checkers = database.Rows(
      "SELECT coalesce(status::text, 'never run') AS status, count(*) AS checkers,"
      " count(*) FILTER (WHERE NOT enabled) AS disabled,"
      " count(*) FILTER (WHERE alarm = 'firing') AS firing"
      " FROM checker.checkers GROUP BY status ORDER BY status DESC NULLS LAST");
  if (!checkers.ok()) return checkers.failure();
  const Json outbox_row = outbox.value().empty() ? Json::object() : outbox.value().front();
  if (format == Format::kTable) {
    Print("Outbox\n" + RenderRecord(outbox_row) + "\nCheckers\n" + RenderTable(checkers.value()));
  } else {
    Print(RenderDocument({{"outbox", outbox_row}, {"checkers", checkers.value()}}, format));
  }
  return kExitOk;
}

}  // namespace pg_checker::ctl
