// checkerd: reads its command line and configuration, then hands over to the Daemon.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <optional>
#include <string>

#include "app/daemon.hpp"
#include "app/log.hpp"
#include "config/load.hpp"

namespace {

constexpr int kExitBadUsage = 2;

constexpr const char* kFooter =
    "Every setting can also be given by the environment: CHECKERD_AMQP__URL is amqp.url,\n"
    "CHECKERD_HTTP__LISTEN is http.listen. What database.dsn leaves out, libpq takes from PGHOST,\n"
    "PGSERVICE and its other variables.\n\n"
    "Signals: SIGTERM and SIGINT deliver what is under way and end, SIGHUP reads the configuration "
    "again.\n\n"
    "Exit codes: 0 ended by a signal (or: the configuration is valid), 1 could not start,\n"
    "2 command line or configuration not valid.\n";

int Complain(const pg_checker::Failure& failure) {
  std::fprintf(stderr, "checkerd: %s\n", failure.message.c_str());
  if (!failure.detail.empty()) std::fprintf(stderr, "detail: %s\n", failure.detail.c_str());
  if (!failure.hint.empty()) std::fprintf(stderr, "hint: %s\n", failure.hint.c_str());
  return kExitBadUsage;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Sends the messages of pg_checker from PostgreSQL to RabbitMQ.", "checkerd");
  std::optional<std::string> config_path;
  bool check_only = false;
  app.add_option("--config", config_path, "YAML file; without it defaults and environment alone")
      ->type_name("FILE");
  app.add_flag("--check-config", check_only, "say whether the configuration is valid, and end");
  app.set_version_flag("--version", "checkerd " PG_CHECKER_VERSION);
  app.footer(kFooter);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kExitBadUsage;
  }

  pg_checker::Result<pg_checker::config::Loaded> loaded =
      pg_checker::config::Load(config_path, pg_checker::config::ProcessEnvironment());
  if (!loaded.ok()) return Complain(loaded.failure());
  if (check_only) {
    for (const std::string& warning : loaded.value().warnings)
      std::fprintf(stderr, "warning: %s\n", warning.c_str());
    std::printf("configuration is valid\n");
    return 0;
  }

  pg_checker::app::BlockSignals();
  pg_checker::app::Log log;
  const pg_checker::config::Config& config = loaded.value().config;
  log.Configure(config.log.level, config.log.format);
  for (const std::string& warning : loaded.value().warnings) {
    log.Write(pg_checker::app::Level::kWarning, "configuration", {{"message", warning}});
  }
  pg_checker::app::Daemon daemon(config, config_path, log);
  return daemon.Run();
}
