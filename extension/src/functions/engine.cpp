// SQL functions on the engine: sql/engine.sql.
#include <algorithm>

#include "postgres/arguments.hpp"
#include "postgres/checker_definition.hpp"
#include "postgres/error_bridge.hpp"
#include "postgres/modules.hpp"
#include "postgres/row_set.hpp"
#include "postgres/settings.hpp"
#include "postgres/statement.hpp"

using namespace pg_checker::postgres;
using pg_checker::engine::EngineCounts;

namespace {

Datum IntervalDatum(uint64_t nanoseconds) {
  Interval* interval = nullptr;
  Protect([&] { interval = static_cast<Interval*>(palloc0(sizeof(Interval))); });
  interval->time = static_cast<TimeOffset>(nanoseconds / 1000);
  return IntervalPGetDatum(interval);
}

const char* OutcomeOf(Warmth warmth) {
  switch (warmth) {
    case Warmth::kPresent:
      return "present";
    case Warmth::kCompiled:
      return "compiled";
    case Warmth::kFailed:
      return "failed";
  }
  return "failed";
}

}  // namespace

extern "C" {

PG_FUNCTION_INFO_V1(checker_warm_cache);
Datum checker_warm_cache(PG_FUNCTION_ARGS) {
  return EnterFromSql([&]() -> Datum {
    RowSet result(fcinfo);
    for (const ObjectName& name : RunnableCheckers()) {
      const auto checker = LoadChecker(name);
      if (!checker) continue;
      const WarmModule warm = WarmUp(*checker);
      bool nulls[] = {false, false, false, warm.error.empty()};
      const Datum values[] = {TextDatum(name.Qualified()), Int32GetDatum(checker->version),
                              TextDatum(OutcomeOf(warm.warmth)), TextDatum(warm.error)};
      result.Add(values, nulls);
    }
    return Datum{0};
  });
}

PG_FUNCTION_INFO_V1(checker_probe_compiler);
Datum checker_probe_compiler(PG_FUNCTION_ARGS) {
  return EnterFromSql(
      [&]() -> Datum { return IntervalDatum(static_cast<uint64_t>(ProbeCompiler()) * 1000); });
}

PG_FUNCTION_INFO_V1(checker_read_engine_stats);
Datum checker_read_engine_stats(PG_FUNCTION_ARGS) {
  return EnterFromSql([&]() -> Datum {
    const EngineState state = LookAtEngine();
    const auto& counts = state.counts;
    const auto count = [&](EngineCounts::Counter counter) {
      return Int64GetDatum(static_cast<int64>(counts.values[counter]));
    };
    constexpr int64 kUnixToPostgres = (POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * USECS_PER_DAY;
    const Datum values[] = {count(EngineCounts::kRuns),
                            count(EngineCounts::kLoadedHits),
                            count(EngineCounts::kCacheHits),
                            count(EngineCounts::kMisses),
                            count(EngineCounts::kCompileFailures),
                            IntervalDatum(counts.values[EngineCounts::kCompileTimeNanoseconds]),
                            IntervalDatum(counts.longest_compile_nanoseconds),
                            TimestampTzGetDatum(counts.since_microseconds - kUnixToPostgres),
                            Int64GetDatum(state.artifacts),
                            Int64GetDatum(state.artifact_bytes),
                            Int64GetDatum(static_cast<int64>(settings.cache_size_kb) * 1024),
                            Int32GetDatum(state.running),
                            Int32GetDatum(settings.max_concurrent_runs),
                            Int32GetDatum(state.loaded_modules)};
    bool nulls[std::size(values)] = {};
    nulls[7] = counts.since_microseconds == 0;
    RowSet result(fcinfo);
    result.Add(values, nulls);
    return Datum{0};
  });
}
}
