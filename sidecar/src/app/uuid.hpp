// Random identifiers, version 4 of RFC 4122.
#pragma once

#include <string>

namespace pg_checker::app {

std::string RandomUuid();

}  // namespace pg_checker::app
