#include "assertions/rules/json_value.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace pg_checker::assertions::rules {

namespace {

constexpr int kMaxDepth = 64;
// More than a table may have columns; names are looked for one by one.
constexpr size_t kMaxMembers = 2000;
// A short text could hold millions, each of which takes a hundred bytes.
constexpr size_t kMaxValues = 500'000;
constexpr std::string_view kSyntaxError = "22P02";

bool IsDigit(char byte) { return byte >= '0' && byte <= '9'; }

// Recursive descent; the first fault ends it.
class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Checked<JsonValue> Parse() {
    JsonValue value;
    if (!ReadValue(value, 0)) return std::move(fault_);
    SkipSpace();
    if (at_ < text_.size()) {
      Refuse("unexpected text behind the end");
      return std::move(fault_);
    }
    return value;
  }

 private:
  char Peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool AtEnd() const { return at_ >= text_.size(); }

  void SkipSpace() {
    while (!AtEnd() && (Peek() == ' ' || Peek() == '\t' || Peek() == '\n' || Peek() == '\r')) at_++;
  }

  bool RefuseAt(size_t offset, std::string message, std::string hint = "") {
    fault_ = {"", std::move(message), std::move(hint), std::string(kSyntaxError), offset};
    return false;
  }

  bool Refuse(std::string message) {
    return RefuseAt(at_, AtEnd() ? "unexpected end of the text" : std::move(message));
  }

  bool Take(char wanted) {
    if (AtEnd() || Peek() != wanted)
      return Refuse(std::string("expected \"") + wanted + "\"" + Found());
    at_++;
    return true;
  }

  // What stands here, for messages: one character of UTF-8.
  std::string Found() const {
    size_t end = at_ + 1;
    while (end < text_.size() && (static_cast<unsigned char>(text_[end]) & 0xC0) == 0x80) end++;
    return ", found \"" + std::string(text_.substr(at_, end - at_)) + "\"";
  }

  bool ReadValue(JsonValue& value, int depth) {
    SkipSpace();
    value.offset = at_;
    value.name_offset = at_;
    if (depth > kMaxDepth) return RefuseAt(at_, "more than 64 levels of arrays and objects");
    if (++values_ > kMaxValues) return RefuseAt(at_, "more than 500000 values");
    if (AtEnd()) return Refuse("");
    bool read = false;
    switch (Peek()) {
      case '{':
        read = ReadObject(value, depth);
        break;
      case '[':
        read = ReadArray(value, depth);
        break;
      case '"':
        value.kind = JsonValue::Kind::kText;
        read = ReadText(value.text);
        break;
      default:
        read = ReadWordOrNumber(value);
    }
    return read;
  }

  bool ReadWordOrNumber(JsonValue& value) {
    if (Peek() == '-' || IsDigit(Peek())) return ReadNumber(value);
    if (TakeWord("true") || TakeWord("false")) {
      value.kind = JsonValue::Kind::kBoolean;
      value.boolean = text_[value.offset] == 't';
      return true;
    }
    if (TakeWord("null")) return true;
    return Refuse("expected a value" + Found());
  }

  bool TakeWord(std::string_view word) {
    if (!text_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }

  bool ReadNumber(JsonValue& value) {
    value.kind = JsonValue::Kind::kNumber;
    if (Peek() == '-') at_++;
    const size_t digits_at = at_;
    if (!TakeDigits()) return false;
    if (text_[digits_at] == '0' && at_ > digits_at + 1)
      return RefuseAt(value.offset, "a number begins with 0");
    if (Peek() == '.') {
      at_++;
      if (!TakeDigits()) return false;
    }
    if (Peek() == 'e' || Peek() == 'E') {
      at_++;
      if (Peek() == '+' || Peek() == '-') at_++;
      if (!TakeDigits()) return false;
    }
    value.text = text_.substr(value.offset, at_ - value.offset);
    return true;
  }

  bool TakeDigits() {
    if (AtEnd() || !IsDigit(Peek())) return Refuse("expected a digit" + MaybeFound());
    while (IsDigit(Peek())) at_++;
    return true;
  }

  bool ReadArray(JsonValue& value, int depth) {
    value.kind = JsonValue::Kind::kArray;
    at_++;
    SkipSpace();
    if (Peek() == ']') {
      at_++;
      return true;
    }
    for (;;) {
      if (!ReadValue(value.items.emplace_back(), depth + 1)) return false;
      SkipSpace();
      if (Peek() == ']') break;
      if (AtEnd() || Peek() != ',') return Refuse("expected \",\" or \"]\"" + MaybeFound());
      at_++;
    }
    at_++;
    return true;
  }

  std::string MaybeFound() const { return AtEnd() ? "" : Found(); }

  bool ReadObject(JsonValue& value, int depth) {
    value.kind = JsonValue::Kind::kObject;
    at_++;
    SkipSpace();
    if (Peek() == '}') {
      at_++;
      return true;
    }
    for (;;) {
      SkipSpace();
      const size_t name_at = at_;
      if (AtEnd() || Peek() != '"') return Refuse("expected a name in quotes" + MaybeFound());
      std::string name;
      if (!ReadText(name)) return false;
      if (value.Find(name) != nullptr)
        return RefuseAt(name_at, "key \"" + name + "\" is there twice", "Leave one of them out.");
      SkipSpace();
      if (!Take(':')) return false;
      JsonValue member;
      if (!ReadValue(member, depth + 1)) return false;
      member.name_offset = name_at;
      value.members.push_back({std::move(name), std::move(member)});
      if (value.members.size() > kMaxMembers)
        return RefuseAt(name_at, "an object has more than 2000 keys");
      SkipSpace();
      if (Peek() == '}') break;
      if (AtEnd() || Peek() != ',') return Refuse("expected \",\" or \"}\"" + MaybeFound());
      at_++;
    }
    at_++;
    return true;
  }

  bool ReadText(std::string& text) {
    at_++;
    for (;;) {
      if (AtEnd()) return Refuse("");
      const char byte = text_[at_];
      if (byte == '"') break;
      if (static_cast<unsigned char>(byte) < 0x20)
        return Refuse("a control character stands in a text");
      if (byte == '\\') {
        if (!ReadEscape(text)) return false;
      } else {
        text += byte;
        at_++;
      }
    }
    at_++;
    return true;
  }

  bool ReadEscape(std::string& text) {
    const size_t escape_at = at_++;
    if (AtEnd()) return Refuse("");
    constexpr std::string_view kNames = "\"\\/bfnrt";
    constexpr std::string_view kBytes = "\"\\/\b\f\n\r\t";
    const size_t known = kNames.find(Peek());
    if (known != std::string_view::npos) {
      text += kBytes[known];
      at_++;
      return true;
    }
    if (Peek() != 'u') return RefuseAt(escape_at, "an escape that JSON does not have");
    uint32_t code = 0;
    if (!ReadHex(code)) return false;
    if (code >= 0xD800 && code < 0xDC00 && text_.substr(at_).starts_with("\\u")) {
      at_++;
      uint32_t low = 0;
      if (!ReadHex(low)) return false;
      if (low < 0xDC00 || low > 0xDFFF) return RefuseAt(escape_at, "half a surrogate pair");
      code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    }
    if (code == 0) return RefuseAt(escape_at, "a text has \\u0000", "Leave it out.");
    if (code >= 0xD800 && code < 0xE000) return RefuseAt(escape_at, "half a surrogate pair");
    AppendUtf8(text, code);
    return true;
  }

  // Stands on the u; goes behind its four digits.
  bool ReadHex(uint32_t& code) {
    at_++;
    for (int i = 0; i < 4; i++, at_++) {
      if (AtEnd()) return Refuse("");
      const char byte = Peek();
      uint32_t digit = 0;
      if (IsDigit(byte)) {
        digit = static_cast<uint32_t>(byte - '0');
      } else if ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'f') {
        digit = static_cast<uint32_t>((byte | 0x20) - 'a') + 10;
      } else {
        return Refuse("expected a hexadecimal digit" + Found());
      }
      code = code << 4 | digit;
    }
    return true;
  }

  static void AppendUtf8(std::string& text, uint32_t code) {
    const auto put = [&](uint32_t byte) { text += static_cast<char>(byte); };
    if (code < 0x80) {
      put(code);
    } else if (code < 0x800) {
      put(0xC0 | code >> 6);
      put(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
      put(0xE0 | code >> 12);
      put(0x80 | (code >> 6 & 0x3F));
      put(0x80 | (code & 0x3F));
    } else {
      put(0xF0 | code >> 18);
      put(0x80 | (code >> 12 & 0x3F));
      put(0x80 | (code >> 6 & 0x3F));
      put(0x80 | (code & 0x3F));
    }
  }

  std::string_view text_;
  size_t at_ = 0;
  size_t values_ = 0;
  Fault fault_;
};

}  // namespace

JsonValue::JsonValue() = default;
JsonValue::JsonValue(const JsonValue& other) = default;
JsonValue::JsonValue(JsonValue&& other) noexcept = default;
JsonValue& JsonValue::operator=(const JsonValue& other) = default;
JsonValue& JsonValue::operator=(JsonValue&& other) noexcept = default;
JsonValue::~JsonValue() = default;

const JsonValue* JsonValue::Find(std::string_view name) const {
  const auto found = std::find_if(members.begin(), members.end(),
                                  [&](const auto& member) { return member.name == name; });
  return found == members.end() ? nullptr : &found->value;
}

std::string_view KindName(JsonValue::Kind kind) {
  switch (kind) {
    case JsonValue::Kind::kNull:
      return "null";
    case JsonValue::Kind::kBoolean:
      return "true or false";
    case JsonValue::Kind::kNumber:
      return "a number";
    case JsonValue::Kind::kText:
      return "a text";
    case JsonValue::Kind::kArray:
      return "an array";
    case JsonValue::Kind::kObject:
      return "an object";
  }
  return "";
}

Checked<JsonValue> ParseJson(std::string_view text) { return Parser(text).Parse(); }

namespace {

std::string Quoted(std::string_view text) {
  constexpr char kHex[] = "0123456789abcdef";
  std::string json = "\"";
  for (const char byte : text) {
    if (byte == '"' || byte == '\\') {
      (json += '\\') += byte;
    } else if (static_cast<unsigned char>(byte) < 0x20) {
      ((json += "\\u00") += kHex[byte >> 4]) += kHex[byte & 15];
    } else {
      json += byte;
    }
  }
  return json + '"';
}

}  // namespace

std::string ToJson(const JsonValue& value) {
  switch (value.kind) {
    case JsonValue::Kind::kNull:
      return "null";
    case JsonValue::Kind::kBoolean:
      return value.boolean ? "true" : "false";
    case JsonValue::Kind::kNumber:
      return value.text;
    case JsonValue::Kind::kText:
      return Quoted(value.text);
    case JsonValue::Kind::kArray: {
      std::string json = "[";
      for (const JsonValue& item : value.items)
        (json += json.size() > 1 ? "," : "") += ToJson(item);
      return json + "]";
    }
    case JsonValue::Kind::kObject: {
      std::string json = "{";
      for (const auto& [name, member] : value.members)
        ((json += json.size() > 1 ? "," : "") += Quoted(name) + ":") += ToJson(member);
      return json + "}";
    }
  }
  return "";
}

}  // namespace pg_checker::assertions::rules
