#include "tools/investigate/rules.h"

#include "support/support.h"

namespace culprit {
namespace {

std::vector<std::string> told(std::string_view text) {
    std::vector<std::string> all;
    for (const ProjectRule& rule : rules_in(text)) {
        std::string kinds;
        for (const std::string_view kind : rule.forbids) kinds += fmt::format(" {}", kind);
        all.push_back(fmt::format("{}:{} {}", rule.line, kinds, rule.text));
    }
    return all;
}

TEST(Rules, AreSentencesThatForbidACost) {
    const std::vector<std::string> expected = {
        "3: allocation Hot paths allocate nothing.",
        "5: contention Never hold a lock while calling out.",
        "6: linq Avoid LINQ in loops; closures too.",
        "8: starvation Async code does not block on tasks, wherever it stands.",
        "10: allocation strings The encoder is allocation-free: no string formatting.",
    };
    EXPECT_EQ(told("# No locks\n\n"
                   "Hot paths allocate nothing. They may be long.\n\n"
                   "- Never hold a lock while calling out.\n"
                   "* Avoid LINQ in loops; closures too.\n\n"
                   "Be kind. Async code does not block on tasks,\n"
                   "wherever it stands.\n"
                   "1. The encoder is allocation-free: no string formatting.\n"
                   "```\n// never allocate\n```\n"
                   "Allocations are counted by a test. Write tests, not excuses.\n"),
              expected);
    EXPECT_TRUE(rules_in("").empty());
    EXPECT_TRUE(rules_in("```\nnever allocate").empty());
    EXPECT_TRUE(rules_in("never allocate " + std::string(1000, 'x')).empty()) << "a story is no rule";
}

TEST(Rules, OnlyTheKindsThatAreMeantAreBroken) {
    const auto rules = rules_in("Hot paths allocate nothing.\n\nNever throw exceptions in loops.\n");
    ASSERT_EQ(rules.size(), 2u);
    EXPECT_TRUE(broken_by(rules, {"cpu"}).empty());
    ASSERT_EQ(broken_by(rules, {"cpu", "exceptions"}).size(), 1u);
    EXPECT_EQ(broken_by(rules, {"exceptions"}).front().line, 3);
}

}  // namespace
}  // namespace culprit
