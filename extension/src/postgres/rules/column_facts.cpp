#include "postgres/rules/column_facts.hpp"

#include "postgres/error_bridge.hpp"

extern "C" {
#include "catalog/pg_operator.h"
#include "parser/parse_func.h"
#include "parser/parse_oper.h"
}

namespace pg_checker::postgres {

namespace {

// As ColumnFacts, without destructors.
struct RawFacts {
  const char* name;
  Oid type;
  int32 modifier;
  const char* type_name;
  Oid base;
  const char* base_name;
  char category;
  bool is_array;
  bool has_equality;
  bool has_order;
  const char* operators;
  const char* match_operator;
  const char* min_max;
};

constexpr const char* kCatalog = "pg_catalog";

// The schema of an operator; pg_catalog where there is none.
const char* SchemaOfOperator(Oid op) {
  if (!OidIsValid(op)) return kCatalog;
  HeapTuple tuple = SearchSysCache1(OPEROID, ObjectIdGetDatum(op));
  if (!HeapTupleIsValid(tuple)) return kCatalog;
  const Oid schema = reinterpret_cast<Form_pg_operator>(GETSTRUCT(tuple))->oprnamespace;
  ReleaseSysCache(tuple);
  const char* name = get_namespace_name(schema);
  return name == nullptr ? kCatalog : name;
}

// `schema`, if it has the operator ~ or the aggregate for the type; else pg_catalog.
const char* SchemaOfMatch(const char* schema, Oid type) {
  List* name = list_make2(makeString(pstrdup(schema)), makeString(pstrdup("~")));
  const bool own = OidIsValid(OpernameGetOprid(name, type, type)) ||
                   OidIsValid(OpernameGetOprid(name, type, TEXTOID));
  return own ? schema : kCatalog;
}

const char* SchemaOfMinMax(const char* schema, Oid type) {
  List* name = list_make2(makeString(pstrdup(schema)), makeString(pstrdup("max")));
  return OidIsValid(LookupFuncName(name, 1, &type, true)) ? schema : kCatalog;
}

void FillFacts(Form_pg_attribute attribute, RawFacts& raw) {
  raw.name = pstrdup(NameStr(attribute->attname));
  raw.type = attribute->atttypid;
  raw.modifier = attribute->atttypmod;
  raw.type_name = format_type_with_typemod(raw.type, raw.modifier);
  raw.base = getBaseType(raw.type);
  raw.base_name =
      format_type_extended(raw.base, -1, FORMAT_TYPE_TYPEMOD_GIVEN | FORMAT_TYPE_FORCE_QUALIFY);
  bool preferred;
  get_type_category_preferred(raw.base, &raw.category, &preferred);
  raw.is_array = type_is_array(raw.base);
  TypeCacheEntry* type = lookup_type_cache(raw.base, TYPECACHE_EQ_OPR | TYPECACHE_LT_OPR);
  raw.has_equality = OidIsValid(type->eq_opr);
  raw.has_order = OidIsValid(type->lt_opr);
  const char* schema = SchemaOfOperator(type->eq_opr);
  raw.operators = quote_identifier(schema);
  raw.match_operator = quote_identifier(SchemaOfMatch(schema, raw.base));
  raw.min_max = quote_identifier(SchemaOfMinMax(schema, raw.base));
}

}  // namespace

std::vector<ColumnFacts> ReadColumnFacts(TupleDesc columns) {
  RawFacts* raw = nullptr;
  int count = 0;
  Protect([&] {
    raw = static_cast<RawFacts*>(palloc0(sizeof(RawFacts) * (columns->natts + 1)));
    for (int i = 0; i < columns->natts; i++) {
      Form_pg_attribute attribute = TupleDescAttr(columns, i);
      if (!attribute->attisdropped) FillFacts(attribute, raw[count++]);
    }
  });
  std::vector<ColumnFacts> facts;
  for (int i = 0; i < count; i++) {
    const RawFacts& one = raw[i];
    facts.push_back({one.name, one.type, one.modifier, one.type_name, one.base, one.base_name,
                     one.category, one.is_array, one.has_equality, one.has_order, one.operators,
                     one.match_operator, one.min_max});
  }
  return facts;
}

}  // namespace pg_checker::postgres
