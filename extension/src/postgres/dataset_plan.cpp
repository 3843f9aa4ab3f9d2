#include "postgres/dataset_plan.hpp"

#include <unordered_map>

namespace pg_checker::postgres {

namespace {

struct CachedPlan {
  std::string query;
  std::string search_path;
  JsonMembers settings;
  SPIPlanPtr plan;

  bool SameAs(const Dataset& dataset) const {
    return query == dataset.query && search_path == dataset.search_path &&
           settings == dataset.settings;
  }
};

constexpr size_t kMaxCachedPlans = 256;
constexpr int64_t kPurposes = 3;

std::unordered_map<int64_t, CachedPlan>& CachedPlans() {
  static auto* plans = new std::unordered_map<int64_t, CachedPlan>;
  return *plans;
}

int CursorOptions(PlanPurpose purpose) {
  switch (purpose) {
    case PlanPurpose::kFirstRows:
      return CURSOR_OPT_PARALLEL_OK | CURSOR_OPT_FAST_PLAN;
    case PlanPurpose::kAllRows:
      return CURSOR_OPT_PARALLEL_OK;
    case PlanPurpose::kBatches:
      return CURSOR_OPT_NO_SCROLL;
  }
  return 0;
}

}  // namespace

void ForgetPlans(const Dataset& dataset) {
  auto& plans = CachedPlans();
  for (int64_t purpose = 0; purpose < kPurposes; purpose++) {
    const auto found = plans.find(dataset.id * kPurposes + purpose);
    if (found == plans.end()) continue;
    SPI_freeplan(found->second.plan);
    plans.erase(found);
  }
}

SPIPlanPtr PlanOf(const Dataset& dataset, PlanPurpose purpose, bool* from_cache) {
  auto& plans = CachedPlans();
  const int64_t key = dataset.id * kPurposes + static_cast<int64_t>(purpose);
  auto found = plans.find(key);
  if (found != plans.end()) {
    if (found->second.SameAs(dataset)) {
      *from_cache = true;
      return found->second.plan;
    }
    SPI_freeplan(found->second.plan);
    plans.erase(found);
  }
  *from_cache = false;
  if (plans.size() >= kMaxCachedPlans) {
    for (auto& entry : plans) SPI_freeplan(entry.second.plan);
    plans.clear();
  }
  SPIPlanPtr plan = SPI_prepare_cursor(dataset.query.c_str(), 0, nullptr, CursorOptions(purpose));
  if (plan == nullptr)
    elog(ERROR, "could not prepare dataset: %s", SPI_result_code_string(SPI_result));
  SPI_keepplan(plan);
  plans[key] = CachedPlan{dataset.query, dataset.search_path, dataset.settings, plan};
  return plan;
}

}  // namespace pg_checker::postgres
