#include "postgres/rules/metric_history.hpp"

#include "assertions/rules/vocabulary.hpp"
#include "postgres/statement.hpp"

namespace pg_checker::postgres {

using assertions::rules::Assert;
using assertions::rules::Bound;
using assertions::rules::Change;
using assertions::rules::Rule;

namespace {

// The figures of the last so many runs, up to a time: one of each, whatever the number of rules on
// the same metric.
#define EARLIER_FIGURES                                                \
  "(SELECT DISTINCT ON (r.id) a.value FROM checker.run r"              \
  " JOIN checker.assertion a ON a.run_id = r.id"                       \
  " WHERE r.checker_id = $1 AND a.metric = $2 AND a.value IS NOT NULL" \
  " AND ($3 IS NULL OR r.started_at <= $4 - $3::interval)"             \
  " ORDER BY r.id DESC, a.seq LIMIT $5) AS earlier"
#define FIGURE_TYPES INT8OID, TEXTOID, TEXTOID, TIMESTAMPTZOID, INT4OID, NUMERICOID

Statement absolute_change(
    "SELECT pg_catalog.trim_scale($6 - pg_catalog.avg(value))::text FROM " EARLIER_FIGURES,
    {FIGURE_TYPES});

// From nothing, any change is infinite.
Statement percent_change(
    "SELECT pg_catalog.trim_scale((CASE WHEN base <> 0 THEN 100 * ($6 - base) / abs(base) WHEN $6 "
    "= base THEN 0"
    " WHEN $6 > base THEN 'Infinity' ELSE '-Infinity' END)::numeric)::text"
    " FROM (SELECT pg_catalog.avg(value) AS base FROM " EARLIER_FIGURES
    ") AS average"
    " WHERE base IS NOT NULL",
    {FIGURE_TYPES});

Statement z_score(
    "SELECT pg_catalog.trim_scale((CASE WHEN deviation <> 0 THEN ($6 - base) / deviation WHEN $6 = "
    "base THEN 0"
    " WHEN $6 > base THEN 'Infinity' ELSE '-Infinity' END)::numeric)::text"
    " FROM (SELECT pg_catalog.avg(value) AS base, pg_catalog.stddev_samp(value) AS deviation"
    " FROM " EARLIER_FIGURES ") AS spread WHERE deviation IS NOT NULL",
    {FIGURE_TYPES});

Statement last_outcome(
    "SELECT a.outcome = 'fail' FROM checker.run r JOIN checker.assertion a ON a.run_id = r.id"
    " WHERE r.checker_id = $1 AND r.version = $2 AND a.seq = $3 ORDER BY r.id DESC LIMIT 1",
    {INT8OID, INT4OID, INT4OID});

Statement percent_of("SELECT pg_catalog.trim_scale(100.0 * $1 / nullif($2, 0))::text",
                     {NUMERICOID, NUMERICOID});

Statement number_holds(
    "SELECT CASE $1 WHEN '=' THEN $2 = $3 WHEN '<>' THEN $2 <> $3 WHEN '<' THEN $2 < $3"
    " WHEN '<=' THEN $2 <= $3 WHEN '>' THEN $2 > $3 ELSE $2 >= $3 END",
    {TEXTOID, NUMERICOID, NUMERICOID});

Datum NumericDatum(const std::string& text) {
  Datum number = 0;
  Protect([&] {
    number = DirectFunctionCall3(numeric_in, CStringGetDatum(text.c_str()),
                                 ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1));
  });
  return number;
}

bool Compares(std::string_view symbol, const std::string& left, const std::string& right) {
  bool holds = false;
  AsExtension([&] {
    const Datum values[] = {TextDatum(symbol), NumericDatum(left), NumericDatum(right)};
    number_holds.Execute(values);
    bool is_null;
    holds = DatumGetBool(ColumnAt(0, 1, &is_null));
  });
  return holds;
}

Statement& StatementFor(Change::As as) {
  switch (as) {
    case Change::As::kPercent:
      return percent_change;
    case Change::As::kZScore:
      return z_score;
    case Change::As::kAbsolute:
      break;
  }
  return absolute_change;
}

}  // namespace

std::optional<std::string> ChangeSince(int64_t checker_id, const std::string& label,
                                       const Change& change, TimestampTz now,
                                       const std::string& current) {
  std::optional<std::string> result;
  AsExtension([&] {
    bool nulls[6] = {};
    std::optional<std::string> interval;
    if (change.interval) interval = change.interval->text;
    const Datum values[] = {Int64GetDatum(checker_id),
                            TextDatum(label),
                            OptionalTextDatum(interval, &nulls[2]),
                            TimestampTzGetDatum(now),
                            Int32GetDatum(change.over),
                            NumericDatum(current)};
    if (StatementFor(change.as).Execute(values, nulls) > 0) result = TextAt(0, 1);
  });
  return result;
}

bool FailedLastTime(int64_t checker_id, int version, int place) {
  bool failed = false;
  AsExtension([&] {
    const Datum values[] = {Int64GetDatum(checker_id), Int32GetDatum(version),
                            Int32GetDatum(place)};
    bool is_null;
    if (last_outcome.Execute(values) > 0) failed = DatumGetBool(ColumnAt(0, 1, &is_null));
  });
  return failed;
}

std::optional<std::string> PercentOf(const std::string& part, const std::string& whole) {
  std::optional<std::string> result;
  AsExtension([&] {
    const Datum values[] = {NumericDatum(part), NumericDatum(whole)};
    percent_of.Execute(values);
    result = TextAt(0, 1);
  });
  return result;
}

bool NumberHolds(const Rule& rule, const Bound& bound, const std::string& number) {
  if (rule.assertion == Assert::kBetween) {
    return Compares(">=", number, bound.operand->items[0].text) &&
           Compares("<=", number, bound.operand->items[1].text);
  }
  return Compares(ComparisonSymbol(rule.comparison), number, bound.operand->text);
}

}  // namespace pg_checker::postgres
