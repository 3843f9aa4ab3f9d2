#include "engine/csv_value.hpp"

namespace pg_checker::engine {

void AppendCsvValue(std::string& out, std::string_view value, bool alone) {
  bool quote = value.empty() || (alone && value == "\\.");
  for (size_t i = 0; !quote && i < value.size(); i++) {
    const char c = value[i];
    quote = c == ',' || c == '"' || c == '\n' || c == '\r';
  }
  if (!quote) {
    out.append(value);
    return;
  }
  out.push_back('"');
  for (char c : value) {
    if (c == '"') out.push_back('"');
    out.push_back(c);
  }
  out.push_back('"');
}

}  // namespace pg_checker::engine
