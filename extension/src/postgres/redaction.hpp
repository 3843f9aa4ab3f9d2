// Columns whose values samples and previews do not show: the setting checker.redact_columns.
#pragma once

namespace pg_checker::postgres {

// Whether the setting names the column. Names are divided by commas; case and blanks around them do
// not count; one with a comma in it stands in double quotes. Whatever cannot be read as a name
// still leaves the others valid, because a slip must not show what is to be hidden.
bool IsRedacted(const char* column);

}  // namespace pg_checker::postgres
