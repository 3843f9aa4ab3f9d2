#include "postgres/dataset_settings.hpp"

#include "postgres/error_bridge.hpp"

namespace pg_checker::postgres {

namespace {

struct Setting {
  const char* name;
  const char* value;
};

// The same for every dataset: the server's own defaults, and an output that does not depend on the
// machine's locale.
constexpr Setting kFixed[] = {{"intervalstyle", "postgres"},
                              {"bytea_output", "hex"},
                              {"standard_conforming_strings", "on"},
                              {"backslash_quote", "safe_encoding"},
                              {"transform_null_equals", "off"},
                              {"array_nulls", "on"},
                              {"row_security", "on"},
                              {"xmloption", "content"},
                              {"xmlbinary", "base64"},
                              {"lc_monetary", "C"},
                              {"lc_numeric", "C"},
                              {"lc_time", "C"}};

// As they were at creation. Of DateStyle it is the order that counts: output is always ISO.
constexpr const char* kDateStyle = "DateStyle";
constexpr const char* kKept[] = {"TimeZone", "default_text_search_config"};

const char* IsoDateStyle() {
  switch (DateOrder) {
    case DATEORDER_YMD:
      return "ISO, YMD";
    case DATEORDER_DMY:
      return "ISO, DMY";
    default:
      return "ISO, MDY";
  }
}

// A JSON string without anything to escape, in the current memory context.
char* Unquoted(const std::string& json) {
  return json.size() < 2 ? pstrdup("") : pnstrdup(json.data() + 1, json.size() - 2);
}

}  // namespace

JsonMembers SettingsToKeep() {
  JsonMembers kept;
  kept[kDateStyle] = QuoteJson(IsoDateStyle());
  for (const char* name : kKept) {
    const char* value = nullptr;
    Protect([&] { value = GetConfigOption(name, false, false); });
    kept[name] = QuoteJson(value);
  }
  return kept;
}

void PinSetting(const char* name, const char* value) {
  // To look is cheaper than to set.
  const char* present = GetConfigOption(name, true, false);
  if (present != nullptr && strcmp(present, value) == 0) return;
  set_config_option(name, value, PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
}

void PinDatasetSettings(const JsonMembers& kept) {
  for (const Setting& setting : kFixed) PinSetting(setting.name, setting.value);
  if (extra_float_digits < 1) PinSetting("extra_float_digits", "1");
  for (const auto& [name, value] : kept) PinSetting(name.c_str(), Unquoted(value));
}

}  // namespace pg_checker::postgres
