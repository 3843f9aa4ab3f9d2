// What is stored on the server, as its views show it, in a form that can be compared: of an object
// all that it is made of, without what its runs and alarms change.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ctl/database.hpp"
#include "definitions/value.hpp"

namespace pg_checker::ctl {

enum class ObjectKind { kDataset, kChecker };

const char* KindText(ObjectKind kind);  // dataset, checker

// An object's columns: a map.
using Stored = definitions::Value;

// All objects of these namespaces that the role may see, by namespace.name; without namespaces, of
// all.
Result<std::map<std::string, Stored>> LoadStored(Database& database, ObjectKind kind,
                                                 const std::vector<std::string>& namespaces);

Result<std::optional<Stored>> LoadStoredOne(Database& database, ObjectKind kind,
                                            const std::string& name);

}  // namespace pg_checker::ctl
