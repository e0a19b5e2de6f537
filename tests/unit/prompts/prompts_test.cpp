#include "prompts/prompts.h"

#include "support/support.h"

namespace culprit {
namespace {

TEST(Prompts, AreTheFilesOfTheFolder) {
    EXPECT_EQ(prompt_text("system.md"), test::must(read_file(test::source_path("prompts/system.md"))));
    EXPECT_EQ(prompt_text("none.md"), "");
}

TEST(Prompts, PlaceholdersAreStrict) {
    EXPECT_EQ(test::must(fill_prompt("a {{x}} {{y}} {{x}}", {{"x", "1"}, {"y", "{{z}}"}})), "a 1 {{z}} 1");
    EXPECT_EQ(fill_prompt("{{x}}", {}).error().what, "a prompt asks for {{x}}, which has no value");
    EXPECT_EQ(fill_prompt("", {{"x", "1"}}).error().what, "no prompt asks for {{x}}");
    EXPECT_FALSE(fill_prompt("{{x", {{"x", "1"}}));
}

}  // namespace
}  // namespace culprit
