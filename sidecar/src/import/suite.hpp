// Definitions that an import makes: datasets, a rule checker for each relation, SQL checkers for
// what rules cannot say, and a line for all that could not be taken over.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "definitions/value.hpp"

namespace pg_checker::import {

using definitions::Value;

// How many failing rows are too many, as numbers in JSON spelling.
struct Limits {
  std::optional<std::string> fail_over = "0";
  std::optional<std::string> warn_over;
  // Instead of the numbers: the percentage of failing rows that still passes.
  std::optional<std::string> allow_percent;

  bool is_usual() const { return fail_over == "0" && !warn_over && !allow_percent; }
};

class Suite {
 public:
  // The name of the dataset with all rows of a relation, or those where a condition holds. The
  // relation is SQL text, quoted as needed.
  std::string Rows(const std::string& relation, const std::string& condition = "");

  // The name of a dataset with this query, made from `hint`.
  std::string Query(const std::string& hint, const std::string& query);

  // A rule by column, of which failing rows are counted.
  void AddRowRule(const std::string& relation, Value rule, const Limits& limits);

  // A rule on a metric: its `value` becomes warn_value where the limits only warn.
  void AddMetricRule(const std::string& relation, Value rule, const Limits& limits);

  // A query of which every row is a failure.
  void AddFailingRows(const std::string& relation, const std::string& hint,
                      const std::string& query, const std::string& message, const Limits& limits);

  // What could not be taken over, and why.
  void Leave(const std::string& place, const std::string& what, const std::string& why);

  std::size_t taken() const { return taken_; }
  const std::vector<std::string>& left() const { return left_; }

  // A YAML document for apply. `source` says in its head what it was made from.
  std::string Document(const std::string& source) const;

 private:
  struct Rules {
    std::vector<std::string> datasets;
    std::vector<Value> items;
  };

  std::string Unused(const std::string& hint) const;
  void AddRule(const std::string& relation, Value rule);

  std::vector<std::pair<std::string, std::string>> datasets_;  // name, query
  std::vector<std::string> relations_;                         // in the order of their first rule
  std::map<std::string, Rules> rules_;
  std::vector<std::pair<std::string, Value>> queries_;
  std::vector<std::string> left_;
  std::size_t taken_ = 0;
};

// A relation's name as part of another name: "Sales"."Orders" becomes Sales_Orders.
std::string NameOf(const std::string& relation);

// {"dataset": ..., "assert": ...} as the start of a rule.
Value RuleOf(const std::string& dataset, const std::string& assertion);

}  // namespace pg_checker::import
