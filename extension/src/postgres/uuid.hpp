// UUIDs as text.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pg_checker::postgres {

// A random one, version 4 (RFC 9562). Throws PostgresError without a source of randomness.
std::string NewUuid();

// Lower case with hyphens; nothing if `text` is not a UUID.
std::optional<std::string> CanonicalUuid(std::string_view text);

}  // namespace pg_checker::postgres
