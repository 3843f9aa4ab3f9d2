#include "assertions/failing_rows.hpp"

#include <nlohmann/json.hpp>

namespace pg_checker::assertions {

namespace {

std::optional<std::string> MessageOf(const std::optional<std::string>& sample) {
  if (!sample) return std::nullopt;
  const auto rows = nlohmann::json::parse(*sample, nullptr, false);
  if (!rows.is_array() || rows.empty() || !rows[0].is_object()) return std::nullopt;
  const auto message = rows[0].find("message");
  if (message == rows[0].end() || !message->is_string()) return std::nullopt;
  return message->get<std::string>();
}

}  // namespace

Assertion EachRowFails(RowScan scan) {
  Assertion assertion;
  assertion.expected = "= 0";
  assertion.actual = std::to_string(scan.rows);
  assertion.exact = scan.ended;
  if (scan.rows == 0) {
    assertion.message = "the query returned no rows";
    return assertion;
  }
  assertion.outcome = Status::kFail;
  assertion.message = MessageOf(scan.sample);
  if (!assertion.message) {
    assertion.message = std::string("the query returned ") + (scan.ended ? "" : "at least ") +
                        std::to_string(scan.rows) + (scan.rows == 1 ? " row" : " rows");
  }
  assertion.sample = std::move(scan.sample);
  return assertion;
}

}  // namespace pg_checker::assertions
