#include "definitions/document.hpp"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>

#include "definitions/scalar.hpp"

namespace pg_checker::definitions {
namespace {

constexpr int kDeepest = 100;
constexpr std::size_t kMostValues = 300'000;
constexpr std::size_t kLargestFile = 64U << 20U;

// yaml-cpp counts from 0.
Place PlaceOf(const YAML::Mark& mark) {
  if (mark.is_null()) return {};
  return {mark.line + 1, mark.column + 1};
}

// Turns nodes into values. The first fault ends it.
class Converter {
 public:
  explicit Converter(const std::string& name) : name_(name) {}

  std::optional<Value> Convert(const YAML::Node& node, int depth = 0) {
    const Place place = PlaceOf(node.Mark());
    if (depth > kDeepest) {
      return Refuse(place, "nested deeper than " + std::to_string(kDeepest) + " levels");
    }
    if (++count_ > kMostValues) {
      return Refuse(place, "more than " + std::to_string(kMostValues) + " values",
                    "Split the file, or use fewer aliases.");
    }
    std::optional<Value> value;
    if (node.IsMap()) {
      value = ConvertMap(node, depth);
    } else if (node.IsSequence()) {
      value = Value::List();
      for (const YAML::Node& item : node) {
        std::optional<Value> converted = Convert(item, depth + 1);
        if (!converted) return std::nullopt;
        value->items.push_back(std::move(*converted));
      }
    } else {
      value = ConvertScalar(node, place);
    }
    if (value) value->place = place;
    return value;
  }

  const Failure& failure() const { return *failure_; }

 private:
  std::nullopt_t Refuse(const Place& place, const std::string& why, const std::string& hint = "") {
    failure_ = Failure{PlaceText(name_, place) + ": " + why, "", hint};
    return std::nullopt;
  }

  std::optional<Value> ConvertScalar(const YAML::Node& node, const Place& place) {
    if (node.IsNull()) return Value{};
    const std::string& text = node.Scalar();
    if (text.find('\0') != std::string::npos) {
      return Refuse(place, "a text holds the character NUL", "PostgreSQL's texts cannot have it.");
    }
    const std::string& tag = node.Tag();
    if (tag != "?") {
      if (tag == "!" || tag == "tag:yaml.org,2002:str") return Value::Text(text);
      if (!tag.empty() && !tag.starts_with("tag:yaml.org,2002:")) {
        return Refuse(place, "tag \"" + tag + "\" is not known", "Leave it out.");
      }
    }
    std::variant<Value, std::string> scalar = PlainScalar(text);
    if (const auto* why = std::get_if<std::string>(&scalar)) {
      return Refuse(place, *why, "Quote it if it is a text.");
    }
    return std::get<Value>(std::move(scalar));
  }

  std::optional<Value> ConvertMap(const YAML::Node& node, int depth) {
    Value map = Value::Map();
    std::vector<Value> merged;
    for (const auto& pair : node) {
      const Place place = PlaceOf(pair.first.Mark());
      if (!pair.first.IsScalar()) return Refuse(place, "a key must be a text");
      const std::string& key = pair.first.Scalar();
      std::optional<Value> value = Convert(pair.second, depth + 1);
      if (!value) return std::nullopt;
      if (key == "<<" && pair.first.Tag() == "?") {
        if (!TakeMerge(std::move(*value), merged)) {
          return Refuse(place, "\"<<\" takes a mapping, or a list of them");
        }
        continue;
      }
      if (map.Find(key) != nullptr) {
        return Refuse(place, "key \"" + key + "\" stands here for the second time");
      }
      map.members.push_back({key, place, std::move(*value)});
    }
    for (Value& other : merged) {  // what the map itself says comes first
      for (Member& member : other.members) {
        if (map.Find(member.key) == nullptr) map.members.push_back(std::move(member));
      }
    }
    return map;
  }

  static bool TakeMerge(Value value, std::vector<Value>& merged) {
    if (value.is(Value::Kind::kMap)) {
      merged.push_back(std::move(value));
      return true;
    }
    for (Value& item : value.items) {
      if (!item.is(Value::Kind::kMap)) return false;
      merged.push_back(std::move(item));
    }
    return value.is(Value::Kind::kList);
  }

  const std::string& name_;
  std::size_t count_ = 0;
  std::optional<Failure> failure_;
};

bool IsUtf8(const std::string& text) {
  try {
    static_cast<void>(nlohmann::json(text).dump());
  } catch (const nlohmann::json::exception&) {
    return false;
  }
  return true;
}

// Builds a value from nlohmann's events, which keep the spelling of a number that is no 64 bit
// integer.
class JsonBuilder : public nlohmann::json_sax<nlohmann::json> {
 public:
  bool null() override { return Put({}); }
  bool boolean(bool truth) override { return Put(Value::Boolean(truth)); }
  bool number_integer(number_integer_t number) override {
    return Put(Value::Number(std::to_string(number)));
  }
  bool number_unsigned(number_unsigned_t number) override {
    return Put(Value::Number(std::to_string(number)));
  }
  bool number_float(number_float_t, const string_t& spelling) override {
    return Put(Value::Number(spelling));
  }
  bool string(string_t& text) override { return Put(Value::Text(std::move(text))); }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return Open(Value::Map()); }
  bool end_object() override { return Close(); }
  bool start_array(std::size_t) override { return Open(Value::List()); }
  bool end_array() override { return Close(); }
  bool key(string_t& key) override {
    keys_.back() = std::move(key);
    return true;
  }
  bool parse_error(std::size_t, const std::string&,
                   const nlohmann::detail::exception& error) override {
    why_ = error.what();
    return false;
  }

  Value& root() { return root_; }
  const std::string& why() const { return why_; }

 private:
  bool Open(Value value) {
    if (open_.size() > static_cast<std::size_t>(kDeepest)) {
      why_ = "nested deeper than " + std::to_string(kDeepest) + " levels";
      return false;
    }
    open_.push_back(std::move(value));
    keys_.emplace_back();
    return true;
  }
  bool Close() {
    Value value = std::move(open_.back());
    open_.pop_back();
    keys_.pop_back();
    return Put(std::move(value));
  }
  bool Put(Value value) {
    if (open_.empty()) {
      root_ = std::move(value);
      return true;
    }
    Value& parent = open_.back();
    if (parent.is(Value::Kind::kList)) {
      parent.items.push_back(std::move(value));
      return true;
    }
    for (Member& member : parent.members) {
      if (member.key != keys_.back()) continue;
      member.value = std::move(value);
      return true;
    }
    parent.Add(keys_.back(), std::move(value));
    return true;
  }

  std::vector<Value> open_;
  std::vector<std::string> keys_;
  Value root_;
  std::string why_;
};

}  // namespace

std::string PlaceText(const std::string& name, const Place& place) {
  if (place.line == 0) return name;
  return name + ":" + std::to_string(place.line) + ":" + std::to_string(place.column);
}

Result<std::vector<Value>> ReadYaml(const std::string& text, const std::string& name) {
  if (!IsUtf8(text)) {
    return Failure{name + ": the file is not UTF-8 text", "", "Save it in that encoding."};
  }
  std::vector<Value> values;
  Converter converter(name);
  try {
    for (const YAML::Node& document : YAML::LoadAll(text)) {
      std::optional<Value> value = converter.Convert(document);
      if (!value) return converter.failure();
      values.push_back(std::move(*value));
    }
  } catch (const YAML::Exception& error) {
    return Failure{PlaceText(name, PlaceOf(error.mark)) + ": not valid YAML: " + error.msg};
  }
  return values;
}

Result<Value> ReadJson(const std::string& text, const std::string& name) {
  JsonBuilder builder;
  if (!nlohmann::json::sax_parse(text, &builder)) {
    return Failure{name + ": not valid JSON", builder.why()};
  }
  return std::move(builder.root());
}

Result<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (file) file.peek();  // a folder can be opened, and fails here
  if (!file.is_open() || file.bad()) {
    return Failure{"could not read file \"" + path + "\": " + std::strerror(errno)};
  }
  std::string text;
  constexpr std::size_t kChunk = 1U << 16U;
  while (file && text.size() <= kLargestFile) {
    const std::size_t before = text.size();
    text.resize(before + kChunk);
    file.read(text.data() + before, kChunk);
    text.resize(before + static_cast<std::size_t>(file.gcount()));
  }
  if (text.size() > kLargestFile) return Failure{"file \"" + path + "\" is larger than 64 MB"};
  return text;
}

Result<std::vector<std::string>> YamlFiles(const std::string& path) {
  return FilesAt(path, {".yaml", ".yml"});
}

Result<std::vector<std::string>> FilesAt(const std::string& path,
                                         const std::vector<std::string>& suffixes) {
  namespace fs = std::filesystem;
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (!fs::exists(status)) return Failure{"file or folder \"" + path + "\" does not exist"};
  if (!fs::is_directory(status)) return std::vector<std::string>{path};
  std::vector<std::string> files;
  auto entry = fs::recursive_directory_iterator(path, error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    const std::string file = entry->path().filename().string();
    if (file.starts_with('.')) {
      if (entry->is_directory(error)) entry.disable_recursion_pending();
      continue;
    }
    const std::string suffix = entry->path().extension().string();
    const bool is_wanted = std::find(suffixes.begin(), suffixes.end(), suffix) != suffixes.end();
    if (is_wanted && entry->is_regular_file(error)) {
      files.push_back(entry->path().string());
    }
  }
  if (error) return Failure{"could not read folder \"" + path + "\": " + error.message()};
  if (files.empty()) {
    return Failure{"folder \"" + path + "\" has no " + suffixes.front() + " files", "",
                   "Name a file, or a folder that has some."};
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace pg_checker::definitions
