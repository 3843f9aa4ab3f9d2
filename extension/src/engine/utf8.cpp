#include "engine/utf8.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <utility>

namespace pg_checker::engine {

namespace {

bool Within(unsigned char byte, unsigned char low, unsigned char high) {
  return low <= byte && byte <= high;
}

// The sequence at the start of a text.
struct Sequence {
  size_t length;  // bytes; of an invalid one, those that could have begun a valid one, at least 1
  bool valid;
};

// `text` is not empty. The ranges are the table of RFC 3629, section 4: only the second byte of
// some sequences is narrower than 80..BF.
Sequence FirstSequence(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return {1, true};
  unsigned char low = 0x80;
  unsigned char high = 0xBF;
  size_t length;
  if (Within(first, 0xC2, 0xDF)) {
    length = 2;
  } else if (Within(first, 0xE0, 0xEF)) {
    length = 3;
    if (first == 0xE0) low = 0xA0;   // below: overlong
    if (first == 0xED) high = 0x9F;  // above: surrogates
  } else if (Within(first, 0xF0, 0xF4)) {
    length = 4;
    if (first == 0xF0) low = 0x90;   // below: overlong
    if (first == 0xF4) high = 0x8F;  // above: beyond U+10FFFF
  } else {
    return {1, false};
  }
  for (size_t i = 1; i < length; ++i) {
    if (i == text.size() || !Within(byte(i), low, high)) return {i, false};
    low = 0x80;
    high = 0xBF;
  }
  return {length, true};
}

}  // namespace

size_t ValidUtf8Prefix(std::string_view text) {
  constexpr uint64_t kHighBits = 0x8080808080808080;
  size_t done = 0;
  while (done < text.size()) {
    // Most text is ASCII: eight bytes at a time.
    uint64_t word;
    while (text.size() - done >= sizeof(word)) {
      std::memcpy(&word, text.data() + done, sizeof(word));
      if ((word & kHighBits) != 0) break;
      done += sizeof(word);
    }
    if (done == text.size()) break;
    const Sequence sequence = FirstSequence(text.substr(done));
    if (!sequence.valid) break;
    done += sequence.length;
  }
  return done;
}

std::string Shortened(std::string_view text, size_t limit_bytes) {
  if (text.size() <= limit_bytes) return std::string(text);
  size_t end = limit_bytes;
  while (end > 0 && (text[end] & 0xC0) == 0x80) --end;  // inside of a character
  return std::string(text.substr(0, end)) + "...";
}

namespace {

void AppendWithoutNul(std::string& shown, std::string_view text) {
  const auto nuls = static_cast<size_t>(std::count(text.begin(), text.end(), '\0'));
  if (nuls == 0) {
    shown += text;
    return;
  }
  // Written in place: appending would take as long as a guest may have in all, were it all NULs.
  size_t at = shown.size();
  shown.resize(at + text.size() + nuls * (kReplacementCharacter.size() - 1));
  for (const char c : text) {
    if (c != '\0') {
      shown[at++] = c;
      continue;
    }
    for (const char replacement : kReplacementCharacter) shown[at++] = replacement;
  }
}

}  // namespace

std::string WithoutNul(std::string text) {
  if (text.find('\0') == std::string::npos) return text;
  std::string shown;
  AppendWithoutNul(shown, text);
  return shown;
}

std::string ShowAsText(std::string_view bytes) {
  std::string shown;
  shown.reserve(bytes.size());
  while (!bytes.empty()) {
    const size_t valid = ValidUtf8Prefix(bytes);
    AppendWithoutNul(shown, bytes.substr(0, valid));
    bytes.remove_prefix(valid);
    if (bytes.empty()) break;
    shown += kReplacementCharacter;
    bytes.remove_prefix(FirstSequence(bytes).length);
  }
  return shown;
}

}  // namespace pg_checker::engine
