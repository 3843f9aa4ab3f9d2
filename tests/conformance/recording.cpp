#include "recording.hpp"

#include <algorithm>
#include <cstdio>
#include <cstring>

namespace pg_checker::conformance {

namespace {

constexpr uint64_t kBlockBytes = 1024;

template <typename Number>
void Append(std::string& bytes, Number number) {
  bytes.append(reinterpret_cast<const char*>(&number), sizeof(number));
}

void AppendText(std::string& bytes, std::string_view text) {
  Append(bytes, uint64_t{text.size()});
  bytes.append(text);
}

void AppendEntries(std::string& bytes, const std::vector<Entry>& entries) {
  Append(bytes, uint64_t{entries.size()});
  for (const Entry& entry : entries) {
    Append(bytes, static_cast<uint32_t>(entry.kind));
    Append(bytes, entry.bits);
  }
}

// Reads numbers and texts off the front; `ok` turns false where they end too early.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  template <typename Number>
  Number Take() {
    Number number{};
    if (bytes_.size() < sizeof(number)) {
      ok_ = false;
      return number;
    }
    std::memcpy(&number, bytes_.data(), sizeof(number));
    bytes_.remove_prefix(sizeof(number));
    return number;
  }

  std::string TakeText() {
    const auto size = Take<uint64_t>();
    if (bytes_.size() < size) {
      ok_ = false;
      return {};
    }
    std::string text(bytes_.substr(0, size));
    bytes_.remove_prefix(size);
    return text;
  }

  std::vector<Entry> TakeEntries() {
    std::vector<Entry> entries;
    for (auto left = Take<uint64_t>(); left > 0 && ok_; --left) {
      const auto kind = static_cast<ValueKind>(Take<uint32_t>());
      entries.push_back({kind, Take<uint64_t>()});
    }
    return entries;
  }

  bool ok() const { return ok_; }

 private:
  std::string_view bytes_;
  bool ok_ = true;
};

State TakeState(Reader& reader) {
  State state;
  state.values = reader.TakeEntries();
  state.memory_bytes = reader.Take<uint64_t>();
  for (auto left = reader.Take<uint64_t>(); left > 0 && reader.ok(); --left) {
    const auto at = reader.Take<uint64_t>();
    state.memory.push_back({at, reader.TakeText()});
  }
  return state;
}

}  // namespace

std::optional<uint32_t> Recording::LastCase() const {
  for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
    if (entry->kind == ValueKind::kCase) return static_cast<uint32_t>(entry->bits);
  }
  return std::nullopt;
}

std::vector<Block> NonZeroBlocks(const uint8_t* memory, uint64_t bytes) {
  std::vector<Block> blocks;
  for (uint64_t at = 0; at < bytes; at += kBlockBytes) {
    const uint8_t* const begin = memory + at;
    const uint8_t* const end = begin + std::min(kBlockBytes, bytes - at);
    if (std::all_of(begin, end, [](uint8_t byte) { return byte == 0; })) continue;
    blocks.push_back({at, std::string(begin, end)});
  }
  return blocks;
}

std::string Describe(const Entry& entry) {
  static constexpr const char* kNames[kValueKinds] = {"i32", "i64",       "f32",
                                                      "f64", "reference", "case"};
  char text[96];
  const auto bits = static_cast<unsigned long long>(entry.bits);
  const char* name = kNames[static_cast<uint32_t>(entry.kind)];
  if (entry.kind == ValueKind::kF32) {
    float value;
    std::memcpy(&value, &entry.bits, sizeof(value));
    snprintf(text, sizeof(text), "f32 0x%08llx (%a)", bits, static_cast<double>(value));
  } else if (entry.kind == ValueKind::kF64) {
    double value;
    std::memcpy(&value, &entry.bits, sizeof(value));
    snprintf(text, sizeof(text), "f64 0x%016llx (%a)", bits, value);
  } else if (entry.kind == ValueKind::kCase) {
    snprintf(text, sizeof(text), "case %llu", bits);
  } else {
    snprintf(text, sizeof(text), "%s 0x%llx", name, bits);
  }
  return text;
}

std::string Encode(const Recording& recording) {
  std::string body;
  Append(body, recording.first_case);
  AppendEntries(body, recording.entries);
  Append(body, static_cast<uint32_t>(recording.end));
  AppendText(body, recording.end_text);
  Append(body, uint32_t{recording.state.has_value()});
  if (recording.state.has_value()) {
    AppendEntries(body, recording.state->values);
    Append(body, recording.state->memory_bytes);
    Append(body, uint64_t{recording.state->memory.size()});
    for (const Block& block : recording.state->memory) {
      Append(body, block.at);
      AppendText(body, block.bytes);
    }
  }
  std::string framed;
  AppendText(framed, body);
  return framed;
}

std::optional<Recording> Decode(std::string_view& bytes) {
  Reader frame(bytes);
  const std::string body = frame.TakeText();
  if (!frame.ok()) return std::nullopt;
  bytes.remove_prefix(sizeof(uint64_t) + body.size());
  Reader reader(body);
  Recording recording;
  recording.first_case = reader.Take<uint32_t>();
  recording.entries = reader.TakeEntries();
  recording.end = static_cast<End>(reader.Take<uint32_t>());
  recording.end_text = reader.TakeText();
  if (reader.Take<uint32_t>() != 0) recording.state = TakeState(reader);
  return reader.ok() ? std::optional(std::move(recording)) : std::nullopt;
}

}  // namespace pg_checker::conformance
