#include "javascript_run.hpp"

#include <limits>
#include <stdexcept>

#include "made_up_table.hpp"

namespace pg_checker::languages {

namespace {

MadeUpColumn FixedColumn(std::string name, std::string format, std::string bytes) {
  return {{std::move(name), std::move(format)},
          [bytes = std::move(bytes)](engine::Batch& batch, size_t column, int64_t row) {
            if (row == 0)
              batch.PutFixedBytes(column, bytes.data());
            else
              batch.PutNull(column);
            return true;
          }};
}

template <typename Number>
std::string BytesOf(Number number) {
  return {reinterpret_cast<const char*>(&number), sizeof(number)};
}

MadeUpColumn TextOrNull(std::string name, std::string type, const char* text) {
  return TextColumn(std::move(name), std::move(type),
                    [text](int64_t row) { return row == 0 ? text : nullptr; });
}

std::vector<MadeUpColumn> TypesColumns() {
  struct MonthDayNano {
    int32_t months, days;
    int64_t nanoseconds;
  };
  std::vector<MadeUpColumn> columns;
  columns.push_back({{"flag", "b"}, [](engine::Batch& batch, size_t column, int64_t row) {
                       if (row == 0)
                         batch.PutBit(column, true);
                       else
                         batch.PutNull(column);
                       return true;
                     }});
  columns.push_back(FixedColumn("small", "s", BytesOf(int16_t{-7})));
  columns.push_back(FixedColumn("whole", "i", BytesOf(int32_t{70000})));
  columns.push_back(FixedColumn("large", "l", BytesOf(int64_t{9007199254740993})));
  columns.push_back(FixedColumn("real", "f", BytesOf(1.5f)));
  columns.push_back(FixedColumn("double", "g", BytesOf(0.1)));
  columns.push_back(FixedColumn("day", "tdD", BytesOf(int32_t{19675})));
  columns.push_back(FixedColumn("at", "tsu:UTC", BytesOf(int64_t{1700000000123456})));
  columns.push_back(FixedColumn("forever", "tsu:", BytesOf(std::numeric_limits<int64_t>::max())));
  columns.push_back(FixedColumn("span", "tin", BytesOf(MonthDayNano{14, -3, 3723456000000})));
  columns.push_back(FixedColumn("id", "w:16",
                                "\x12\x34\x56\x78\x9a\xbc\xde\xf0"
                                "\x01\x23\x45\x67\x89\xab\xcd\xef"));
  columns.push_back(FixedColumn("price", "d:10,2", BytesOf(__int128{-1205})));
  columns.push_back(TextOrNull("number", "numeric", "123456789012345678901234567890.5"));
  columns.push_back(TextOrNull("name", "text", "Zoë"));
  columns.push_back(TextOrNull("json", "jsonb", "{\"a\": [1, null]}"));
  columns.push_back(TextOrNull("list", "integer[]", "{{1,2},{3,NULL}}"));
  columns.push_back(TextOrNull("words", "text[]", R"([2:3]={"a \"b\", c",NULL})"));
  columns.push_back(TextOrNull("bigs", "bigint[]", "{9007199254740993}"));
  columns.push_back(FixedColumn("__proto__", "i", BytesOf(int32_t{1})));
  columns.push_back({{"bytes", "z"}, [](engine::Batch& batch, size_t column, int64_t row) {
                       if (row == 0) return batch.PutBytes(column, "\0\xff", 2);
                       batch.PutNull(column);
                       return true;
                     }});
  return columns;
}

}  // namespace

JavaScript& LoadedJavaScript() {
  static const auto loaded = [] {
    auto javascript = JavaScript::Load(QUICKJS);
    if (!javascript.ok())
      throw std::runtime_error(javascript.error().message + " " + javascript.error().detail);
    return std::move(*javascript);
  }();
  return *loaded;
}

engine::RunOptions ScriptOptions() {
  constexpr size_t kGuestStackBytes = 1536 * 1024;
  engine::RunOptions options;
  options.limits.stack_limit = static_cast<char*>(__builtin_frame_address(0)) - kGuestStackBytes;
  options.datasets = {"default.numbers", "default.types", "other.empty"};
  options.params = R"({"limit": 42, "name": "x"})";
  options.input = R"({"a": [1]})";
  options.random_seed = 7;
  return options;
}

void OfferDatasets(engine::FakeHost& host, int64_t rows) {
  host.on_open =
      [rows](std::string_view dataset) -> engine::Result<std::unique_ptr<engine::DatasetReader>> {
    if (dataset == "default.types")
      return std::unique_ptr<engine::DatasetReader>(new MadeUpTable(TypesColumns(), 2));
    const int64_t length = dataset == "other.empty" ? 0 : rows;
    std::vector<MadeUpColumn> columns;
    columns.push_back(NumberColumn<int64_t>("a", "l", [](int64_t row) { return row; }));
    columns.push_back(NumberColumn<int64_t>("b", "l", [](int64_t row) { return 3 * row; }));
    return std::unique_ptr<engine::DatasetReader>(new MadeUpTable(std::move(columns), length));
  };
}

engine::RunReport RunScript(engine::FakeHost& host, std::string_view source,
                            const engine::RunOptions& options) {
  return LoadedJavaScript().Run({source, "default.test"}, host, options);
}

std::string Evaluated(std::string_view expression) {
  engine::FakeHost host;
  OfferDatasets(host, 1000);
  const engine::RunReport report = RunScript(host, "console.log(" + std::string(expression) + ");");
  if (report.error) return report.error->message + "\n" + report.error->detail;
  std::string text = report.standard_output;
  if (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

}  // namespace pg_checker::languages
