#include "postgres/message.hpp"

#include "postgres/error_bridge.hpp"
#include "postgres/uuid.hpp"

extern "C" {
#include "access/xlog.h"
#include "commands/dbcommands.h"
#include "utils/datetime.h"
}

namespace pg_checker::postgres {

using json = nlohmann::ordered_json;
using assertions::Status;

namespace {

template <typename T>
json OrNull(const std::optional<T>& value) {
  return value ? json(*value) : json(nullptr);
}

std::string_view ResultName(Status status) {
  switch (status) {
    case Status::kOk:
      return "succeeded";
    case Status::kWarn:
      return "warned";
    case Status::kFail:
      return "failed";
    case Status::kNoData:
      return "no_data";
    case Status::kError:
      return "error";
  }
  return "error";
}

// "/pg_checker/<system identifier>/<database>"
const std::string& Source() {
  static const std::string source = [] {
    std::string name;
    Protect([&] { name = get_database_name(MyDatabaseId); });
    return "/pg_checker/" + std::to_string(GetSystemIdentifier()) + "/" + name;
  }();
  return source;
}

json DatasetsJson(const Evaluation& evaluation) {
  json datasets = json::object();
  for (const auto& [name, facts] : evaluation.datasets) {
    // Datasets of namespace "default" appear as their checker names them, without it.
    const std::string shown = name.starts_with("default.") ? name.substr(8) : name;
    datasets[shown] = {{"rows", facts.rows},
                       {"exact", facts.exact},
                       {"sample", facts.sample ? json::parse(*facts.sample) : json::array()}};
  }
  return datasets;
}

json DataJson(const CheckerDefinition& checker, const Evaluation& evaluation, const MessageContext& context) {
  json data;
  data["id"] = evaluation.checker;
  data["result"] = ResultName(evaluation.status);
  data["error"] = OrNull(evaluation.error);
  data["rule"] = {{"language", checker.language}, {"version", evaluation.version}, {"digest", evaluation.digest}};
  data["dataset"] = DatasetsJson(evaluation);
  data["run_id"] = context.run_id;
  data["run_uuid"] = evaluation.run_uuid;
  data["status"] = assertions::StatusName(evaluation.status);
  data["message"] = OrNull(evaluation.message);
  data["severity"] = checker.severity;
  data["labels"] = json::parse(checker.labels.dump());
  data["owner"] = OrNull(checker.owner);
  data["runbook"] = OrNull(checker.runbook);
  data["sequence"] = context.sequence;
  data["incident"] = nullptr;
  data["alarm"] = {{"id", OrNull(context.episode)},
                   {"state", alarms::StateName(context.alarm->state)},
                   {"since", Iso8601(context.alarm->since_us)}};
  return data;
}

}  // namespace

std::string_view RunMessageType(Status status) {
  switch (status) {
    case Status::kOk:
      return "run.succeeded";
    case Status::kWarn:
      return "run.warned";
    case Status::kFail:
      return "run.failed";
    case Status::kNoData:
      return "run.no_data";
    case Status::kError:
      return "run.error";
  }
  return "run.error";
}

std::string Iso8601(int64_t timestamp) {
  struct pg_tm utc;
  fsec_t microseconds;
  if (timestamp2tm(timestamp, nullptr, &utc, &microseconds, nullptr, nullptr) != 0) return "";
  char text[64];
  std::snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d.%06dZ", utc.tm_year, utc.tm_mon, utc.tm_mday,
                utc.tm_hour, utc.tm_min, utc.tm_sec, static_cast<int>(microseconds));
  return text;
}

Message MakeMessage(std::string_view type, const CheckerDefinition& checker, const Evaluation& evaluation,
                    const MessageContext& context) {
  Message message;
  message.id = NewUuid();
  message.type = type;
  message.routing_key = message.type + "." + checker.severity + "." + evaluation.checker;
  json body;
  body["specversion"] = "1.0";
  body["id"] = message.id;
  body["type"] = type;
  body["source"] = Source();
  body["subject"] = evaluation.checker;
  body["time"] = Iso8601(evaluation.started_at + evaluation.duration_us);
  body["datacontenttype"] = "application/json";
  body["data"] = DataJson(checker, evaluation, context);
  message.body = body.dump();
  return message;
}

}  // namespace pg_checker::postgres
