// Every source has sent something lately: within parameter "max_age_minutes" (60).
// Reads dataset newest_events: source text, newest timestamptz, null for a source that is new.
#include "checker.h"

CHECKER_EXPORT(check) void check(void) {
  const int64_t oldest =
      checker_now() - checker_param_int64("max_age_minutes", 60) * 60 * INT64_C(1000000);
  struct checker_reader events;
  struct checker_column source, newest;
  checker_open(&events, "newest_events");
  checker_bind(&events, &source, "source", CHECKER_TEXT);
  checker_bind(&events, &newest, "newest", CHECKER_TIMESTAMPTZ);
  int64_t late = 0;
  while (checker_next(&events) > 0) {
    for (size_t row = 0; row < events.rows; ++row) {
      const bool never = checker_is_null(&newest, row);
      if (!never && checker_timestamptz(&newest, row) >= oldest) continue;
      ++late;
      struct checker_message text;
      checker_message_begin(&text);
      checker_append(&text, "source ");
      checker_append_text(&text, checker_text_at(&source, row));
      checker_append(&text, never ? " has never sent anything" : " is late");
      checker_log(CHECKER_WARNING, text.text);
    }
  }
  checker_close(&events);
  checker_assert_true(late == 0, "every source has sent something lately");
}
