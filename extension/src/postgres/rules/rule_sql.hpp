// Rules as SQL: what each one asks of its dataset, in expressions that one query over the dataset
// computes together. PostgreSQL decides what is equal, less or matching; nothing here compares.
//
// The query reads one row source under the alias `checker row`; other datasets are joined to it.
#pragma once

#include "assertions/rules/rule.hpp"
#include "postgres/rules/column_facts.hpp"

namespace pg_checker::postgres {

// Something to select from, with its columns.
struct SqlSource {
  std::string from;  // a table expression: a query in brackets, a relation's name
  std::vector<ColumnFacts> columns;
};

struct SqlSite {
  const SqlSource& source;
  std::map<std::string, SqlSource> others;  // by the name that rules use
  int max_samples;                          // 0: failing rows are counted only
};

// Places of a rule's answers in the array that the query returns; -1 where it has none.
struct RuleColumns {
  int value = -1;   // the metric, as text
  int number = -1;  // the metric as numeric, if it is a number
  int sample = -1;  // rows to show should the metric fail: {"rows", "sample"}
  // For a metric's bound: whether it holds. For one on rows: the failing ones, {"rows", "sample"}.
  int fail = -1;
  int warn = -1;
  int recover = -1;
};

// Collects the expressions of all rules on one dataset. Equal ones are computed once.
class RuleQuery {
 public:
  // `in_order`: a rule looks at the order of rows (increasing).
  RuleQuery(const SqlSite& site, bool in_order);

  // A Fault if the rule names what the dataset does not have, or a type that the assert cannot do.
  assertions::rules::Checked<RuleColumns> Add(const assertions::rules::Rule& rule);

  // A place for the first rows of all: {"rows", "sample"}; -1 where none are to be shown.
  int AddFirstRows();

  // The query: one text[], of which the first item is the number of rows read. `limit`: read no
  // more rows.
  std::string Text(std::optional<uint64_t> limit) const;
  int column_count() const { return static_cast<int>(columns_.size()); }

 private:
  friend class RuleExpressions;
  int Column(const std::string& expression);
  // An alias for another dataset, and joining it: rows without a partner stay.
  std::string NextPartner();
  void Join(const std::string& table, const std::string& alias, const std::string& condition);
  // The largest value of a column before this row.
  std::string RunningMax(const ColumnFacts& column);

  const SqlSite& site_;
  const bool in_order_;
  const std::string whole_row_;
  std::vector<std::string> columns_;
  std::string joins_;
  int join_count_ = 0;
  std::vector<std::string> windows_;
};

}  // namespace pg_checker::postgres
