// Evaluating a checker: pure, writes nothing, works on a standby. The result is a plain value,
// which recording.hpp stores and result_json.hpp turns into JSON and back.
#pragma once

#include "assertions/report.hpp"
#include "postgres/checker_definition.hpp"
#include "postgres/made_up_rows.hpp"

namespace pg_checker::postgres {

struct LogLine {
  std::string level;  // "debug", "info", "warning", "error"
  std::string text;
};

// What a run got to know of a dataset, for messages.
struct DatasetFacts {
  uint64_t rows = 0;
  bool exact = false;
  std::optional<std::string> sample;  // a JSON array
};

struct Evaluation {
  std::string run_uuid;
  std::string checker;  // qualified name
  int version = 0;
  assertions::Status status = assertions::Status::kOk;
  std::optional<std::string> message;
  int failures = 0;
  int passes = 0;
  int64_t started_at = 0;  // TimestampTz: µs since 2000-01-01 UTC
  int64_t duration_us = 0;
  std::optional<std::string> output;
  std::optional<std::string> error;
  std::vector<assertions::Assertion> assertions;
  std::vector<LogLine> log;
  int64_t fuel = 0;
  std::string digest;  // "sha256:…"
  std::map<std::string, DatasetFacts> datasets;
};

struct EvaluationRequest {
  std::optional<std::string> input;     // JSON text; else the checker's own
  JsonMembers params;                   // over the checker's
  std::optional<std::string> run_uuid;  // else a new one
  MadeUpRows* made_up = nullptr;        // in place of what the datasets would return
};

// Runs the checker over its datasets under one snapshot. Throws PostgresError only for what no
// checker may swallow: cancels, shutdown, serialization failures, faults of the server.
Evaluation Evaluate(const CheckerDefinition& checker, const EvaluationRequest& request);

}  // namespace pg_checker::postgres
