#include "python_run.hpp"

#include <stdexcept>

namespace pg_checker::languages {

Python& LoadedPython() {
  static const auto loaded = [] {
    auto python = Python::Load(MICROPYTHON);
    if (!python.ok())
      throw std::runtime_error(python.error().message + " " + python.error().detail);
    return std::move(*python);
  }();
  return *loaded;
}

engine::RunReport RunPython(engine::FakeHost& host, std::string_view source,
                            const engine::RunOptions& options) {
  return LoadedPython().Run({source, "default.test"}, host, options);
}

std::string EvaluatedInPython(std::string_view expression) {
  engine::FakeHost host;
  OfferDatasets(host, 1000);
  const engine::RunReport report = RunPython(host, "print(" + std::string(expression) + ")");
  if (report.error) return report.error->message + "\n" + report.error->detail;
  std::string text = report.standard_output;
  if (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

}  // namespace pg_checker::languages
