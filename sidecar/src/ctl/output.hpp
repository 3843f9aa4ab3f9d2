// Shows rows as an aligned table, as JSON or as YAML. Standard output is for results alone,
// standard error for complaints.
#pragma once

#include <string>
#include <vector>

#include "ctl/database.hpp"
#include "result.hpp"

namespace pg_checker::ctl {

enum class Format { kTable, kJson, kYaml };

// One row a line; columns are the keys of the first row. Values that are objects or arrays show as
// JSON.
std::string RenderTable(const std::vector<Json>& rows);

// One line a key: for a single object.
std::string RenderRecord(const Json& record);

// A value as JSON or YAML, with a newline at its end.
std::string RenderDocument(const Json& value, Format format);

void Print(const std::string& text);

// Fails if anything that was printed could not be written, as on a full disk.
Result<void> FlushOutput();

void Complain(const Failure& failure);

}  // namespace pg_checker::ctl
