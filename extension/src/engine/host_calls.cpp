#include "engine/host_calls.hpp"

#include <algorithm>
#include <exception>
#include <optional>
#include <string>
#include <utility>

#include "engine/utf8.hpp"
#include "engine/wasi.hpp"

namespace pg_checker::engine {

namespace {

// What is taken of a message: more than any host keeps of one.
constexpr uint32_t kMessageKeptBytes = (4u << 20) + 16;

Result<std::string> Message(HostCall& call, size_t first) {
  return call.Shown(first, kMessageKeptBytes);
}

Result<void> ReturnBoolean(HostCall& call, const Result<bool>& value) {
  if (!value.ok()) return value.error();
  call.Return(uint32_t{*value});
  return {};
}

Result<void> Record(HostCall& call, Outcome outcome) {
  Result<std::string> message = Message(call, 0);
  if (!message.ok()) return message.error();
  return call.host().Record(outcome, *message);
}

// The rows of the dataset named by arguments 0 and 1, in the guest's memory.
Result<HostCall::Block> DeliverDataset(HostCall& call) {
  Result<std::string> name = call.DatasetName(0);
  if (!name.ok()) return name.error();
  Result<std::string> csv = call.host().DatasetCsv(*name, call.DeliveryLimit());
  if (!csv.ok()) return csv.error();
  return call.Deliver(*csv);
}

Result<void> Dataset(HostCall& call) {
  Result<HostCall::Block> block = DeliverDataset(call);
  if (!block.ok()) return block.error();
  call.Return(block->pointer, block->length);
  return {};
}

// Writes {u32 pointer, u32 length} at `out`.
Result<void> WriteBlock(HostCall& call, uint32_t out, HostCall::Block block) {
  return call.WriteNumber(out, uint64_t{block.length} << 32 | block.pointer);
}

Result<void> DatasetCsv(HostCall& call) {
  const uint32_t out = call.U32(2);
  // Before the query runs, and again when writing: the allocator has run in between.
  if (Result<void> inside = call.Check(out, sizeof(uint64_t)); !inside.ok()) return inside;
  Result<HostCall::Block> block = DeliverDataset(call);
  if (!block.ok()) return block.error();
  return WriteBlock(call, out, *block);
}

// A text that may be absent, in the guest's memory.
Result<std::optional<HostCall::Block>> DeliverOptional(HostCall& call,
                                                       std::optional<std::string_view> text) {
  if (!text.has_value()) return std::optional<HostCall::Block>();
  Result<HostCall::Block> block = call.Deliver(*text);
  if (!block.ok()) return block.error();
  return std::optional(*block);
}

Result<std::optional<HostCall::Block>> DeliverParam(HostCall& call) {
  Result<std::string> name = call.Text(call.U32(0), call.U32(1), HostCall::kNameKeptBytes);
  if (!name.ok()) return name.error();
  const bool cannot_exist =
      call.U32(1) > HostCall::kNameKeptBytes || name->find('\0') != std::string::npos;
  const std::optional<std::string> value = cannot_exist ? std::nullopt : call.host().Param(*name);
  return DeliverOptional(call, value);
}

Result<std::optional<HostCall::Block>> DeliverInput(HostCall& call) {
  return DeliverOptional(call, call.instance().options().input);
}

// Both forms of `param` and `input`: the block as two results, or at `out` with 1 or 0 as the
// result.
Result<void> ReturnBlock(HostCall& call, const Result<std::optional<HostCall::Block>>& block) {
  if (!block.ok()) return block.error();
  const HostCall::Block present = block->value_or(HostCall::Block{0, 0});
  call.Return(present.pointer, present.length);
  return {};
}

Result<void> StoreBlock(HostCall& call, uint32_t out,
                        Result<std::optional<HostCall::Block>> (*deliver)(HostCall&)) {
  if (Result<void> inside = call.Check(out, sizeof(uint64_t)); !inside.ok()) return inside;
  const Result<std::optional<HostCall::Block>> block = deliver(call);
  if (!block.ok()) return block.error();
  if (block->has_value()) {
    if (Result<void> written = WriteBlock(call, out, **block); !written.ok()) return written;
  }
  call.Return(uint32_t{block->has_value()});
  return {};
}

Result<void> AssertEmpty(HostCall& call,
                         Result<bool> (Host::*decide)(std::string_view, std::string_view)) {
  Result<std::string> dataset = call.DatasetName(0);
  if (!dataset.ok()) return dataset.error();
  Result<std::string> message = Message(call, 2);
  if (!message.ok()) return message.error();
  return ReturnBoolean(call, (call.host().*decide)(*dataset, *message));
}

// `limit` is the number of that argument; the message's two follow.
Result<void> AssertRows(HostCall& call, RowCountOperator op, size_t limit) {
  Result<std::string> dataset = call.DatasetName(0);
  if (!dataset.ok()) return dataset.error();
  Result<std::string> message = Message(call, limit + 1);
  if (!message.ok()) return message.error();
  return ReturnBoolean(call, call.host().AssertRowCount(
                                 *dataset, op, static_cast<int64_t>(call.U64(limit)), *message));
}

Result<void> AssertRowCount(HostCall& call) {
  const uint32_t op = call.U32(2);
  if (op > static_cast<uint32_t>(RowCountOperator::kAtLeast)) {
    return call.Trap("operator " + std::to_string(op) + " is not one of 0 to 5");
  }
  return AssertRows(call, static_cast<RowCountOperator>(op), 3);
}

Result<void> AssertEqual(HostCall& call) {
  Result<std::string> left = call.DatasetName(0);
  if (!left.ok()) return left.error();
  Result<std::string> right = call.DatasetName(2);
  if (!right.ok()) return right.error();
  Result<std::string> message = Message(call, 4);
  if (!message.ok()) return message.error();
  return ReturnBoolean(call, call.host().AssertEqual(*left, *right, *message));
}

Result<void> AssertBoolean(HostCall& call, bool expected) {
  Result<std::string> message = Message(call, 1);
  if (!message.ok()) return message.error();
  return ReturnBoolean(call, call.host().AssertBoolean(call.U32(0) != 0, expected, *message));
}

Result<void> Log(HostCall& call) {
  const uint32_t level = call.U32(0);
  if (level > static_cast<uint32_t>(LogLevel::kError)) {
    return call.Trap("level " + std::to_string(level) + " is not one of 0 to 3");
  }
  // A line that is longer than all of the log may be ends the run, cut or not.
  const uint64_t limit = call.instance().options().limits.output_bytes;
  const auto kept = static_cast<uint32_t>(std::min<uint64_t>(limit + 16, kMessageKeptBytes));
  Result<std::string> text = call.Shown(1, kept);
  if (!text.ok()) return text.error();
  return call.host().Log(static_cast<LogLevel>(level), *text);
}

Result<void> CallAny(HostCall& call) {
  if (call.instance().in_allocator()) {
    return call.Trap("host function called from the guest's allocator");
  }
  return kHostFunctions[call.function()].module == "checker" ? CallChecker(call) : CallWasi(call);
}

}  // namespace

Result<void> CallChecker(HostCall& call) {
  switch (call.function()) {
    case kFail:
      return Record(call, Outcome::kFail);
    case kWarn:
      return Record(call, Outcome::kWarn);
    case kSucceed:
    case kOk:
      return Record(call, Outcome::kSucceed);
    case kDataset:
    case kDatasets:
      return Dataset(call);
    case kDatasetCsv:
      return DatasetCsv(call);
    case kAssertEmpty:
      return AssertEmpty(call, &Host::AssertEmpty);
    case kAssertNotEmpty:
      return AssertEmpty(call, &Host::AssertNotEmpty);
    case kAssertLessThan:
      return AssertRows(call, RowCountOperator::kLess, 2);
    case kAssertGreaterThan:
      return AssertRows(call, RowCountOperator::kGreater, 2);
    case kAssertRowCount:
      return AssertRowCount(call);
    case kAssertEqual:
      return AssertEqual(call);
    case kAssertTrue:
      return AssertBoolean(call, true);
    case kAssertFalse:
      return AssertBoolean(call, false);
    case kNow:
      call.Return(static_cast<uint64_t>(call.host().NowMicroseconds()));
      return {};
    case kBusinessDay:
      return ReturnBoolean(call, call.host().BusinessDay());
    case kParam:
      return ReturnBlock(call, DeliverParam(call));
    case kInput:
      return ReturnBlock(call, DeliverInput(call));
    case kParamGet:
      return StoreBlock(call, call.U32(2), DeliverParam);
    case kInputGet:
      return StoreBlock(call, call.U32(0), DeliverInput);
    case kLog:
      return Log(call);
    case kDatasetOpen:
      return call.instance().streams().Open(call);
    case kDatasetSchema:
      return call.instance().streams().Schema(call);
    case kDatasetNext:
      return call.instance().streams().Next(call);
    case kDatasetClose:
      return call.instance().streams().Close(call);
    default:
      return call.Trap("not a function of module \"checker\"");
  }
}

int DispatchHostCall(Instance& instance, uint32_t function, uint64_t* slots) noexcept {
  try {
    if (function >= CHECKER_INTERPRETER_IMPORTS && instance.imports() != nullptr) {
      const uint32_t import = function - CHECKER_INTERPRETER_IMPORTS;
      if (const int code = instance.imports()->Call(instance, import, slots); code != 0)
        return code;
      Result<void> go_on = instance.Poll();
      if (go_on.ok()) return 0;
      instance.Stop(std::move(go_on.error()));
      return CHECKER_TRAP_HOST;
    }
    if (function >= kHostFunctionCount) {
      instance.Stop(
          {ErrorKind::kTrap, "host function " + std::to_string(function) + " does not exist"});
      return CHECKER_TRAP_HOST;
    }
    HostCall call(instance, static_cast<HostFunction>(function), slots);
    Result<void> done = CallAny(call);
    if (done.ok() && instance.exit_code().has_value()) return CHECKER_TRAP_HOST;
    if (done.ok()) done = instance.Poll();
    if (done.ok()) return 0;
    instance.Stop(std::move(done.error()));
  } catch (...) {
    instance.Keep(std::current_exception());
  }
  return CHECKER_TRAP_HOST;
}

}  // namespace pg_checker::engine
