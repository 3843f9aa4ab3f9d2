#include "definitions/for_each.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>

#include "definitions/placeholder.hpp"

namespace pg_checker::definitions {
namespace {

constexpr std::size_t kMostDefinitions = 10'000;
constexpr const char* kShape =
    "It is a mapping from names to lists of values, or a list of mappings.";

// Keys whose text is the name of a dataset or checker, in definitions and in rules.
bool HoldsNames(std::string_view key) {
  constexpr std::string_view kKeys[] = {"dataset", "datasets",   "depends_on",
                                        "other",   "percent_of", "same_rows"};
  return std::find(std::begin(kKeys), std::end(kKeys), key) != std::end(kKeys);
}

// A name and, where the value is a mapping, its members with dots.
void Bind(const std::string& name, const Value& value, Bindings& bindings) {
  bindings.insert_or_assign(name, value);
  for (const Member& member : value.members) {
    Bind(name + "." + member.key, member.value, bindings);
  }
}

// All combinations, in the order of the file: the last name changes fastest.
class Combinations {
 public:
  Combinations(const Value& for_each, const Complaint& complain) : complain_(complain) {
    if (for_each.is(Value::Kind::kList)) {
      for (const Value& item : for_each.items) {
        if (!item.is(Value::Kind::kMap)) {
          Refuse(item.place);
          return;
        }
        Bindings bindings;
        for (const Member& member : item.members) Bind(member.key, member.value, bindings);
        all_.push_back(std::move(bindings));
      }
    } else if (for_each.is(Value::Kind::kMap)) {
      all_.emplace_back();
      for (const Member& member : for_each.members) {
        if (!member.value.is(Value::Kind::kList)) {
          Refuse(member.value.place);
          return;
        }
        if (!Multiply(member)) return;
      }
    } else {
      Refuse(for_each.place);
      return;
    }
    if (all_.empty() || all_.front().empty()) {
      complain_(for_each.place, "for_each has no values", kShape);
      all_.clear();
    }
  }

  const std::vector<Bindings>& all() const { return all_; }

 private:
  void Refuse(const Place& place) {
    all_.clear();
    complain_(place, "for_each is not of the right shape", kShape);
  }

  bool Multiply(const Member& member) {
    std::vector<Bindings> product;
    if (all_.size() * member.value.items.size() > kMostDefinitions) {
      complain_(member.place,
                "for_each makes more than " + std::to_string(kMostDefinitions) + " definitions",
                "Split it.");
      all_.clear();
      return false;
    }
    for (const Bindings& bindings : all_) {
      for (const Value& value : member.value.items) {
        product.push_back(bindings);
        Bind(member.key, value, product.back());
      }
    }
    all_ = std::move(product);
    return true;
  }

  const Complaint& complain_;
  std::vector<Bindings> all_;
};

class Expansion {
 public:
  Expansion(const Bindings& bindings, const Complaint& complain)
      : bindings_(bindings), complain_(complain) {}

  bool failed() const { return failed_; }

  std::string Key(const std::string& key, const Place& place, Form form) {
    Value text = Replace(key, place, form);
    if (!text.is_scalar()) {
      Complain(place, {"a key cannot be " + KindName(text.kind), ""});
    }
    return text.text;
  }

  Value Walk(const Value& value, Form form) {
    if (value.is(Value::Kind::kText)) {
      Value replaced = Replace(value.text, value.place, form);
      replaced.place = value.place;
      return replaced;
    }
    Value copy = value;
    for (Value& item : copy.items) item = Walk(item, form);
    for (Member& member : copy.members) {
      const Form inner = HoldsNames(member.key) ? Form::kName : Form::kText;
      member.key = Key(member.key, member.place, form == Form::kName ? form : Form::kText);
      member.value = Walk(member.value, inner);
    }
    return copy;
  }

  // A whole definition: its SQL is looked at as SQL, and what is another language's text is left
  // alone, since ${ has a meaning of its own there.
  Value Definition(const Value& definition) {
    const Value* const language = definition.Find("language");
    const bool is_sql = language != nullptr && language->text == "sql";
    Value copy = Value::Map();
    copy.place = definition.place;
    for (const Member& member : definition.members) {
      if (member.key == "for_each") continue;
      const bool is_source = member.key == "source" && member.value.is(Value::Kind::kText);
      Value value = member.value;
      if (member.key == "query" || (is_source && is_sql)) {
        value = Walk(member.value, Form::kIdentifier);
      } else if (!is_source) {
        value = Walk(member.value, HoldsNames(member.key) ? Form::kName : Form::kText);
      }
      copy.members.push_back({member.key, member.place, std::move(value)});
    }
    return copy;
  }

 private:
  Value Replace(const std::string& text, const Place& place, Form form) {
    std::variant<Value, PlaceholderFault> replaced = Substitute(text, form, bindings_);
    if (const auto* fault = std::get_if<PlaceholderFault>(&replaced)) {
      Complain(place, *fault);
      return Value::Text(text);
    }
    return std::get<Value>(std::move(replaced));
  }

  void Complain(const Place& place, const PlaceholderFault& fault) {
    if (!failed_) complain_(place, fault.message, fault.hint);
    failed_ = true;
  }

  const Bindings& bindings_;
  const Complaint& complain_;
  bool failed_ = false;
};

}  // namespace

std::vector<Member> Expand(const Member& definition, const Complaint& complain) {
  const Value* const for_each = definition.value.Find("for_each");
  if (for_each == nullptr) return {definition};
  std::vector<Member> expanded;
  const Combinations combinations(*for_each, complain);
  for (const Bindings& bindings : combinations.all()) {
    Expansion expansion(bindings, complain);
    Member one;
    one.key = expansion.Key(definition.key, definition.place, Form::kName);
    one.place = definition.place;
    one.value = expansion.Definition(definition.value);
    if (expansion.failed()) return {};  // the others would say the same
    expanded.push_back(std::move(one));
  }
  return expanded;
}

}  // namespace pg_checker::definitions
