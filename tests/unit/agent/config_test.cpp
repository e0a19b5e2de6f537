#include "agent/config.h"

#include "support/support.h"

namespace culprit {
namespace {

using test::must;

class ConfigTest : public ::testing::Test {
  protected:
    ConfigTest() : folder_(test::temporary_folder()) {
        must(make_folder(project()));
        must(make_folder(own()));
    }
    fs::path project() const { return folder_.path() / "project"; }
    fs::path own() const { return folder_.path() / "own"; }

    Settings settings() const { return Settings::load(project(), own()); }
    // "MODEL at PROVIDER, ADDRESS: WHY", or the error.
    std::string chosen(const ModelFlags& flags = {}) const {
        const auto choice = choose_model(flags, Variables::load(project()), settings());
        if (!choice) return choice.error().what;
        const Endpoint* endpoint = choice->connection.endpoint;
        return fmt::format("{} at {} {}: {}", choice->model(), endpoint ? endpoint->name : "none",
                           choice->connection.base_url, choice->why);
    }
    void env(std::string_view text) const { must(write_file(project() / ".env", text)); }
    void toml(std::string_view text) const { must(write_file(project() / "culprit.toml", text)); }
    void own_toml(std::string_view text) const { must(write_file(own() / "culprit.toml", text)); }

    TemporaryFolder folder_;
};

TEST_F(ConfigTest, TheProviderFollowsFromTheName) {
    env("OPENAI_API_KEY=k\nANTHROPIC_API_KEY=k\nGEMINI_API_KEY=k\nMISTRAL_API_KEY=k\nOPENROUTER_API_KEY=k\n");
    const struct {
        const char* model;
        const char* chosen;
    } kCases[] = {
        {"gpt-5", "gpt-5 at openai https://api.openai.com/v1: from --model"},
        {"claude-x", "claude-x at anthropic https://api.anthropic.com: from --model"},
        {"gemini-x", "gemini-x at gemini https://generativelanguage.googleapis.com: from --model"},
        {"ollama/qwen3:8b", "qwen3:8b at ollama http://127.0.0.1:11434: from --model"},
        {"openrouter/anthropic/claude-x",
         "anthropic/claude-x at openrouter https://openrouter.ai/api/v1: from --model"},
        {"vllm/m", "m at vllm http://127.0.0.1:8000/v1: from --model"},
        {"nowhere/m", "nowhere/m at openai https://api.openai.com/v1: from --model"},
        {"investigator", "investigator at none : as asked"},
    };
    for (const auto& each : kCases) EXPECT_EQ(chosen({.model = each.model}), each.chosen);
}

TEST_F(ConfigTest, AKeyAloneSendsNothingAnywhere) {
    env("OPENAI_API_KEY=k\n");
    EXPECT_EQ(chosen(),
              "investigator at none : no model is configured; --model NAME or OPENAI_MODEL sets one "
              "(OPENAI_API_KEY is set, but no model is named)");
}

TEST_F(ConfigTest, FlagsComeBeforeVariablesAndThoseBeforeProfiles) {
    toml("profile = \"a\"\n[profiles.a]\nmodel = \"ollama/from-profile\"\nprovider = \"ollama\"\n");
    EXPECT_EQ(chosen(), "ollama/from-profile at ollama http://127.0.0.1:11434: profile a of culprit.toml");
    env("OLLAMA_MODEL=from-env\nOLLAMA_HOST=box\n");
    EXPECT_EQ(chosen(), "from-env at ollama http://box:11434: from OLLAMA_MODEL");
    EXPECT_EQ(chosen({.model = "ollama/from-flag"}), "from-flag at ollama http://box:11434: from --model");
    EXPECT_EQ(chosen({.profile = "b"}), "there is no profile 'b' in culprit.toml; there are: a");
}

TEST_F(ConfigTest, TheOldNamesOfOtherProgramsCount) {
    env("GAI_API_TYPE=azure\nGAI_API_KEY=k\nGAI_API_BASE=https://x.example\nGAI_MODEL=d\n");
    EXPECT_EQ(chosen(), "d at azure https://x.example: from GAI_MODEL");
}

TEST_F(ConfigTest, ThePersonsKeyIsNotSentWhereTheProjectSays) {
    own_toml("[profiles.mine]\nprovider = \"openai\"\nmodel = \"m\"\nkey_command = \"echo k\"\n");
    env("OPENAI_BASE_URL=https://collector.example/v1\n");
    EXPECT_NE(chosen({.profile = "mine"}).find("it is not sent there"), std::string::npos)
        << chosen({.profile = "mine"});
    env("OPENAI_BASE_URL=http://127.0.0.1:1/v1\n");
    EXPECT_EQ(chosen({.profile = "mine"}), "m at openai http://127.0.0.1:1/v1: profile mine");
}

TEST_F(ConfigTest, ACommandOfTheProjectIsNotRun) {
    toml(
        "[profiles.p]\nprovider = \"openai\"\nmodel = \"m\"\nkey_command = \"touch ran\"\n[mcp.s]\ncommand = "
        "\"x\"\ntrusted = true\n");
    const Settings read = settings();
    EXPECT_TRUE(read.find("p")->key_command.empty());
    EXPECT_FALSE(read.servers.front().trusted);
    EXPECT_EQ(read.warnings.size(), 2u);
}

TEST_F(ConfigTest, WhatIsNotASettingIsToldAndPassedOver) {
    toml("[limits]\nsteps = \"many\"\nstep = 3\ncost = -1\n[retry]\nattempts = 3\n");
    const Settings read = settings();
    EXPECT_EQ(read.retry.attempts, 3);
    EXPECT_EQ(read.limits.steps, 0);
    ASSERT_GE(read.warnings.size(), 2u);
    EXPECT_EQ(read.warnings[0], "culprit.toml, [limits]: 'steps' must be a whole number");
    toml("[limits\n");
    EXPECT_NE(settings().warnings.front().find("none of it is used"), std::string::npos);
}

TEST_F(ConfigTest, EveryCutOfASettingsFileIsHarmless) {
    const std::string text =
        "profile = \"a\"\n[profiles.a]\nmodel = \"m\"\n[[models]]\nname = \"m\"\ninput = 1.5\n";
    for (std::size_t end = 0; end <= text.size(); ++end) {
        toml(text.substr(0, end));
        settings();
    }
}

TEST_F(ConfigTest, AChangeOfModelKeepsWhatItDoesNotSay) {
    const ModelFlags before{.model = "m", .base_url = "http://127.0.0.1:1/v1", .temperature = 0.5};
    const ModelFlags other = changed(before, {.model = "n", .effort = "high"}, {});
    EXPECT_EQ(other.model, "n");
    EXPECT_EQ(other.base_url, before.base_url);
    EXPECT_EQ(other.temperature, 0.5);
    EXPECT_EQ(changed(before, {.model = "ollama/n"}, {}).base_url, "");
    EXPECT_EQ(changed(before, {.max_tokens = 9}, {}).model, "m");
}

TEST_F(ConfigTest, PricesOfThePersonComeBeforeTheBuiltInOnes) {
    own_toml("[[models]]\nname = \"gpt-5\"\nwindow = 1000\ninput = 7\noutput = 8\n");
    const ModelFacts facts = model_table(settings().models).find("gpt-5");
    EXPECT_EQ(facts.window, 1000);
    EXPECT_EQ(facts.prices->input, 7);
    EXPECT_DOUBLE_EQ(cost_of({1'000'000, 1'000'000}, *facts.prices), 15);
    EXPECT_GT(model_table({}).find("claude-sonnet-4-5").window, 0);
    EXPECT_FALSE(model_table({}).find("nobody-knows").prices);
}

}  // namespace
}  // namespace culprit
