#include "definitions/yaml_writer.hpp"

#include <algorithm>
#include <variant>

#include "definitions/scalar.hpp"

namespace pg_checker::definitions {
namespace {

constexpr std::size_t kLineWidth = 100;

// Whether a text can stand without quotes, also inside of [] and {}, and is read back as a text.
bool IsPlain(const std::string& text) {
  if (text.empty() || text.size() > kLineWidth) return false;
  const auto is_letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (!is_letter(text.front()) && !is_digit(text.front())) return false;
  constexpr std::string_view kOthers = " _./()=<>+-*$;'%@";
  const bool harmless = std::all_of(text.begin(), text.end(), [&](char c) {
    return is_letter(c) || is_digit(c) || kOthers.find(c) != std::string_view::npos;
  });
  if (!harmless || text.back() == ' ') return false;
  // What YAML 1.1 takes for a truth value is quoted for its readers' sake.
  for (const char* word : {"yes", "no", "on", "off", "y", "n"}) {
    if (std::equal(text.begin(), text.end(), word, word + std::string_view(word).size(),
                   [](char a, char b) { return (a | 0x20) == b; })) {
      return false;
    }
  }
  const std::variant<Value, std::string> scalar = PlainScalar(text);
  const Value* const value = std::get_if<Value>(&scalar);
  return value != nullptr && value->is(Value::Kind::kText);
}

std::string FlowText(const Value& value) {
  switch (value.kind) {
    case Value::Kind::kText:
      return IsPlain(value.text) ? value.text : JsonText(value);
    case Value::Kind::kList: {
      std::string text = "[";
      for (const Value& item : value.items) text += (text.size() > 1 ? ", " : "") + FlowText(item);
      return text + "]";
    }
    case Value::Kind::kMap: {
      std::string text = "{";
      for (const Member& member : value.members) {
        text += (text.size() > 1 ? ", " : "") + FlowText(Value::Text(member.key)) + ": " +
                FlowText(member.value);
      }
      return text + "}";
    }
    default:
      return JsonText(value);
  }
}

// Whether a text can be a literal block: no characters that a block changes or cannot show.
bool IsBlock(const std::string& text) {
  if (text.find('\n') == std::string::npos || text.front() == '\n' || text.front() == ' ') {
    return false;
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte < 0x20 && byte != '\n') || byte == 0x7f) return false;
    // U+0085, U+2028, U+2029 and U+FEFF: line breaks, or none, as the reader likes.
    if (byte == 0xc2 && static_cast<unsigned char>(text[i + 1]) < 0xa0) return false;
    if (byte == 0xe2 && static_cast<unsigned char>(text[i + 1]) == 0x80) return false;
    if (byte == 0xef) return false;
  }
  return true;
}

bool HasBlocks(const Value& value) {
  if (value.is(Value::Kind::kText)) return IsBlock(value.text);
  return std::any_of(value.items.begin(), value.items.end(), HasBlocks) ||
         std::any_of(value.members.begin(), value.members.end(),
                     [](const Member& member) { return HasBlocks(member.value); });
}

class Writer {
 public:
  std::string text;

  // After "key:" or "-": the value, on this line or on the next ones.
  void After(const Value& value, std::size_t indent, bool in_list) {
    if (value.is(Value::Kind::kText) && IsBlock(value.text)) {
      Block(value.text, indent + 2);
      return;
    }
    const bool is_empty = value.items.empty() && value.members.empty();
    if (value.is_scalar() || is_empty || (FitsOneLine(value) && (in_list || IsFlat(value)))) {
      text += " " + FlowText(value) + "\n";
      return;
    }
    if (value.is(Value::Kind::kList)) {
      text += "\n";
      for (const Value& item : value.items) {
        text += std::string(indent + 2, ' ') + "-";
        After(item, indent + 2, true);
      }
      return;
    }
    if (!in_list) text += "\n";
    Map(value, indent + 2, in_list);
  }

  void Map(const Value& map, std::size_t indent, bool begun) {
    for (const Member& member : map.members) {
      text += begun ? " " : std::string(indent, ' ');
      begun = false;
      text += FlowText(Value::Text(member.key)) + ":";
      After(member.value, indent, false);
    }
  }

 private:
  // A list without maps in it; a map stands on lines of its own.
  static bool IsFlat(const Value& value) {
    return value.is(Value::Kind::kList) &&
           std::all_of(value.items.begin(), value.items.end(),
                       [](const Value& item) { return item.is_scalar(); });
  }

  bool FitsOneLine(const Value& value) const {
    const std::size_t start = text.rfind('\n') == std::string::npos ? 0 : text.rfind('\n') + 1;
    return !HasBlocks(value) && text.size() - start + FlowText(value).size() < kLineWidth;
  }

  void Block(const std::string& lines, std::size_t indent) {
    std::size_t end = lines.size();
    while (end > 0 && lines[end - 1] == '\n') --end;
    const std::size_t breaks = lines.size() - end;
    text += breaks == 0 ? " |-\n" : breaks == 1 ? " |\n" : " |+\n";
    for (std::size_t at = 0; at < lines.size();) {
      const std::size_t next = std::min(lines.find('\n', at), lines.size());
      if (next > at) text += std::string(indent, ' ') + lines.substr(at, next - at);
      text += "\n";
      at = next + 1;
    }
  }
};

}  // namespace

std::string YamlText(const Value& value) {
  if (!value.is(Value::Kind::kMap) || value.members.empty()) return FlowText(value) + "\n";
  Writer writer;
  writer.Map(value, 0, false);
  return writer.text;
}

}  // namespace pg_checker::definitions
