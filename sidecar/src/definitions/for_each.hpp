// One definition for many tables or columns. A definition with
//
//     "${table}_rows": {for_each: {table: [users, orders]}, query: "SELECT * FROM ${table}"}
//
// becomes one for each value. `for_each` is a mapping from names to lists of values, of which every
// combination is taken, or a list of mappings, each one combination. A value that is a mapping has
// members: ${target.column}.
//
// A placeholder is ${name} or ${name:form}; $${ stands for ${. Without a form, the place decides:
// in SQL text it is an identifier, in names what a name can have, elsewhere text, and a text that
// is one placeholder and nothing else becomes the value itself, a number or a list too.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "definitions/value.hpp"

namespace pg_checker::definitions {

// Takes a fault: its place, what is wrong, and a hint.
using Complaint =
    std::function<void(const Place& place, const std::string& message, const std::string& hint)>;

// The definitions that `definition`, a member of `datasets` or `checkers`, stands for: itself,
// unchanged, if it has no for_each. Faults go to `complain`; what has one is left out.
std::vector<Member> Expand(const Member& definition, const Complaint& complain);

}  // namespace pg_checker::definitions
