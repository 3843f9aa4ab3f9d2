#include "engine/utf8.hpp"

#include <gtest/gtest.h>

namespace pg_checker::engine {
namespace {

TEST(Utf8, TakesEveryLengthOfSequence) {
  for (const std::string_view text :
       {"", "plain ascii that is longer than a word", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80",
        "\xED\x9F\xBF", "\xEE\x80\x80", "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF",
        "eight888\xC3\xA4more"}) {
    EXPECT_EQ(ValidUtf8Prefix(text), text.size()) << text;
  }
  EXPECT_EQ(ValidUtf8Prefix(std::string_view("a\0b", 3)), 3u);
}

TEST(Utf8, StopsAtTheFirstInvalidSequence) {
  for (const std::string_view bad :
       {"\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xC3", "\xC3(", "\xE0\x80\x80", "\xE0\x9F\xBF",
        "\xED\xA0\x80", "\xED\xBF\xBF", "\xE2\x82", "\xE2\x28\xA1", "\xF0\x80\x80\x80",
        "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xF0\x9F\x98", "\xFE",
        "\xFF"}) {
    EXPECT_EQ(ValidUtf8Prefix(bad), 0u);
    EXPECT_EQ(ValidUtf8Prefix("twelve bytes" + std::string(bad)), 12u);
  }
}

TEST(Utf8, ShowsWhatIsNoText) {
  EXPECT_EQ(ShowAsText("fine \xC3\xA4"), "fine \xC3\xA4");
  // A sequence cut short is one mistake, bytes that begin none are one each.
  EXPECT_EQ(ShowAsText("\xE2\x82"
                       "A"),
            "\xEF\xBF\xBD"
            "A");
  EXPECT_EQ(ShowAsText("\xC0\xAF"), "\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(ShowAsText(std::string_view("a\0b\xFF"
                                        "c\xC3",
                                        6)),
            "a\xEF\xBF\xBD"
            "b\xEF\xBF\xBD"
            "c\xEF\xBF\xBD");
  EXPECT_EQ(WithoutNul(std::string("a\0", 2)), "a\xEF\xBF\xBD");
}

}  // namespace
}  // namespace pg_checker::engine
