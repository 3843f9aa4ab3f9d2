// What systemd wants to hear (sd_notify(3)). Without systemd every call does nothing.
#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace pg_checker::app {

void TellReady();
void TellReloading();
void TellStopping();
void TellStatus(const std::string& line);
void TellAlive();

// How often TellAlive() is wanted: half of WatchdogSec, or nothing.
std::optional<std::chrono::microseconds> WatchdogInterval();

}  // namespace pg_checker::app
