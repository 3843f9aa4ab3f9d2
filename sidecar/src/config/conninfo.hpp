// Whether libpq can make anything of a connection string, said without a server.
#pragma once

#include <string>

namespace pg_checker::config {

// A conninfo string, a URI, or the bare name of a database, as PQconnectdbParams takes it for
// "dbname" with expand_dbname. Says nothing of what only connecting shows: hosts, service files.
bool IsConnectionString(const std::string& text);

}  // namespace pg_checker::config
