#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "engine/wasi.hpp"

namespace pg_checker::engine {

namespace {

constexpr uint32_t kStdin = 0;
constexpr uint32_t kStdout = 1;
constexpr uint32_t kStderr = 2;

constexpr uint8_t kCharacterDevice = 2;  // type filetype
constexpr uint64_t kRightRead = 1u << 1;
constexpr uint64_t kRightWrite = 1u << 6;
constexpr uint64_t kRightPoll = 1u << 27;

// What readv(2) takes at most, and wasi-libc defines as IOV_MAX.
constexpr uint32_t kVectorsAtMost = 1024;

struct Vector {
  uint32_t pointer;
  uint32_t length;
};
static_assert(sizeof(Vector) == 8);

// The vectors that arguments 1 (pointer) and 2 (number, at most kVectorsAtMost) describe.
Result<std::vector<Vector>> Vectors(HostCall& call) {
  const uint32_t number = call.U32(2);
  const Result<std::string> bytes =
      call.Bytes(call.U32(1), number * static_cast<uint32_t>(sizeof(Vector)));
  if (!bytes.ok()) return bytes.error();
  std::vector<Vector> vectors(number);
  if (number > 0) std::memcpy(vectors.data(), bytes->data(), bytes->size());
  return vectors;
}

Error OverOutputLimit(std::string_view name, uint64_t limit) {
  return {ErrorKind::kOutput,
          std::string(name) + " is over the limit of " + std::to_string(limit) + " bytes", "",
          "Write less, or raise checker.output_limit."};
}

// Appends to a captured stream; what is over the limit ends the run, with the part that fits kept.
Result<void> Capture(HostCall& call, std::string& stream, std::string_view name,
                     const Vector& vector) {
  if (Result<void> inside = call.Check(vector.pointer, vector.length); !inside.ok()) return inside;
  const uint64_t limit = call.instance().options().limits.output_bytes;
  const auto fits = static_cast<uint32_t>(
      std::min<uint64_t>(vector.length, limit - std::min<uint64_t>(limit, stream.size())));
  const Result<std::string> bytes = call.Bytes(vector.pointer, fits);
  if (!bytes.ok()) return bytes.error();
  stream += *bytes;
  if (fits == vector.length) return {};
  return OverOutputLimit(name, limit);
}

}  // namespace

Result<void> CaptureOutput(Instance& instance, std::string_view text) {
  std::string& stream = instance.wasi().standard_output;
  const uint64_t limit = instance.options().limits.output_bytes;
  const auto fits = text.substr(0, limit - std::min<uint64_t>(limit, stream.size()));
  stream += fits;
  if (fits.size() == text.size()) return {};
  return OverOutputLimit("standard output", limit);
}

bool IsOpen(HostCall& call, uint32_t descriptor) {
  return descriptor <= kStderr && call.instance().wasi().open[descriptor];
}

// (fd, iovs, iovs_len, nread)
Result<WasiErrno> FdRead(HostCall& call) {
  const uint32_t descriptor = call.U32(0);
  if (!IsOpen(call, descriptor) || descriptor != kStdin) return WasiErrno::kBadDescriptor;
  if (call.U32(2) > kVectorsAtMost) return WasiErrno::kInvalid;
  const Result<std::vector<Vector>> vectors = Vectors(call);
  if (!vectors.ok()) return vectors.error();
  if (Result<void> inside = call.Check(call.U32(3), sizeof(uint32_t)); !inside.ok()) {
    return inside.error();
  }
  std::string_view& input = call.instance().wasi().input;
  uint32_t total = 0;
  for (const Vector& vector : *vectors) {
    if (Result<void> inside = call.Check(vector.pointer, vector.length); !inside.ok()) {
      return inside.error();
    }
    const std::string_view piece =
        input.substr(0, std::min<size_t>(vector.length, UINT32_MAX - total));
    if (Result<void> written = call.Write(vector.pointer, piece); !written.ok()) {
      return written.error();
    }
    input.remove_prefix(piece.size());
    total += static_cast<uint32_t>(piece.size());
  }
  if (Result<void> written = call.WriteNumber(call.U32(3), total); !written.ok()) {
    return written.error();
  }
  return WasiErrno::kSuccess;
}

// (fd, ciovs, ciovs_len, nwritten)
Result<WasiErrno> FdWrite(HostCall& call) {
  const uint32_t descriptor = call.U32(0);
  if (!IsOpen(call, descriptor) || descriptor == kStdin) return WasiErrno::kBadDescriptor;
  if (call.U32(2) > kVectorsAtMost) return WasiErrno::kInvalid;
  const Result<std::vector<Vector>> vectors = Vectors(call);
  if (!vectors.ok()) return vectors.error();
  if (Result<void> inside = call.Check(call.U32(3), sizeof(uint32_t)); !inside.ok()) {
    return inside.error();
  }
  WasiState& wasi = call.instance().wasi();
  const bool is_output = descriptor == kStdout;
  std::string& stream = is_output ? wasi.standard_output : wasi.standard_error;
  const size_t before = stream.size();
  for (const Vector& vector : *vectors) {
    // The count is 32 bits wide: a guest that sends more in one call is told that less was written.
    if (stream.size() - before + vector.length > UINT32_MAX) break;
    Result<void> captured =
        Capture(call, stream, is_output ? "standard output" : "standard error", vector);
    if (!captured.ok()) return captured.error();
  }
  const auto total = static_cast<uint32_t>(stream.size() - before);
  if (Result<void> written = call.WriteNumber(call.U32(3), total); !written.ok()) {
    return written.error();
  }
  return WasiErrno::kSuccess;
}

Result<WasiErrno> FdClose(HostCall& call) {
  const uint32_t descriptor = call.U32(0);
  if (!IsOpen(call, descriptor)) return WasiErrno::kBadDescriptor;
  call.instance().wasi().open[descriptor] = false;
  return WasiErrno::kSuccess;
}

// (fd, fdstat): filetype u8@0, flags u16@2, rights u64@8, inheriting rights u64@16
Result<WasiErrno> FdFdstatGet(HostCall& call) {
  const uint32_t descriptor = call.U32(0);
  if (!IsOpen(call, descriptor)) return WasiErrno::kBadDescriptor;
  char bytes[24] = {};
  bytes[0] = kCharacterDevice;
  const uint64_t rights = kRightPoll | (descriptor == kStdin ? kRightRead : kRightWrite);
  std::memcpy(bytes + 8, &rights, sizeof(rights));
  Result<void> written = call.Write(call.U32(1), {bytes, sizeof(bytes)});
  if (!written.ok()) return written.error();
  return WasiErrno::kSuccess;
}

// (fd, filestat): dev u64@0, ino u64@8, filetype u8@16, nlink u64@24, size u64@32, three times
// u64@40
Result<WasiErrno> FdFilestatGet(HostCall& call) {
  if (!IsOpen(call, call.U32(0))) return WasiErrno::kBadDescriptor;
  char bytes[64] = {};
  bytes[16] = kCharacterDevice;
  bytes[24] = 1;
  Result<void> written = call.Write(call.U32(1), {bytes, sizeof(bytes)});
  if (!written.ok()) return written.error();
  return WasiErrno::kSuccess;
}

Result<WasiErrno> FdSeek(HostCall& call) {
  return IsOpen(call, call.U32(0)) ? WasiErrno::kSeekOnPipe : WasiErrno::kBadDescriptor;
}

Result<WasiErrno> OnFile(HostCall& call) {
  return IsOpen(call, call.U32(0)) ? WasiErrno::kNotImplemented : WasiErrno::kBadDescriptor;
}

}  // namespace pg_checker::engine
