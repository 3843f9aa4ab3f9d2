// Runs scripts in JavaScript against a fake host with made-up datasets.
#pragma once

#include <string>
#include <string_view>

#include "engine/fake_host.hpp"
#include "languages/javascript/javascript.hpp"

namespace pg_checker::languages {

// The interpreter, loaded once.
JavaScript& LoadedJavaScript();

// Limits as a backend has them, and the datasets "default.numbers" (a and b, bigint: row and
// 3 * row), "default.types" (a row of each kind of value, one of nulls) and "other.empty".
engine::RunOptions ScriptOptions();
// Opens these; `rows` of them in numbers.
void OfferDatasets(engine::FakeHost& host, int64_t rows);

engine::RunReport RunScript(engine::FakeHost& host, std::string_view source,
                            const engine::RunOptions& options = ScriptOptions());

// What `print(expression)` writes; the error's message if the run failed.
std::string Evaluated(std::string_view expression);

}  // namespace pg_checker::languages
