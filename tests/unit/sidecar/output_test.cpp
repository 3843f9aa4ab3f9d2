#include "ctl/output.hpp"

#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

namespace pg_checker::ctl {
namespace {

TEST(Table, AlignsColumnsByCharactersNotBytes) {
  const std::vector<Json> rows = {{{"name", "ä"}, {"n", 1}}, {{"name", "abc"}, {"n", nullptr}}};
  EXPECT_EQ(RenderTable(rows), "name  n\n----  -\nä     1\nabc\n");
}

TEST(Table, KeepsARowOnItsLine) {
  EXPECT_EQ(RenderTable({{{"a", "x\ny\tz"}}}), "a\n-----\nx y z\n");
  EXPECT_EQ(RenderTable({}), "(none)\n");
}

TEST(Document, YamlReadsBackAsWritten) {
  const Json value = {{"text", "yes"},
                      {"number", 3},
                      {"list", {1, "2"}},
                      {"nothing", nullptr},
                      {"line", "a: b\n\"c\""}};
  const YAML::Node node = YAML::Load(RenderDocument(value, Format::kYaml));
  EXPECT_EQ(node["text"].Tag(), "!") << "a text must be quoted, or it is read as true";
  EXPECT_EQ(node["number"].as<int>(), 3);
  EXPECT_EQ(node["list"][1].Tag(), "!");
  EXPECT_TRUE(node["nothing"].IsNull());
  EXPECT_EQ(node["line"].as<std::string>(), "a: b\n\"c\"");
}

}  // namespace
}  // namespace pg_checker::ctl
