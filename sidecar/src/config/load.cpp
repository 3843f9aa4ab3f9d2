#include "config/load.hpp"

#include <unistd.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <set>
#include <sstream>
#include <string_view>

#include "config/settings.hpp"

namespace pg_checker::config {
namespace {

// yaml-cpp counts lines and columns from 0.
std::string Place(const std::string& name, const YAML::Mark& mark) {
  if (mark.is_null()) return name;
  return name + ":" + std::to_string(mark.line + 1) + ":" + std::to_string(mark.column + 1);
}

// The known key that a mistyped one most likely means: the same letters but one or two.
std::string Resembling(const std::string& key) {
  const auto distance = [](std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
      std::size_t diagonal = row[0];
      row[0] = i;
      for (std::size_t j = 1; j <= b.size(); ++j) {
        const std::size_t above = row[j];
        row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
        diagonal = above;
      }
    }
    return row[b.size()];
  };
  for (const Setting& setting : Settings()) {
    if (distance(key, setting.key) <= 2)
      return "Did you mean \"" + std::string(setting.key) + "\"?";
  }
  return "checkerd.yaml, which comes with checkerd, lists every key.";
}

std::optional<Failure> Apply(Config& config, const Setting& setting, const std::string& text,
                             const std::string& place) {
  if (const auto wanted = setting.set(config, text)) {
    return Failure{place + ": value of \"" + std::string(setting.key) + "\" is not valid", "",
                   "It takes " + *wanted + "."};
  }
  return std::nullopt;
}

std::optional<Failure> ReadValue(const YAML::Node& value, const Setting& setting,
                                 const std::string& name, Config& config) {
  const std::string key(setting.key);
  std::string text;
  if (value.IsScalar()) {
    text = value.Scalar();
  } else if (setting.list && value.IsSequence()) {
    for (const YAML::Node& item : value) {
      if (!item.IsScalar())
        return Failure{Place(name, item.Mark()) + ": \"" + key + "\" takes a list of texts"};
      text += item.Scalar() + ",";
    }
  } else if (value.IsNull()) {
    return Failure{Place(name, value.Mark()) + ": \"" + key + "\" has no value", "",
                   "Leave the key out for its default."};
  } else {
    return Failure{Place(name, value.Mark()) + ": \"" + key + "\" takes a single value"};
  }
  return Apply(config, setting, text, Place(name, value.Mark()));
}

// `settings` are those of the whole file: "amqp.url: ..." is the same as "amqp: {url: ...}".
std::optional<Failure> ReadMapping(const YAML::Node& mapping, const std::string& prefix,
                                   const std::string& name, std::set<std::string>& settings,
                                   Config& config) {
  std::set<std::string> groups;
  for (const auto& pair : mapping) {
    const std::string place = Place(name, pair.first.Mark());
    if (!pair.first.IsScalar()) return Failure{place + ": a key must be a text"};
    const std::string key = prefix + pair.first.Scalar();
    const Setting* const setting = FindSetting(key);
    if (!(setting != nullptr ? settings : groups).insert(key).second) {
      return Failure{place + ": key \"" + key + "\" stands here for the second time"};
    }
    if (setting != nullptr) {
      if (auto failure = ReadValue(pair.second, *setting, name, config)) return failure;
    } else if (!IsGroup(key)) {
      return Failure{place + ": unknown key \"" + key + "\"", "", Resembling(key)};
    } else if (pair.second.IsMap()) {
      if (auto failure = ReadMapping(pair.second, key + ".", name, settings, config))
        return failure;
    } else if (!pair.second.IsNull()) {
      return Failure{Place(name, pair.second.Mark()) + ": \"" + key + "\" takes a mapping"};
    }
  }
  return std::nullopt;
}

Result<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (file) file.peek();  // a folder can be opened, and fails here
  if (!file.is_open() || file.bad()) {
    return Failure{"could not read file \"" + path + "\": " + std::strerror(errno)};
  }
  text << file.rdbuf();
  return text.str();
}

// What must hold between settings.
std::optional<Failure> Check(const Config& config) {
  if (config.amqp.tls.cert.empty() != config.amqp.tls.key.empty()) {
    return Failure{"\"amqp.tls.cert\" and \"amqp.tls.key\" go together", "",
                   "Set both, or neither."};
  }
  return std::nullopt;
}

}  // namespace

Result<Config> LoadYaml(const std::string& yaml, const std::string& name) {
  Config config;
  try {
    const std::vector<YAML::Node> documents = YAML::LoadAll(yaml);
    if (documents.size() > 1) return Failure{name + ": the file holds more than one document"};
    if (documents.empty() || documents[0].IsNull()) return config;
    const YAML::Node& root = documents[0];
    if (!root.IsMap()) return Failure{Place(name, root.Mark()) + ": the file must hold a mapping"};
    std::set<std::string> settings;
    if (auto failure = ReadMapping(root, "", name, settings, config)) return *failure;
  } catch (const YAML::Exception& error) {
    return Failure{Place(name, error.mark) + ": not valid YAML: " + error.msg};
  }
  return config;
}

Result<Loaded> Load(const std::optional<std::string>& path,
                    const std::vector<std::string>& environment) {
  Loaded loaded;
  if (path) {
    const Result<std::string> text = ReadFile(*path);
    if (!text.ok()) return text.failure();
    Result<Config> config = LoadYaml(text.value(), *path);
    if (!config.ok()) return config.failure();
    loaded.config = std::move(config.value());
  }
  constexpr std::string_view kPrefix = "CHECKERD_";
  for (const std::string& line : environment) {
    const std::size_t equals = line.find('=');
    if (!line.starts_with(kPrefix) || equals == std::string::npos) continue;
    const std::string variable = line.substr(0, equals);
    const auto settings = Settings();
    const auto setting = std::find_if(
        settings.begin(), settings.end(),
        [&](const Setting& candidate) { return EnvironmentName(candidate.key) == variable; });
    if (setting == settings.end()) {
      // Not a failure: container platforms put variables of their own there, named after the
      // service.
      loaded.warnings.push_back("environment variable " + variable + " names no setting");
    } else if (auto failure = Apply(loaded.config, *setting, line.substr(equals + 1), variable)) {
      return *failure;
    }
  }
  if (auto failure = Check(loaded.config)) return *failure;
  return loaded;
}

std::vector<std::string> ProcessEnvironment() {
  std::vector<std::string> lines;
  for (char** line = environ; *line != nullptr; ++line) lines.emplace_back(*line);
  return lines;
}

Result<std::string> ReadSecret(const std::string& path) {
  Result<std::string> text = ReadFile(path);
  if (!text.ok()) return text;
  return text.value().substr(0, text.value().find_first_of("\r\n"));
}

std::vector<std::string> Differences(const Config& left, const Config& right) {
  std::vector<std::string> keys;
  for (const Setting& setting : Settings()) {
    if (setting.show(left) != setting.show(right)) keys.emplace_back(setting.key);
  }
  return keys;
}

}  // namespace pg_checker::config
