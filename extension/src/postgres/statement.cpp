#include "postgres/statement.hpp"

namespace pg_checker::postgres {

uint64_t Statement::Execute(const Datum* values, const bool* nulls, long limit) {
  constexpr int kMaxParameters = 64;
  char null_marks[kMaxParameters];
  for (size_t i = 0; i < types_.size(); i++)
    null_marks[i] = nulls != nullptr && nulls[i] ? 'n' : ' ';
  Protect([&] {
    if (plan_ == nullptr) {
      SPIPlanPtr plan = SPI_prepare(sql_, static_cast<int>(types_.size()), types_.data());
      if (plan == nullptr) elog(ERROR, "could not prepare statement: %s", sql_);
      SPI_keepplan(plan);
      plan_ = plan;
    }
    const int code = SPI_execute_plan(plan_, const_cast<Datum*>(values), null_marks, false, limit);
    if (code < 0)
      elog(ERROR, "could not execute statement: %s: %s", sql_, SPI_result_code_string(code));
  });
  return SPI_processed;
}

Datum ColumnAt(uint64_t row, int column, bool* is_null) {
  return SPI_getbinval(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, column, is_null);
}

std::optional<std::string> TextAt(uint64_t row, int column) {
  bool is_null;
  const Datum value = ColumnAt(row, column, &is_null);
  if (is_null) return std::nullopt;
  return TextOf(value);
}

std::string RequiredTextAt(uint64_t row, int column) {
  auto text = TextAt(row, column);
  return text ? *text : std::string();
}

std::optional<int64_t> Int64At(uint64_t row, int column) {
  bool is_null;
  const Datum value = ColumnAt(row, column, &is_null);
  if (is_null) return std::nullopt;
  return DatumGetInt64(value);
}

std::optional<int32_t> Int32At(uint64_t row, int column) {
  bool is_null;
  const Datum value = ColumnAt(row, column, &is_null);
  if (is_null) return std::nullopt;
  return DatumGetInt32(value);
}

std::optional<std::string> OutputAt(uint64_t row, int column) {
  const char* text = nullptr;
  Protect([&] { text = SPI_getvalue(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, column); });
  if (text == nullptr) return std::nullopt;
  return std::string(text);
}

Datum TextDatum(std::string_view value) {
  Datum datum;
  Protect([&] {
    datum = PointerGetDatum(cstring_to_text_with_len(value.data(), static_cast<int>(value.size())));
  });
  return datum;
}

Datum OptionalTextDatum(const std::optional<std::string>& text, bool* is_null) {
  *is_null = !text;
  return text ? TextDatum(*text) : Datum{0};
}

std::string TextOf(Datum datum) {
  text* value = nullptr;
  Protect([&] { value = DatumGetTextPP(datum); });
  return std::string(VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value));
}

std::vector<std::string> TextArrayOf(Datum datum, const char* what) {
  Datum* elements;
  bool* nulls;
  int count;
  int dimensions;
  Protect([&] {
    ArrayType* array = DatumGetArrayTypeP(datum);
    dimensions = ARR_NDIM(array);
    deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT, &elements, &nulls, &count);
  });
  if (dimensions > 1) {
    Throw({engine::ErrorKind::kSyntax, std::string("\"") + what + "\" must have one dimension", "",
           "Write it as in '{one,two}'.", "2202E"});
  }
  std::vector<std::string> items;
  items.reserve(count);
  for (int i = 0; i < count; i++) {
    if (nulls[i]) {
      Throw({engine::ErrorKind::kSyntax, std::string("\"") + what + "\" must not contain NULL", "",
             "Leave the NULL out.", "22004"});
    }
    items.push_back(TextOf(elements[i]));
  }
  return items;
}

Datum TextArrayDatum(const std::vector<std::string>& items) {
  std::vector<Datum> elements;
  elements.reserve(items.size());
  for (const std::string& item : items) elements.push_back(TextDatum(item));
  Datum datum;
  Protect([&] {
    datum = PointerGetDatum(construct_array(elements.data(), static_cast<int>(elements.size()),
                                            TEXTOID, -1, false, TYPALIGN_INT));
  });
  return datum;
}

Datum JsonbDatum(const std::string& json) {
  Datum datum;
  Protect([&] { datum = DirectFunctionCall1(jsonb_in, CStringGetDatum(json.c_str())); });
  return datum;
}

std::string JsonbText(Datum datum) {
  StringInfoData buffer;
  Protect([&] {
    Jsonb* value = DatumGetJsonbP(datum);
    initStringInfo(&buffer);
    JsonbToCString(&buffer, &value->root, VARSIZE(value));
  });
  return std::string(buffer.data, buffer.len);
}

}  // namespace pg_checker::postgres
