#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "engine/wasi.hpp"

namespace pg_checker::engine {

namespace {

std::vector<std::string> Arguments() { return {"checker"}; }

std::vector<std::string> Environment(const RunOptions& options) {
  std::vector<std::string> strings;
  strings.reserve(options.environment.size());
  for (const auto& [name, value] : options.environment)
    strings.push_back(std::string(name).append(1, '=').append(value));
  return strings;
}

// Argument 0: pointers, one for each string; argument 1: the strings, each with a NUL, one behind
// the other.
Result<WasiErrno> WriteStrings(HostCall& call, const std::vector<std::string>& strings) {
  const uint32_t start = call.U32(1);
  std::vector<uint32_t> pointers;
  std::string bytes;
  for (const std::string& string : strings) {
    pointers.push_back(start + static_cast<uint32_t>(bytes.size()));
    bytes.append(string.c_str(), string.size() + 1);
  }
  if (Result<void> written = call.Write(start, bytes); !written.ok()) return written.error();
  const std::string_view pointer_bytes(reinterpret_cast<const char*>(pointers.data()),
                                       pointers.size() * sizeof(uint32_t));
  if (Result<void> written = call.Write(call.U32(0), pointer_bytes); !written.ok()) {
    return written.error();
  }
  return WasiErrno::kSuccess;
}

// Argument 0: how many strings; argument 1: their bytes, each with its NUL.
Result<WasiErrno> WriteSizes(HostCall& call, const std::vector<std::string>& strings) {
  uint32_t bytes = 0;
  for (const std::string& string : strings) bytes += static_cast<uint32_t>(string.size()) + 1;
  const auto number = static_cast<uint32_t>(strings.size());
  if (Result<void> written = call.WriteNumber(call.U32(0), number); !written.ok()) {
    return written.error();
  }
  if (Result<void> written = call.WriteNumber(call.U32(1), bytes); !written.ok()) {
    return written.error();
  }
  return WasiErrno::kSuccess;
}

}  // namespace

Result<WasiErrno> ArgsGet(HostCall& call) { return WriteStrings(call, Arguments()); }

Result<WasiErrno> ArgsSizesGet(HostCall& call) { return WriteSizes(call, Arguments()); }

Result<WasiErrno> EnvironGet(HostCall& call) {
  return WriteStrings(call, Environment(call.instance().options()));
}

Result<WasiErrno> EnvironSizesGet(HostCall& call) {
  return WriteSizes(call, Environment(call.instance().options()));
}

// (buffer, length)
Result<WasiErrno> RandomGet(HostCall& call) {
  const uint32_t pointer = call.U32(0);
  const uint32_t length = call.U32(1);
  if (Result<void> inside = call.Check(pointer, length); !inside.ok()) return inside.error();
  constexpr uint32_t kPieceBytes = 64 * 1024;
  std::string piece;
  for (uint32_t done = 0; done < length;) {
    piece.resize(std::min(kPieceBytes, length - done));
    for (size_t at = 0; at < piece.size(); at += sizeof(uint64_t)) {
      const uint64_t word = call.instance().wasi().random.Next();
      std::memcpy(piece.data() + at, &word, std::min(sizeof(word), piece.size() - at));
    }
    if (Result<void> written = call.Write(pointer + done, piece); !written.ok()) {
      return written.error();
    }
    done += static_cast<uint32_t>(piece.size());
  }
  return WasiErrno::kSuccess;
}

}  // namespace pg_checker::engine
