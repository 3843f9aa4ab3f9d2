// The one list of checkerd's settings: key, how a text becomes its value, how the value is shown.
// The file, the environment and the reload all go through it, so a setting added here is known
// everywhere.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "config/config.hpp"

namespace pg_checker::config {

struct Setting {
  std::string_view key;  // "amqp.url"
  bool list;             // takes several values: a YAML sequence, or text with commas between
  // Stores the value; returns what it wants instead ("a duration like 500ms or 30s") if it does not
  // understand.
  std::function<std::optional<std::string>(Config&, const std::string& text)> set;
  // As `set` reads it. May be a secret: not for logs.
  std::function<std::string(const Config&)> show;
  bool reloads = false;  // takes effect on SIGHUP; the others want a restart
};

std::span<const Setting> Settings();

const Setting* FindSetting(std::string_view key);

// True if settings stand below this key: "amqp", "amqp.queues".
bool IsGroup(std::string_view key);

// "amqp.url" -> "CHECKERD_AMQP__URL".
std::string EnvironmentName(std::string_view key);

}  // namespace pg_checker::config
