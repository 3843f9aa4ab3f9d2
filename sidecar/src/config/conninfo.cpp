#include "config/conninfo.hpp"

#include <libpq-fe.h>

#include <memory>

namespace pg_checker::config {

bool IsConnectionString(const std::string& text) {
  const bool is_name = text.find('=') == std::string::npos && !text.starts_with("postgres://") &&
                       !text.starts_with("postgresql://");
  if (is_name) return true;
  const std::unique_ptr<PQconninfoOption, void (*)(PQconninfoOption*)> options(
      PQconninfoParse(text.c_str(), nullptr), PQconninfoFree);
  return options != nullptr;
}

}  // namespace pg_checker::config
