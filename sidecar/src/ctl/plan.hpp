// What an apply changes, and how that is shown.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ctl/output.hpp"
#include "ctl/stored.hpp"

namespace pg_checker::ctl {

struct FieldChange {
  std::string field;
  definitions::Value from;
  definitions::Value to;
};

struct PlanItem {
  enum class Action { kCreate, kChange, kDrop, kKeep };
  Action action;
  ObjectKind kind;
  std::string name;                  // namespace.name
  std::vector<FieldChange> changes;  // of kChange
};

struct Plan {
  std::vector<PlanItem> items;  // in the order in which they are carried out

  std::size_t Count(PlanItem::Action action) const;
  bool changes_nothing() const { return Count(PlanItem::Action::kKeep) == items.size(); }
};

// What became of an object from one state to the next.
PlanItem Compare(ObjectKind kind, const std::string& name, const std::optional<Stored>& before,
                 const Stored& after);

// Lines for a person: `+ dataset a.b`, `~ checker a.c` with what changes below it, `- checker a.d`,
// `= checker a.e`.
std::string RenderPlan(const Plan& plan);

// "1 to create, 2 to change, 0 to drop, 3 unchanged".
std::string Summary(const Plan& plan);

// {"changes": [{action, kind, name, fields}], "unchanged": n, "applied": bool}
Json PlanDocument(const Plan& plan, bool applied);

}  // namespace pg_checker::ctl
