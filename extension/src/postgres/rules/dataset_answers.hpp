// Questions that rules put to one dataset, each in a section of its own: under the rights and the
// settings of the dataset (dataset_section.hpp, which lists the Errors).
#pragma once

#include "postgres/dataset_section.hpp"
#include "postgres/rules/column_facts.hpp"
#include "postgres/rules/spool.hpp"

namespace pg_checker::postgres {

// Whose section it is; as in a run, or at a checker's creation (no deadline).
struct AnswerSite {
  const Dataset& dataset;
  const JsonMembers& params;
  const Deadline* deadline;
  ScanFailure& failure;
};

// A spooled dataset that the query knows by a name.
struct NamedSpool {
  std::string name;
  Spool* spool;
};

using Answers = std::vector<std::optional<std::string>>;

// The items of the one text[] that a query returns: a row of columns would have room for 1664.
engine::Result<Answers> Ask(const AnswerSite& site, const std::string& query,
                            const std::vector<NamedSpool>& spools = {});

// Runs a query for its errors only.
engine::Result<void> Try(const AnswerSite& site, const std::string& query);

// Parses and analyses a query, which need not be able to run.
engine::Result<void> Analyze(const AnswerSite& site, const std::string& query);

// What the dataset is now.
struct DescribedDataset {
  std::string statement;  // its query, without what may end a statement
  std::vector<ColumnFacts> columns;
};
engine::Result<DescribedDataset> Describe(const AnswerSite& site);

// A type as the dataset's search path means it; an Error if there is none of the name.
struct NamedType {
  Oid type;
  int32 modifier;  // -1: none was said
};
engine::Result<std::vector<NamedType>> ResolveTypes(const AnswerSite& site,
                                                    const std::vector<std::string>& names);

}  // namespace pg_checker::postgres
