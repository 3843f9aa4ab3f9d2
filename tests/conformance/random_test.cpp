// Random modules through the engine and through WABT's interpreter. A seed is a module, so that a
// failure can be run again: random_test --seed S. The modules are shared out among processes, which
// also means that native code that crashes is a failure with a seed like any other.
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <new>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

#include "comparison.hpp"
#include "fuzzed_guest.hpp"
#include "fuzzed_module.hpp"
#include "guest.hpp"
#include "interpreter.hpp"
#include "native_engine.hpp"

namespace pg_checker::conformance {
namespace {

// The guest's own limit on loops and calls ends it long before either of these.
constexpr int64_t kFuel = 100'000'000;
constexpr std::chrono::seconds kInterpreterLimit{60};

// Of modules that could not be compared to their end. More would mean that the test tests little.
constexpr double kMostCutShort = 0.02;

// How often a long run gives a sign of life.
constexpr uint64_t kModulesPerSign = 200;

struct Work {
  uint64_t first_seed = 1;
  uint64_t count = 100;
  uint64_t processes = 2;
  std::string save_as;
};

// What a process has done, in memory that it shares with the one that waits for it.
struct Progress {
  uint64_t seed = 0;  // of the module in work
  uint64_t modules = 0;
  uint64_t cases = 0;
  uint64_t values = 0;
  uint64_t traps = 0;
  uint64_t cut_short = 0;
  uint64_t different = 0;

  void Add(const Progress& other) {
    modules += other.modules;
    cases += other.cases;
    values += other.values;
    traps += other.traps;
    cut_short += other.cut_short;
    different += other.different;
  }
};

unsigned long long Printed(uint64_t number) { return number; }

void PrintFailure(uint64_t seed, const std::string& what) {
  printf("seed %llu: %s\n  to run it again: random_test --seed %llu\n", Printed(seed), what.c_str(),
         Printed(seed));
}

Verdict CompareModule(uint64_t seed, const std::string& save_as) {
  const Guest guest = FuzzedGuest(FuzzedModule(seed), seed).Assemble();
  if (!save_as.empty()) std::ofstream(save_as, std::ios::binary) << guest.wasm;
  NativeEngine engine(kFuel);
  const auto module = engine.Load(guest.wasm);
  if (!module.ok()) {
    Verdict refused;
    refused.difference =
        "the module was refused: " + module.error().message + " " + module.error().detail;
    return refused;
  }
  return Compare(guest, engine.RecordCases(**module, guest.cases),
                 Interpret(guest, kInterpreterLimit));
}

// One of the processes: every so many-th module.
void CompareShare(const Work& work, uint64_t process, Progress& progress) {
  for (uint64_t number = process; number < work.count; number += work.processes) {
    progress.seed = work.first_seed + number;
    const Verdict verdict = CompareModule(progress.seed, work.save_as);
    ++progress.modules;
    progress.cases += verdict.cases;
    progress.values += verdict.values;
    progress.traps += verdict.traps;
    if (!verdict.difference.empty()) {
      ++progress.different;
      PrintFailure(progress.seed, verdict.difference);
    } else if (!verdict.cut_short.empty()) {
      ++progress.cut_short;
      printf("seed %llu, cut short: %s\n", Printed(progress.seed), verdict.cut_short.c_str());
    }
    if (progress.modules % kModulesPerSign == 0) {
      printf("process %llu: %llu modules, at seed %llu\n", Printed(process),
             Printed(progress.modules), Printed(progress.seed));
    }
    fflush(stdout);
  }
}

pid_t StartShare(const Work& work, uint64_t process, Progress& progress) {
  fflush(stdout);
  const pid_t child = fork();
  if (child < 0) throw std::runtime_error("fork failed");
  if (child > 0) return child;
  prctl(PR_SET_PDEATHSIG, SIGKILL);  // a share that nobody waits for would go on for long
  try {
    CompareShare(work, process, progress);
  } catch (const std::exception& error) {
    PrintFailure(progress.seed, error.what());
    fflush(stdout);
    _exit(2);
  }
  _exit(0);
}

// True if the process did its share.
bool WaitForShare(pid_t child, const Progress& progress) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFSIGNALED(status)) {
    PrintFailure(progress.seed, "ended on signal " + std::to_string(WTERMSIG(status)));
  }
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

int Run(const Work& work) {
  const auto begin = std::chrono::steady_clock::now();
  const engine::TemporaryFolder folder;  // with what a share that crashes leaves behind
  setenv("TMPDIR", folder.path().c_str(), 1);
  static_assert(std::is_trivially_destructible_v<Progress>);
  void* const shared = mmap(nullptr, work.processes * sizeof(Progress), PROT_READ | PROT_WRITE,
                            MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED) throw std::runtime_error("mmap failed");
  auto* const progress = static_cast<Progress*>(shared);
  std::vector<pid_t> children;
  for (uint64_t process = 0; process < work.processes; ++process) {
    children.push_back(StartShare(work, process, *new (progress + process) Progress));
  }
  Progress total;
  bool complete = true;
  for (uint64_t process = 0; process < work.processes; ++process) {
    complete = WaitForShare(children[process], progress[process]) && complete;
    total.Add(progress[process]);
  }
  munmap(shared, work.processes * sizeof(Progress));
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
  printf(
      "%llu modules, %llu cases, %llu values, %llu traps; %llu different; %llu cut short; "
      "%.0f s\n",
      Printed(total.modules), Printed(total.cases), Printed(total.values), Printed(total.traps),
      Printed(total.different), Printed(total.cut_short), taken.count());
  const bool too_short =
      static_cast<double>(total.cut_short) > 1 + kMostCutShort * static_cast<double>(work.count);
  if (too_short) printf("too many modules were cut short\n");
  return complete && total.different == 0 && !too_short ? 0 : 1;
}

}  // namespace
}  // namespace pg_checker::conformance

int main(int argc, char** argv) {
  CLI::App app("Random modules through the engine and through WABT's interpreter.");
  pg_checker::conformance::Work work;
  uint64_t seed = 0;
  app.add_option("--first-seed", work.first_seed, "the first module's seed")
      ->take_last()
      ->capture_default_str();
  app.add_option("--modules", work.count, "how many, of this seed and those that follow")
      ->take_last()
      ->capture_default_str();
  app.add_option("--processes", work.processes, "how many at once")
      ->check(CLI::Range(1, 64))
      ->take_last()
      ->capture_default_str();
  auto* only = app.add_option("--seed", seed, "one module only");
  app.add_option("--save", work.save_as, "writes the guest to a file")->needs(only);
  CLI11_PARSE(app, argc, argv);
  if (only->count() > 0) {
    work.first_seed = seed;
    work.count = 1;
    work.processes = 1;
  }
  try {
    return pg_checker::conformance::Run(work);
  } catch (const std::exception& error) {
    fprintf(stderr, "random_test: %s\n", error.what());
    return 2;
  }
}
