// Asserts on rows as SQL: the condition of a row that fails. It is null or false for a row that
// passes, so that nulls pass wherever a comparison with them says nothing.
#pragma once

#include "postgres/rules/metric_sql.hpp"

namespace pg_checker::postgres {

// For asserts on one row at a time that need nothing but its columns.
assertions::rules::Checked<std::string> RowConditionSql(const assertions::rules::Rule& rule,
                                                        const assertions::rules::Bound& bound,
                                                        const RuleSubject& subject,
                                                        const std::string& row);
// Of `compare`, whose other column is `other`.
assertions::rules::Checked<std::string> CompareSql(const assertions::rules::Rule& rule,
                                                   const ColumnFacts& column,
                                                   const ColumnFacts& other,
                                                   const std::string& row);
// Of `increasing`; `before` is the greatest value of the rows before.
std::string DisorderSql(const assertions::rules::Rule& rule, const ColumnFacts& column,
                        const std::string& row, const std::string& before);
// Whether a row has one of the values of `valid_share`; and the condition of one that has another.
assertions::rules::Checked<std::string> ValidSql(const assertions::rules::Rule& rule,
                                                 const RuleSubject& subject,
                                                 const std::string& row);
std::string InvalidSql(const assertions::rules::Rule& rule, const RuleSubject& subject,
                       const std::string& row);
// The aggregate of `unique`: {"rows", "sample"}, rows that repeat an earlier one, nulls aside.
assertions::rules::Checked<std::string> RepeatedSql(const assertions::rules::Rule& rule,
                                                    const RuleSubject& subject,
                                                    const std::string& row, int max_samples);

// A Fault if the column's type lacks what the rule needs of it.
std::optional<assertions::rules::Fault> RequireEquality(const assertions::rules::Rule& rule,
                                                        const ColumnFacts& column);
std::optional<assertions::rules::Fault> RequireOrder(const assertions::rules::Rule& rule,
                                                     const ColumnFacts& column);
std::optional<assertions::rules::Fault> RequireText(const assertions::rules::Rule& rule,
                                                    const ColumnFacts& column);

}  // namespace pg_checker::postgres
