// Runs scripts in Python against a fake host with the datasets of javascript_run.hpp.
#pragma once

#include <string>
#include <string_view>

#include "engine/fake_host.hpp"
#include "javascript_run.hpp"
#include "languages/python/python.hpp"

namespace pg_checker::languages {

// The interpreter, loaded once.
Python& LoadedPython();

engine::RunReport RunPython(engine::FakeHost& host, std::string_view source,
                            const engine::RunOptions& options = ScriptOptions());

// What `print(expression)` writes; the error's message if the run failed.
std::string EvaluatedInPython(std::string_view expression);

}  // namespace pg_checker::languages
