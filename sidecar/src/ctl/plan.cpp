#include "ctl/plan.hpp"

#include <algorithm>
#include <set>

namespace pg_checker::ctl {
namespace {

using definitions::Value;

// The longest value that is shown whole.
constexpr std::size_t kShownBytes = 60;

const char* ActionText(PlanItem::Action action) {
  switch (action) {
    case PlanItem::Action::kCreate:
      return "create";
    case PlanItem::Action::kChange:
      return "change";
    case PlanItem::Action::kDrop:
      return "drop";
    case PlanItem::Action::kKeep:
      break;
  }
  return "keep";
}

char Sign(PlanItem::Action action) {
  switch (action) {
    case PlanItem::Action::kCreate:
      return '+';
    case PlanItem::Action::kChange:
      return '~';
    case PlanItem::Action::kDrop:
      return '-';
    case PlanItem::Action::kKeep:
      break;
  }
  return '=';
}

std::string ChangeText(const FieldChange& change) {
  const std::string from = definitions::JsonText(change.from);
  const std::string to = definitions::JsonText(change.to);
  if (from.size() > kShownBytes || to.size() > kShownBytes) {
    return change.field + ": " + std::to_string(from.size()) + " characters -> " +
           std::to_string(to.size()) + " characters";
  }
  return change.field + ": " + from + " -> " + to;
}

}  // namespace

std::size_t Plan::Count(PlanItem::Action action) const {
  return static_cast<std::size_t>(std::count_if(
      items.begin(), items.end(), [&](const PlanItem& item) { return item.action == action; }));
}

PlanItem Compare(ObjectKind kind, const std::string& name, const std::optional<Stored>& before,
                 const Stored& after) {
  PlanItem item{PlanItem::Action::kCreate, kind, name, {}};
  if (!before) return item;
  std::set<std::string> fields;
  for (const Stored* const state : {&*before, &after}) {
    for (const definitions::Member& member : state->members) {
      if (!fields.insert(member.key).second) continue;
      const Value* const from = before->Find(member.key);
      const Value* const to = after.Find(member.key);
      const Value nothing;
      FieldChange change{member.key, from != nullptr ? *from : nothing,
                         to != nullptr ? *to : nothing};
      if (definitions::JsonText(change.from) != definitions::JsonText(change.to)) {
        item.changes.push_back(std::move(change));
      }
    }
  }
  item.action = item.changes.empty() ? PlanItem::Action::kKeep : PlanItem::Action::kChange;
  return item;
}

std::string RenderPlan(const Plan& plan) {
  std::string text;
  for (const PlanItem& item : plan.items) {
    text += std::string(1, Sign(item.action)) + " " + KindText(item.kind) + " " + item.name + "\n";
    for (const FieldChange& change : item.changes) text += "    " + ChangeText(change) + "\n";
  }
  return text;
}

std::string Summary(const Plan& plan) {
  return std::to_string(plan.Count(PlanItem::Action::kCreate)) + " to create, " +
         std::to_string(plan.Count(PlanItem::Action::kChange)) + " to change, " +
         std::to_string(plan.Count(PlanItem::Action::kDrop)) + " to drop, " +
         std::to_string(plan.Count(PlanItem::Action::kKeep)) + " unchanged";
}

Json PlanDocument(const Plan& plan, bool applied) {
  Json changes = Json::array();
  for (const PlanItem& item : plan.items) {
    if (item.action == PlanItem::Action::kKeep) continue;
    Json change = {
        {"action", ActionText(item.action)}, {"kind", KindText(item.kind)}, {"name", item.name}};
    if (item.action == PlanItem::Action::kChange) {
      Json fields = Json::object();
      for (const FieldChange& field : item.changes) {
        fields[field.field] = {{"from", Json::parse(definitions::JsonText(field.from))},
                               {"to", Json::parse(definitions::JsonText(field.to))}};
      }
      change["fields"] = fields;
    }
    changes.push_back(std::move(change));
  }
  return {{"changes", changes},
          {"unchanged", plan.Count(PlanItem::Action::kKeep)},
          {"applied", applied}};
}

}  // namespace pg_checker::ctl
