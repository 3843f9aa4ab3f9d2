// Reads the configuration: defaults, then the YAML file, then the environment, each over the one
// before.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "result.hpp"

namespace pg_checker::config {

struct Loaded {
  Config config;
  std::vector<std::string> warnings;  // one line each: environment variables that name no setting
};

// `environment` holds lines "NAME=value". The failure's message begins with file:line:column or
// with the variable's name, and never holds a value that may be a secret.
Result<Loaded> Load(const std::optional<std::string>& path,
                    const std::vector<std::string>& environment);

// The same for YAML that is in memory; `name` stands for the file in messages.
Result<Config> LoadYaml(const std::string& yaml, const std::string& name);

// This process's environment.
std::vector<std::string> ProcessEnvironment();

// The first line of a file that holds a password.
Result<std::string> ReadSecret(const std::string& path);

// Keys whose values differ.
std::vector<std::string> Differences(const Config& left, const Config& right);

}  // namespace pg_checker::config
