// Datasets of made-up rows, for trying a checker: JSON such as
// {"users": [{"id": 1, "email": null}]}, made into queries that stand in for the datasets of that
// name, so that a checker meets them in every way in which it meets real ones.
#pragma once

#include <map>

#include "postgres/dataset.hpp"

namespace pg_checker::postgres {

class MadeUpRows {
 public:
  // What reads the rows: a program that declares datasets, or a query, for which they stand in for
  // tables.
  enum class Reader { kDatasets, kQuery };

  // Takes JSON text of an object with an array of row objects for each dataset. Columns are those
  // of the dataset of that name, if it exists and the current user may use it; else those of the
  // table or view of that name on `search_path`; else what the rows have: whole numbers are bigint,
  // other numbers numeric, texts text, true and false boolean, anything else jsonb.
  //
  // A type may run its maker's code on a value (a domain's constraint). So rows with a dataset's
  // types are read as its owner; where the current user reads them, domains are their base types,
  // and types that are not PostgreSQL's own are taken only from the user's own tables.
  //
  // Throws PostgresError for what is no such JSON, a column that is not there, a value that its
  // type refuses.
  MadeUpRows(const std::string& json, const std::string& search_path, Reader reader);
  ~MadeUpRows();
  MadeUpRows(const MadeUpRows&) = delete;
  MadeUpRows& operator=(const MadeUpRows&) = delete;

  // Qualified names, in order.
  std::vector<std::string> names() const;
  // Stands in for the dataset; one without made-up rows has none. Throws PostgresError.
  Dataset Of(const ObjectName& name);
  // `query` with the made-up rows in place of the tables of these names in namespace "default".
  std::string Over(const std::string& query) const;

 private:
  Dataset Make(const ObjectName& name, const std::vector<std::string>& rows);

  std::string search_path_;
  Reader reader_;
  std::map<std::string, Dataset> datasets_;  // by qualified name
};

}  // namespace pg_checker::postgres
