// Reads YAML and JSON texts into values, and YAML files from the disk.
#pragma once

#include <string>
#include <vector>

#include "definitions/value.hpp"
#include "result.hpp"

namespace pg_checker::definitions {

// "name:line:column", as far as it is known.
std::string PlaceText(const std::string& name, const Place& place);

// All documents of a YAML text; one that is empty is a null. Aliases are followed and `<<` is
// merged. Refused, with the place: a key that stands twice, a key that is no text, a NUL character,
// what is deeper than 100 levels or has more than 300,000 values. `name` stands for the file in
// messages.
Result<std::vector<Value>> ReadYaml(const std::string& text, const std::string& name);

// One JSON text; places are not known. Keys may stand twice, as JSON says; the last counts.
Result<Value> ReadJson(const std::string& text, const std::string& name);

// A file's bytes. Fails beyond 64 MB.
Result<std::string> ReadFile(const std::string& path);

// The files to read at a path: the file itself, or all below a folder that end with one of these
// suffixes, in the order of their paths, without those whose name, or folder's name, begins with a
// dot.
Result<std::vector<std::string>> FilesAt(const std::string& path,
                                         const std::vector<std::string>& suffixes);
Result<std::vector<std::string>> YamlFiles(const std::string& path);

}  // namespace pg_checker::definitions
