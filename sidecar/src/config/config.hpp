// Everything that checkerd can be told. The defaults stand here and nowhere else in the code;
// checkerd.yaml repeats them for readers, and a test compares the two. Plain values: whoever needs
// one gets a copy.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace pg_checker::config {

using Duration = std::chrono::milliseconds;

struct Database {
  std::string dsn;  // conninfo string or URI; what it leaves out, libpq takes from its environment
  std::string password_file;  // its first line is the password; empty: as libpq finds it
};

struct Tls {
  std::string ca;    // PEM file; empty: the system's certificates
  std::string cert;  // PEM file of the client's certificate, with key; empty: none
  std::string key;
  bool verify = true;  // certificate chain and host name
};

struct Queues {
  std::string failed = "failed";  // an empty name: not declared
  std::string succeeded = "succeeded";
  std::string alarms = "alarms";
};

struct Unroutable {
  // Types of which an unroutable message is deleted; all others are tried again and end as dead
  // letters.
  std::vector<std::string> drop = {"run.succeeded", "run.warned", "checkerd.heartbeat"};
};

struct Amqp {
  std::string url = "amqp://guest:guest@localhost:5672/%2f";
  std::string password_file;  // its first line is the password, instead of the one in the URL
  std::string exchange = "checker";
  Queues queues;
  bool declare = true;
  Unroutable unroutable;
  Tls tls;
  Duration heartbeat = std::chrono::seconds(10);
  Duration connect_timeout = std::chrono::seconds(5);
  Duration confirm_timeout = std::chrono::seconds(20);
  int confirm_window = 1000;  // messages
};

struct Http {
  std::string listen = "127.0.0.1:9187";  // host:port; empty: no server
};

struct Relay {
  int batch = 1000;                            // messages a claim
  std::int64_t batch_bytes = 4 * 1024 * 1024;  // of message bodies a claim
  Duration lease = std::chrono::seconds(15);
  Duration scan_interval = std::chrono::seconds(5);
  Duration grace = std::chrono::seconds(30);
  Duration drain_timeout = std::chrono::seconds(10);
  Duration heartbeat_message = std::chrono::seconds(60);  // 0: none
};

struct Log {
  std::string level = "info";   // debug, info, warning, error
  std::string format = "text";  // text (key=value) or json
};

struct Config {
  Database database;
  Amqp amqp;
  Http http;
  Relay relay;
  Log log;
};

}  // namespace pg_checker::config
