#include "native_engine.hpp"

#include <chrono>
#include <filesystem>
#include <iterator>
#include <utility>

#include "engine/compiler_process.hpp"
#include "engine/instance.hpp"
#include "engine/run.hpp"
#include "engine/trap_text.hpp"
#include "fake_host.hpp"

namespace pg_checker::conformance {

namespace {

using engine::Error;
using engine::ErrorKind;
using engine::Result;

class RecordingHost : public engine::FakeHost {
 public:
  explicit RecordingHost(uint32_t first_case) { now = first_case; }

  Result<bool> AssertRowCount(std::string_view, engine::RowCountOperator kind, int64_t value,
                              std::string_view) override {
    if (into_->size() >= kEntriesAtMost) return Error{ErrorKind::kStopped, "recording is full"};
    into_->push_back({static_cast<ValueKind>(kind), static_cast<uint64_t>(value)});
    return true;
  }

  Result<std::unique_ptr<engine::DatasetReader>> OpenDataset(std::string_view) override {
    return std::unique_ptr<engine::DatasetReader>(std::make_unique<EndOfRun>(*this));
  }

  // Called behind the guest's end, while its instance is still there.
  void TakeState() {
    state.emplace();
    into_ = &state->values;
    uint64_t slots[2] = {};
    engine::Instance& instance = *engine::Instance::Current();
    if (instance.Call(CHECKER_EXPORT_ALLOC, slots) != 0) state->values.clear();
    const wasm_rt_memory_t* memory = instance.memory();
    state->memory_bytes = memory->size;
    state->memory = NonZeroBlocks(memory->data, memory->size);
  }

  std::vector<Entry> entries;
  std::optional<State> state;

 private:
  // A dataset without columns. Closing it is the last thing that a run does.
  class EndOfRun : public engine::DatasetReader {
   public:
    explicit EndOfRun(RecordingHost& host) : host_(host) {}
    const std::vector<engine::StreamColumn>& columns() const override { return columns_; }
    Result<Progress> Fill(engine::Batch&) override { return Progress::kEnded; }
    Result<void> Close() override {
      host_.TakeState();
      return {};
    }

   private:
    RecordingHost& host_;
    std::vector<engine::StreamColumn> columns_;
  };

  std::vector<Entry>* into_ = &entries;
};

End EndOf(const Error& error) {
  // From guest_runtime.h's codes, whose texts are what a report has.
  static constexpr std::pair<int, End> kTraps[] = {
      {WASM_RT_TRAP_OOB, End::kOutOfBounds},
      {WASM_RT_TRAP_INT_OVERFLOW, End::kIntegerOverflow},
      {WASM_RT_TRAP_DIV_BY_ZERO, End::kDivideByZero},
      {WASM_RT_TRAP_INVALID_CONVERSION, End::kInvalidConversion},
      {WASM_RT_TRAP_UNREACHABLE, End::kUnreachable},
      {WASM_RT_TRAP_CALL_INDIRECT, End::kIndirectCall},
  };
  for (const auto& [code, end] : kTraps) {
    if (error.message == engine::TrapError(code).message) return end;
  }
  return End::kLimit;
}

}  // namespace

Result<std::shared_ptr<engine::Module>> NativeEngine::Load(const std::string& wasm) {
  engine::PollWaiter waiter;
  engine::CompileOptions options = engine::OptionsFor(folder_.path() + "/cache");
  options.timeout = std::chrono::minutes(10);  // a table of constants takes its time
  const Result<engine::CompileResult> compiled =
      engine::Compile(wasm, engine::SourceFormat::kWasm, options, waiter);
  if (!compiled.ok()) return compiled.error();
  const std::string artifact = engine::ReadFile(compiled->artifact_path);
  std::filesystem::remove(compiled->artifact_path);
  return engine::Module::Load(artifact, compiled->artifact_path);
}

std::vector<Recording> NativeEngine::RecordCases(engine::Module& module, uint32_t cases) {
  std::vector<Recording> recordings;
  RecordAll(
      cases, [&](uint32_t first) { return RunFrom(module, first); },
      [&](Recording recording) { recordings.push_back(std::move(recording)); });
  return recordings;
}

Recording NativeEngine::RunFrom(engine::Module& module, uint32_t first_case) {
  RecordingHost host(first_case);
  engine::RunOptions options = engine::Options();
  options.limits.fuel = fuel_;
  const engine::RunReport report = engine::RunGuest(module, host, options);
  Recording recording;
  recording.first_case = first_case;
  recording.entries = std::move(host.entries);
  recording.state = std::move(host.state);
  if (report.error.has_value()) {
    recording.end = EndOf(*report.error);
    recording.end_text = report.error->message;
  }
  return recording;
}

}  // namespace pg_checker::conformance
