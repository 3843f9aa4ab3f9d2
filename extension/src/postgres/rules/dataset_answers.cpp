#include "postgres/rules/dataset_answers.hpp"

#include "postgres/error_bridge.hpp"

extern "C" {
#include "parser/parse_type.h"
#include "utils/plancache.h"
}

namespace pg_checker::postgres {

namespace {

template <typename Body>
engine::Result<void> InSection(const AnswerSite& site, Body&& body) {
  return InDatasetSection(site.dataset, &site.params, site.deadline, &site.failure, body);
}

void Execute(const std::string& query) {
  const int code = SPI_execute(query.c_str(), true, 1);
  if (code < 0) elog(ERROR, "could not ask a dataset: %s", SPI_result_code_string(code));
}

// The items of the text array that is the last result, in `context`.
char** ReadItems(MemoryContext context, int* count) {
  bool is_null;
  const Datum array = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &is_null);
  Datum* items;
  bool* nulls;
  deconstruct_array(DatumGetArrayTypeP(array), TEXTOID, -1, false, TYPALIGN_INT, &items, &nulls,
                    count);
  auto** values =
      static_cast<char**>(MemoryContextAllocZero(context, sizeof(char*) * (*count + 1)));
  for (int i = 0; i < *count; i++) {
    if (!nulls[i]) values[i] = MemoryContextStrdup(context, TextDatumGetCString(items[i]));
  }
  return values;
}

}  // namespace

engine::Result<Answers> Ask(const AnswerSite& site, const std::string& query,
                            const std::vector<NamedSpool>& spools) {
  MemoryContext context = CurrentMemoryContext;
  char** values = nullptr;
  int count = 0;
  auto asked = InSection(site, [&] {
    for (size_t i = 0; i < spools.size(); i++) spools[i].spool->Register(spools[i].name.c_str());
    Execute(query);
    values = ReadItems(context, &count);
  });
  if (!asked) return asked.error();
  Answers answers(static_cast<size_t>(count));
  for (int i = 0; i < count; i++) {
    if (values[i] != nullptr) answers[static_cast<size_t>(i)] = values[i];
  }
  return answers;
}

engine::Result<void> Try(const AnswerSite& site, const std::string& query) {
  return InSection(site, [&] { Execute(query); });
}

engine::Result<void> Analyze(const AnswerSite& site, const std::string& query) {
  return InSection(site, [&] {
    SPIPlanPtr plan = SPI_prepare(query.c_str(), 0, nullptr);
    if (plan == nullptr)
      elog(ERROR, "could not analyze a query: %s", SPI_result_code_string(SPI_result));
  });
}

engine::Result<DescribedDataset> Describe(const AnswerSite& site) {
  MemoryContext context = CurrentMemoryContext;
  TupleDesc columns = nullptr;
  int start = 0;
  int length = 0;
  auto described = InSection(site, [&] {
    List* statements = raw_parser(site.dataset.query.c_str(), RAW_PARSE_DEFAULT);
    auto* statement = linitial_node(RawStmt, statements);
    start = statement->stmt_location;
    length = statement->stmt_len;
    SPIPlanPtr plan = SPI_prepare(site.dataset.query.c_str(), 0, nullptr);
    if (plan == nullptr)
      elog(ERROR, "could not analyze a query: %s", SPI_result_code_string(SPI_result));
    auto* source = static_cast<CachedPlanSource*>(linitial(SPI_plan_get_plan_sources(plan)));
    MemoryContext old = MemoryContextSwitchTo(context);
    columns = CreateTupleDescCopy(source->resultDesc);
    MemoryContextSwitchTo(old);
  });
  if (!described) return described.error();
  const std::string& query = site.dataset.query;
  return DescribedDataset{
      query.substr(static_cast<size_t>(start),
                   length == 0 ? std::string::npos : static_cast<size_t>(length)),
      ReadColumnFacts(columns)};
}

engine::Result<std::vector<NamedType>> ResolveTypes(const AnswerSite& site,
                                                    const std::vector<std::string>& names) {
  std::vector<NamedType> types(names.size());
  auto resolved = InSection(site, [&] {
    for (size_t i = 0; i < names.size(); i++)
      parseTypeString(names[i].c_str(), &types[i].type, &types[i].modifier, false);
  });
  if (!resolved) return resolved.error();
  return types;
}

}  // namespace pg_checker::postgres
