#include "config/settings.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <type_traits>
#include <utility>
#include <vector>

#include "config/amqp_url.hpp"
#include "config/conninfo.hpp"
#include "config/duration.hpp"

namespace pg_checker::config {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Refusal = std::optional<std::string>;

// `field` takes a Config& or const Config& and returns a reference to the member.
template <typename Field>
Setting Text(std::string_view key, Field field) {
  return {key, false,
          [field](Config& config, const std::string& text) -> Refusal {
            field(config) = text;
            return std::nullopt;
          },
          [field](const Config& config) { return field(config); }};
}

// The name of an exchange or queue.
template <typename Field>
Setting Name(std::string_view key, Field field, bool required = false) {
  constexpr std::size_t kMostBytes = 255;  // of AMQP 0-9-1's shortstr
  return {key, false,
          [field, required](Config& config, const std::string& text) -> Refusal {
            if (text.size() > kMostBytes || (required && text.empty())) {
              return std::string("a text of ") + (required ? "1 to " : "at most ") +
                     std::to_string(kMostBytes) + " bytes";
            }
            field(config) = text;
            return std::nullopt;
          },
          [field](const Config& config) { return field(config); }};
}

template <typename Field>
Setting Choice(std::string_view key, Field field, std::vector<std::string> choices, bool reloads) {
  return {key, false,
          [field, choices](Config& config, const std::string& text) -> Refusal {
            if (std::find(choices.begin(), choices.end(), text) == choices.end()) {
              std::string wanted = "one of";
              for (const std::string& choice : choices) wanted += " " + choice;
              return wanted;
            }
            field(config) = text;
            return std::nullopt;
          },
          [field](const Config& config) { return field(config); }, reloads};
}

template <typename Field>
Setting Flag(std::string_view key, Field field) {
  return {key, false,
          [field](Config& config, const std::string& text) -> Refusal {
            if (text != "true" && text != "false") return "true or false";
            field(config) = text == "true";
            return std::nullopt;
          },
          [field](const Config& config) { return field(config) ? "true" : "false"; }};
}

template <typename Field>
Setting Number(std::string_view key, Field field, std::int64_t least, std::int64_t most) {
  return {key, false,
          [field, least, most](Config& config, const std::string& text) -> Refusal {
            std::int64_t number = 0;
            const char* const last = text.data() + text.size();
            const auto [end, error] = std::from_chars(text.data(), last, number);
            if (error != std::errc{} || end != last || number < least || number > most) {
              return "a whole number from " + std::to_string(least) + " to " + std::to_string(most);
            }
            field(config) = static_cast<std::remove_reference_t<decltype(field(config))>>(number);
            return std::nullopt;
          },
          [field](const Config& config) { return std::to_string(field(config)); }};
}

template <typename Field>
Setting Time(std::string_view key, Field field, milliseconds least, milliseconds most) {
  return {key, false,
          [field, least, most](Config& config, const std::string& text) -> Refusal {
            const auto duration = ParseDuration(text);
            if (!duration || *duration < least || *duration > most) {
              return "a duration with its unit (ms, s, min, h) from " + ShowDuration(least) +
                     " to " + ShowDuration(most);
            }
            field(config) = *duration;
            return std::nullopt;
          },
          [field](const Config& config) { return ShowDuration(field(config)); }};
}

template <typename Field>
Setting List(std::string_view key, Field field) {
  return {key, true,
          [field](Config& config, const std::string& text) -> Refusal {
            std::vector<std::string> values;
            for (std::size_t begin = 0; begin <= text.size();) {
              const std::size_t comma = std::min(text.find(',', begin), text.size());
              const std::string value = text.substr(begin, comma - begin);
              const auto first = value.find_first_not_of(' ');
              if (first != std::string::npos) {
                values.push_back(value.substr(first, value.find_last_not_of(' ') - first + 1));
              }
              begin = comma + 1;
            }
            field(config) = std::move(values);
            return std::nullopt;
          },
          [field](const Config& config) {
            std::string text;
            for (const std::string& value : field(config))
              text += (text.empty() ? "" : ",") + value;
            return text;
          }};
}

Setting DatabaseDsn() {
  return {"database.dsn", false,
          [](Config& config, const std::string& text) -> Refusal {
            // libpq's own words may repeat a part of the text, and with it the password.
            if (!IsConnectionString(text)) {
              return "a connection string or URI of libpq, with keywords that libpq knows and "
                     "quotes that are closed";
            }
            config.database.dsn = text;
            return std::nullopt;
          },
          [](const Config& config) { return config.database.dsn; }};
}

Setting AmqpUrl() {
  return {"amqp.url", false,
          [](Config& config, const std::string& text) -> Refusal {
            if (!ParseAmqpUrl(text).ok())
              return "a URL like amqp://user:password@host:5672/%2f or amqps://host";
            config.amqp.url = text;
            return std::nullopt;
          },
          [](const Config& config) { return config.amqp.url; }};
}

Setting HttpListen() {
  return {"http.listen", false,
          [](Config& config, const std::string& text) -> Refusal {
            const std::size_t colon = text.rfind(':');
            int port = -1;
            if (colon != std::string::npos) {
              const char* const last = text.data() + text.size();
              const auto [end, error] = std::from_chars(text.data() + colon + 1, last, port);
              if (error != std::errc{} || end != last) port = -1;
            }
            if (!text.empty() && (colon == 0 || port < 1 || port > 65535)) {
              return "host:port, or an empty text for no server";
            }
            config.http.listen = text;
            return std::nullopt;
          },
          [](const Config& config) { return config.http.listen; }};
}

std::vector<Setting> MakeSettings() {
  return {
      DatabaseDsn(),
      Text(
          "database.password_file", [](auto& c) -> auto& { return c.database.password_file; }),
      AmqpUrl(),
      Text(
          "amqp.password_file", [](auto& c) -> auto& { return c.amqp.password_file; }),
      Name(
          "amqp.exchange", [](auto& c) -> auto& { return c.amqp.exchange; }, true),
      Name(
          "amqp.queues.failed", [](auto& c) -> auto& { return c.amqp.queues.failed; }),
      Name(
          "amqp.queues.succeeded", [](auto& c) -> auto& { return c.amqp.queues.succeeded; }),
      Name(
          "amqp.queues.alarms", [](auto& c) -> auto& { return c.amqp.queues.alarms; }),
      Flag(
          "amqp.declare", [](auto& c) -> auto& { return c.amqp.declare; }),
      List(
          "amqp.unroutable.drop", [](auto& c) -> auto& { return c.amqp.unroutable.drop; }),
      Text(
          "amqp.tls.ca", [](auto& c) -> auto& { return c.amqp.tls.ca; }),
      Text(
          "amqp.tls.cert", [](auto& c) -> auto& { return c.amqp.tls.cert; }),
      Text(
          "amqp.tls.key", [](auto& c) -> auto& { return c.amqp.tls.key; }),
      Flag(
          "amqp.tls.verify", [](auto& c) -> auto& { return c.amqp.tls.verify; }),
      Time(
          "amqp.heartbeat", [](auto& c) -> auto& { return c.amqp.heartbeat; }, seconds(1),
          seconds(10)),
      Time(
          "amqp.connect_timeout", [](auto& c) -> auto& { return c.amqp.connect_timeout; },
          milliseconds(100), seconds(60)),
      Time(
          "amqp.confirm_timeout", [](auto& c) -> auto& { return c.amqp.confirm_timeout; },
          milliseconds(100), hours(1)),
      Number(
          "amqp.confirm_window", [](auto& c) -> auto& { return c.amqp.confirm_window; }, 1, 100000),
      HttpListen(),
      Number(
          "relay.batch", [](auto& c) -> auto& { return c.relay.batch; }, 1, 100000),
      Number(
          "relay.batch_bytes", [](auto& c) -> auto& { return c.relay.batch_bytes; }, 1, 1 << 30),
      Time(
          "relay.lease", [](auto& c) -> auto& { return c.relay.lease; }, seconds(1), hours(1)),
      Time(
          "relay.scan_interval", [](auto& c) -> auto& { return c.relay.scan_interval; },
          milliseconds(100), hours(1)),
      Time(
          "relay.grace", [](auto& c) -> auto& { return c.relay.grace; }, milliseconds(0),
          hours(24 * 7)),
      Time(
          "relay.drain_timeout", [](auto& c) -> auto& { return c.relay.drain_timeout; },
          milliseconds(0), hours(1)),
      Time(
          "relay.heartbeat_message", [](auto& c) -> auto& { return c.relay.heartbeat_message; },
          milliseconds(0), hours(24)),
      Choice(
          "log.level", [](auto& c) -> auto& { return c.log.level; },
          {"debug", "info", "warning", "error"}, true),
      Choice(
          "log.format", [](auto& c) -> auto& { return c.log.format; }, {"text", "json"}, true),
  };
}

}  // namespace

std::span<const Setting> Settings() {
  static const std::vector<Setting> settings = MakeSettings();
  return settings;
}

const Setting* FindSetting(std::string_view key) {
  for (const Setting& setting : Settings()) {
    if (setting.key == key) return &setting;
  }
  return nullptr;
}

bool IsGroup(std::string_view key) {
  const std::string prefix = std::string(key) + ".";
  return std::any_of(Settings().begin(), Settings().end(),
                     [&](const Setting& setting) { return setting.key.starts_with(prefix); });
}

std::string EnvironmentName(std::string_view key) {
  std::string name = "CHECKERD_";
  for (const char c : key) {
    if (c == '.') {
      name += "__";
    } else {
      name += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    }
  }
  return name;
}

}  // namespace pg_checker::config
