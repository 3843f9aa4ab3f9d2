#include "app/service_manager.hpp"

#include <systemd/sd-daemon.h>

#include <cstdint>

namespace pg_checker::app {

void TellReady() { sd_notify(0, "READY=1"); }

void TellReloading() { sd_notify(0, "RELOADING=1"); }

void TellStopping() { sd_notify(0, "STOPPING=1"); }

void TellStatus(const std::string& line) { sd_notify(0, ("STATUS=" + line).c_str()); }

void TellAlive() { sd_notify(0, "WATCHDOG=1"); }

std::optional<std::chrono::microseconds> WatchdogInterval() {
  std::uint64_t microseconds = 0;
  if (sd_watchdog_enabled(0, &microseconds) <= 0) return std::nullopt;
  return std::chrono::microseconds(microseconds / 2);
}

}  // namespace pg_checker::app
