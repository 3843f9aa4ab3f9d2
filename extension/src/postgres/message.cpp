#include "postgres/message.hpp"

#include "postgres/error_bridge.hpp"
#include "postgres/result_json.hpp"
#include "postgres/uuid.hpp"

extern "C" {
#include "access/xlog.h"
#include "commands/dbcommands.h"
#include "utils/datetime.h"
}

namespace pg_checker::postgres {

using assertions::Status;

namespace {

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

// A segment of a URI reference (RFC 3986, section 2.3), which CloudEvents wants for a source.
std::string PercentEncoded(std::string_view text) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool letter = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
    const bool digit = byte >= '0' && byte <= '9';
    if (letter || digit || c == '-' || c == '.' || c == '_' || c == '~') {
      encoded += c;
    } else {
      encoded += '%';
      encoded += kDigits[byte >> 4];
      encoded += kDigits[byte & 15];
    }
  }
  return encoded;
}

// "/pg_checker/<system identifier>/<database>"
const std::string& Source() {
  static const std::string source = [] {
    std::string name;
    Protect([&] { name = get_database_name(MyDatabaseId); });
    return "/pg_checker/" + std::to_string(GetSystemIdentifier()) + "/" + PercentEncoded(name);
  }();
  return source;
}

std::string DatasetsJson(const Evaluation& evaluation) {
  JsonMembers datasets;
  for (const auto& [name, facts] : evaluation.datasets) {
    // Datasets of namespace "default" appear as their checker names them, without it.
    datasets[name.starts_with("default.") ? name.substr(8) : name] = FactsJson(facts, "[]");
  }
  return ObjectText(datasets);
}

// Members in the order in which the contract lists them; values are JSON text.
class OrderedObject {
 public:
  OrderedObject& Add(std::string_view name, std::string_view json) {
    text_ += text_.empty() ? "{" : ",";
    text_ += QuoteJson(name);
    text_ += ":";
    text_ += json;
    return *this;
  }
  OrderedObject& AddText(std::string_view name, const std::optional<std::string>& text) {
    return Add(name, text ? QuoteJson(*text) : "null");
  }
  std::string Text() const { return text_ + "}"; }

 private:
  std::string text_;
};

std::string DataJson(const CheckerDefinition& checker, const Evaluation& evaluation,
                     const MessageContext& context) {
  const std::string rule = OrderedObject()
                               .AddText("language", checker.language)
                               .Add("version", std::to_string(evaluation.version))
                               .AddText("digest", evaluation.digest)
                               .Text();
  const std::string alarm =
      OrderedObject()
          .AddText("id", context.episode)
          .AddText("state", std::string(alarms::StateName(context.alarm->state)))
          .AddText("since", Iso8601(context.alarm->since_us))
          .Text();
  return OrderedObject()
      .AddText("id", evaluation.checker)
      .AddText("result", std::string(ResultName(evaluation.status)))
      .AddText("error", evaluation.error)
      .Add("rule", rule)
      .Add("dataset", DatasetsJson(evaluation))
      .Add("run_id", context.run_id ? std::to_string(*context.run_id) : "null")
      .AddText("status", std::string(assertions::StatusName(evaluation.status)))
      .AddText("message", evaluation.message)
      .AddText("severity", checker.severity)
      .Add("labels", checker.labels)
      .AddText("owner", checker.owner)
      .AddText("runbook", checker.runbook)
      .Add("sequence", std::to_string(context.sequence))
      .Add("incident", "null")
      .Add("alarm", alarm)
      .Text();
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
  std::snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d.%06dZ", utc.tm_year, utc.tm_mon,
                utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec, static_cast<int>(microseconds));
  return text;
}

Message MakeMessage(std::string_view type, const CheckerDefinition& checker,
                    const Evaluation& evaluation, const MessageContext& context) {
  Message message;
  message.id = NewUuid();
  message.type = type;
  message.routing_key = message.type + "." + checker.severity + "." + evaluation.checker;
  message.body = OrderedObject()
                     .AddText("specversion", "1.0")
                     .AddText("id", message.id)
                     .AddText("type", message.type)
                     .AddText("source", Source())
                     .AddText("subject", evaluation.checker)
                     .AddText("time", Iso8601(evaluation.started_at + evaluation.duration_us))
                     .AddText("datacontenttype", "application/json")
                     .Add("data", DataJson(checker, evaluation, context))
                     .Text();
  return message;
}

}  // namespace pg_checker::postgres
