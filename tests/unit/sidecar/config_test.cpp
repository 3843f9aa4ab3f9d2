#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>

#include "config/amqp_url.hpp"
#include "config/duration.hpp"
#include "config/load.hpp"
#include "config/settings.hpp"

namespace pg_checker::config {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

std::string FailureOf(const std::string& yaml) {
  const Result<Config> config = LoadYaml(yaml, "f.yaml");
  return config.ok() ? "no failure" : config.failure().message;
}

TEST(Config, TakesAnEmptyFileAndAnEmptyMapping) {
  for (const char* yaml : {"", "{}", "# nothing\n", "amqp:\n", "---\n"}) {
    const Result<Config> config = LoadYaml(yaml, "f.yaml");
    ASSERT_TRUE(config.ok()) << yaml << ": " << config.failure().message;
    EXPECT_THAT(Differences(config.value(), Config()), IsEmpty());
  }
}

TEST(Config, ReadsNestedKeys) {
  const Result<Config> config = LoadYaml(
      "amqp:\n  url: amqps://u:p%40@h/v\n  queues: {failed: f2}\n  declare: false\n"
      "  unroutable: {drop: [a, b]}\nrelay: {grace: 1500ms}\n",
      "f.yaml");
  ASSERT_TRUE(config.ok()) << config.failure().message;
  EXPECT_EQ(config.value().amqp.queues.failed, "f2");
  EXPECT_FALSE(config.value().amqp.declare);
  EXPECT_THAT(config.value().amqp.unroutable.drop, ElementsAre("a", "b"));
  EXPECT_EQ(config.value().relay.grace, milliseconds(1500));
}

TEST(Config, NamesLineAndColumnOfAnUnknownKey) {
  EXPECT_EQ(FailureOf("amqp:\n  ulr: x\n"), "f.yaml:2:3: unknown key \"amqp.ulr\"");
  EXPECT_EQ(FailureOf("qamp: {}\n"), "f.yaml:1:1: unknown key \"qamp\"");
  const Result<Config> config = LoadYaml("amqp:\n  ulr: x\n", "f.yaml");
  EXPECT_EQ(config.failure().hint, "Did you mean \"amqp.url\"?");
}

TEST(Config, NamesLineAndColumnOfABadValue) {
  EXPECT_THAT(FailureOf("relay:\n  grace: soon\n"),
              StartsWith("f.yaml:2:10: value of \"relay.grace\""));
  EXPECT_THAT(FailureOf("relay:\n  batch: 0\n"), StartsWith("f.yaml:2:10: "));
  EXPECT_THAT(FailureOf("relay:\n  batch: 10x\n"), StartsWith("f.yaml:2:10: "));
  EXPECT_THAT(FailureOf("amqp: {heartbeat: 11s}\n"), HasSubstr("amqp.heartbeat"));
  EXPECT_THAT(FailureOf("amqp: {declare: maybe}\n"), HasSubstr("amqp.declare"));
  EXPECT_THAT(FailureOf("http: {listen: '127.0.0.1'}\n"), HasSubstr("http.listen"));
  EXPECT_THAT(FailureOf("log: {level: loud}\n"), HasSubstr("log.level"));
  EXPECT_THAT(FailureOf("log:\n  level:\n"), HasSubstr("\"log.level\" has no value"));
  EXPECT_THAT(FailureOf("amqp: [1]\n"), HasSubstr("takes a mapping"));
  EXPECT_THAT(FailureOf("[1]\n"), HasSubstr("must hold a mapping"));
}

TEST(Config, RefusesBrokenYamlAndDoubledKeys) {
  EXPECT_THAT(FailureOf("amqp: {\n"), HasSubstr("not valid YAML"));
  EXPECT_THAT(FailureOf("log: {level: info}\nlog: {level: debug}\n"),
              StartsWith("f.yaml:2:1: key \"log\" stands"));
}

TEST(Config, ADottedKeyIsTheSameAsANestedOne) {
  EXPECT_THAT(FailureOf("amqp.url: amqp://a\namqp: {url: amqp://b}\n"),
              StartsWith("f.yaml:2:8: key \"amqp.url\" stands"));
  EXPECT_THAT(FailureOf("amqp:\n  queues: {failed: a}\n  queues.failed: b\n"),
              StartsWith("f.yaml:3:3: key \"amqp.queues.failed\" stands"));
  EXPECT_EQ(FailureOf("amqp.exchange: a\namqp: {url: amqp://b}\n"), "no failure");
}

TEST(Config, RefusesNamesThatAmqpCannotCarry) {
  const std::string longest(255, 'x');
  EXPECT_EQ(FailureOf("amqp: {exchange: " + longest + ", queues: {failed: " + longest + "}}"),
            "no failure");
  EXPECT_THAT(FailureOf("amqp: {exchange: " + longest + "x}\n"),
              StartsWith("f.yaml:1:18: value of \"amqp.exchange\""));
  for (const char* queue : {"failed", "succeeded", "alarms"}) {
    EXPECT_THAT(FailureOf("amqp:\n  queues:\n    " + std::string(queue) + ": " + longest + "x\n"),
                StartsWith("f.yaml:3:" + std::to_string(std::string(queue).size() + 7) +
                           ": value of \"amqp.queues." + queue + "\""));
  }
  EXPECT_THAT(FailureOf("amqp: {exchange: ''}\n"), HasSubstr("amqp.exchange"));
}

TEST(Config, RefusesADsnThatLibpqRefuses) {
  for (const char* dsn : {"bogus=1", "host='secret", "host=a secret", "postgres://h/d?bogus=1",
                          "postgresql://h:1/%zz"}) {
    const std::string failure = FailureOf("database:\n  dsn: \"" + std::string(dsn) + "\"\n");
    EXPECT_THAT(failure, StartsWith("f.yaml:2:8: value of \"database.dsn\"")) << dsn;
    EXPECT_THAT(failure, testing::Not(HasSubstr("secret")));
  }
  for (const char* dsn : {"", "shop", "host=a dbname=b", "service=s", "host=a,b port=1,2",
                          "postgres://", "postgresql://u:p@h:1,i:2/d?sslmode=require"}) {
    EXPECT_EQ(FailureOf("database: {dsn: '" + std::string(dsn) + "'}\n"), "no failure") << dsn;
  }
}

TEST(Config, NeverRepeatsAPasswordInAFailure) {
  EXPECT_THAT(FailureOf("amqp: {url: 'http://user:secret@host'}\n"),
              testing::Not(HasSubstr("secret")));
}

TEST(Config, EnvironmentWinsOverTheFile) {
  const std::string path = testing::TempDir() + "/checkerd_config_test.yaml";
  std::ofstream(path) << "http: {listen: 'localhost:1'}\nlog: {level: debug}\n";
  const Result<Loaded> loaded =
      Load(path, {"CHECKERD_HTTP__LISTEN=", "CHECKERD_AMQP__UNROUTABLE__DROP=a, b",
                  "CHECKERD_AMQP__QUEUES__FAILED=x", "CHECKERD_PORT=tcp://10.0.0.1", "HOME=/"});
  std::remove(path.c_str());
  ASSERT_TRUE(loaded.ok()) << loaded.failure().message;
  const Config& config = loaded.value().config;
  EXPECT_EQ(config.http.listen, "");
  EXPECT_EQ(config.log.level, "debug");
  EXPECT_EQ(config.amqp.queues.failed, "x");
  EXPECT_THAT(config.amqp.unroutable.drop, ElementsAre("a", "b"));
  EXPECT_THAT(loaded.value().warnings, ElementsAre(HasSubstr("CHECKERD_PORT")));
}

TEST(Config, NamesTheVariableOfABadValue) {
  const Result<Loaded> loaded = Load(std::nullopt, {"CHECKERD_RELAY__LEASE=never"});
  ASSERT_FALSE(loaded.ok());
  EXPECT_THAT(loaded.failure().message, StartsWith("CHECKERD_RELAY__LEASE: "));
}

TEST(Config, SaysWhichFileCouldNotBeRead) {
  const Result<Loaded> loaded = Load("/no/such/file.yaml", {});
  ASSERT_FALSE(loaded.ok());
  EXPECT_THAT(loaded.failure().message, HasSubstr("/no/such/file.yaml"));
}

TEST(Config, WantsCertificateAndKeyTogether) {
  EXPECT_FALSE(Load(std::nullopt, {"CHECKERD_AMQP__TLS__CERT=c.pem"}).ok());
}

TEST(Config, EverySettingReadsBackWhatItShows) {
  const Config config;
  for (const Setting& setting : Settings()) {
    Config copy;
    EXPECT_EQ(setting.set(copy, setting.show(config)), std::nullopt) << setting.key;
    EXPECT_EQ(setting.show(copy), setting.show(config)) << setting.key;
  }
}

TEST(Config, TheAnnotatedFileHoldsEveryKeyWithItsDefault) {
  std::ifstream file(CHECKERD_YAML);
  const std::string yaml((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const Result<Config> config = LoadYaml(yaml, "checkerd.yaml");
  ASSERT_TRUE(config.ok()) << config.failure().message;
  EXPECT_THAT(Differences(config.value(), Config()), IsEmpty());
  for (const Setting& setting : Settings()) {
    const std::string last(setting.key.substr(setting.key.rfind('.') + 1));
    EXPECT_THAT(yaml, HasSubstr(" " + last + ":")) << setting.key;
  }
}

TEST(Duration, WantsAUnit) {
  EXPECT_EQ(ParseDuration("500ms"), milliseconds(500));
  EXPECT_EQ(ParseDuration("2min"), seconds(120));
  EXPECT_EQ(ParseDuration("1h"), seconds(3600));
  for (const char* text : {"", "5", "s", "-1s", "1.5s", "5 s", "99999999999999999h"}) {
    EXPECT_EQ(ParseDuration(text), std::nullopt) << text;
  }
}

TEST(AmqpUrl, DecodesAndFillsIn) {
  const auto address = ParseAmqpUrl("amqps://us%40er:p%3Aw@host/%2fshop");
  ASSERT_TRUE(address.ok());
  EXPECT_EQ(address.value().user, "us@er");
  EXPECT_EQ(address.value().password, "p:w");
  EXPECT_EQ(address.value().vhost, "/shop");
  EXPECT_EQ(address.value().port, 5671);
  EXPECT_TRUE(address.value().tls);
  EXPECT_THAT(address.value().Show(), testing::Not(HasSubstr("p:w")));
  EXPECT_EQ(ParseAmqpUrl("amqp://").value().vhost, "/");
  EXPECT_FALSE(ParseAmqpUrl("localhost:5672").ok());
}

}  // namespace
}  // namespace pg_checker::config
