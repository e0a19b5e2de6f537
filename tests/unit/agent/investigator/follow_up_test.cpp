#include "agent/investigator/follow_up.h"

#include "support/support.h"

namespace culprit {
namespace {

using Kind = FollowUp::Kind;

std::string read(std::string_view message) {
    static constexpr std::array<std::string_view, 4> kKinds = {"stacks", "cause", "doubt", "only"};
    const auto asked = follow_up_in(message);
    if (!asked) return "";
    return fmt::format("{}:{}", kKinds[static_cast<std::size_t>(asked->kind)], asked->about);
}

TEST(FollowUp, IsReadFromTheWordsThatPeopleUse) {
    const std::vector<std::pair<std::string_view, std::string_view>> asked = {
        {"a more detailed call stack", "stacks:"},
        {"Can you give me a more detailed call stack?", "stacks:"},
        {"could you show me the full stack of Cart.Add please?", "stacks:Cart.Add"},
        {"call stack of `add` in more detail", "stacks:add"},
        {"all frames of the second", "stacks:second"},
        {"tell me more about 2", "cause:2"},
        {"explain cause #3", "cause:#3"},
        {"how do we fix the first one?", "cause:first"},
        {"why not Cart.Add?", "doubt:Cart.Add"},
        {"Why isn't it shop::Cart::add?", "doubt:shop::Cart::add"},
        {"why is `add` not the cause?", "doubt:add"},
        {"is it the GC?", "doubt:gc"},
        {"couldn't it be garbage collection?", "doubt:gc"},
        {"I think it's the lock", "doubt:contention"},
        {"what about disk?", "doubt:io"},
        {"why not string formatting", "doubt:strings"},
        {"did Cart.Add change?", "doubt:Cart.Add"},
        {"how much of the time is CartIndex?", "doubt:CartIndex"},
        {"only allocations", "only:allocations"},
        {"just show me the lock contention please", "only:contention"},
        {"rank it by memory", "only:allocations"},
        {"exceptions only", "only:exceptions"},
        {"only cpu", "only:cpu"},
        {"show everything again", "only:"},
    };
    for (const auto& [message, expected] : asked) EXPECT_EQ(read(message), expected) << message;
}

TEST(FollowUp, IsNotReadIntoOtherMessages) {
    for (const std::string_view message :
         {"why is it slow?", "it is slower since yesterday", "thanks", "", "what about it", "is it fast now?",
          "who calls Cart.Add?", "why not", "only", "the producer is slow, only on Mondays it is fine"}) {
        EXPECT_EQ(read(message), "") << message;
    }
    EXPECT_EQ(read(std::string(5000, 'a') + " a more detailed call stack"), "") << "a story";
}

TEST(FollowUp, CausesAreNumbered) {
    EXPECT_EQ((FollowUp{Kind::Cause, "#3"}).number(), 3);
    EXPECT_EQ((FollowUp{Kind::Cause, "second"}).number(), 2);
    EXPECT_EQ((FollowUp{Kind::Cause, "Cart.Add2"}).number(), 0);
    EXPECT_EQ((FollowUp{Kind::Cause, ""}).number(), 0);
}

}  // namespace
}  // namespace culprit
