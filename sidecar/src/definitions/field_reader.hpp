// Takes values out of the maps of a definition file, and collects what is wrong with them.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "definitions/definition.hpp"
#include "definitions/value.hpp"

namespace pg_checker::definitions {

class FieldReader {
 public:
  // `file` is for messages; both outlive the reader.
  FieldReader(const std::string& file, std::vector<Failure>& problems)
      : file_(file), problems_(problems) {}

  Origin At(const Place& place) const;

  void Complain(const Place& place, const std::string& message, const std::string& hint = "");

  // Complains of keys that are not among those known; `what` is the thing that has them.
  void RefuseOthers(const Value& map, const std::string& what,
                    const std::vector<std::string>& known);

  // Each complains, and returns nothing, where the value is not of that kind; `key` names it. A
  // null is nothing, without complaint.
  std::optional<std::string> Text(const Value* value, const std::string& key);
  std::optional<std::string> Integer(const Value* value, const std::string& key);
  std::optional<std::string> Boolean(const Value* value, const std::string& key);
  std::optional<std::vector<std::string>> TextList(const Value* value, const std::string& key);
  std::optional<std::string> JsonMap(const Value* value, const std::string& key);
  std::optional<std::string> Json(const Value* value);

 private:
  void Refuse(const Value& value, const std::string& key, const std::string& wanted);

  const std::string& file_;
  std::vector<Failure>& problems_;
};

}  // namespace pg_checker::definitions
