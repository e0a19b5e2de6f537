#include "agent/offer.h"

#include <algorithm>

#include "support/support.h"

namespace culprit {
namespace {

class OfferTest : public ::testing::Test {
  protected:
    OfferTest() { test::must(tools_.add(open_tools_tool())); }

    std::vector<std::string> offered(std::initializer_list<EventBody> bodies) {
        std::vector<Event> events;
        for (const EventBody& body : bodies) events.push_back({.body = body});
        std::vector<std::string> names;
        for (const OfferedTool* tool : offered_tools(tools_, events)) names.push_back(tool->name);
        return names;
    }
    // What these events open, beside what is always offered.
    std::vector<std::string> opened(std::initializer_list<EventBody> bodies) {
        std::vector<std::string> names = offered(bodies);
        const std::size_t always = offered({}).size();
        return {names.begin() + static_cast<std::ptrdiff_t>(always), names.end()};
    }
    Toolbox tools_;
};

const std::vector<std::string> kHosts = {"run_on_host", "check_host", "explain_host", "explain_process"};
const std::vector<std::string> kHistory = {"changes", "blame_symbol", "diff_symbol", "suspects"};

TEST_F(OfferTest, EveryToolOfASetIsThereAndInOneSetAlone) {
    std::vector<std::string_view> seen;
    for (const Toolset& set : toolsets()) {
        for (const std::string_view name : set.tools) {
            EXPECT_TRUE(find_tool(name)) << name;
            EXPECT_EQ(std::ranges::count(seen, name), 0) << name;
            seen.push_back(name);
        }
    }
    EXPECT_EQ(offered({}).size(), all_tools().size() + 1 - seen.size());
}

TEST_F(OfferTest, ASetIsOpenedByNameByACallOfItsToolsOrWhereOneIsNamed) {
    using Names = std::vector<std::string>;
    EXPECT_EQ(opened({UserText{"what changed on the hosts?"}}), Names());
    EXPECT_EQ(opened({AssistantReply{"", {{"1", "open_tools", R"({"set":"hosts"})"}}}}), kHosts);
    EXPECT_EQ(
        opened({AssistantReply{"", {{"1", "open_tools", R"({"set":"none"})"}, {"2", "open_tools", "{"}}}}),
        Names());
    EXPECT_EQ(opened({AssistantReply{"", {{"1", "blame_symbol", "{}"}}}}), kHistory);
    EXPECT_EQ(opened({UserText{"ask `check_host`, not check_hosts_"}}), kHosts);
    EXPECT_EQ(opened({ToolResult{.call_id = "1", .tool = "playbook", .text = "Begin with: explain_host {}"}}),
              kHosts);
    EXPECT_EQ(opened({ToolResult{.call_id = "1", .tool = "grep", .text = "a.cs:1: explain_host"}}), Names());
}

TEST_F(OfferTest, WhatWasOfferedKeepsItsPlace) {
    const auto first = offered({UserText{"explain_host"}});
    const auto then = offered({UserText{"explain_host"}, UserText{"diff_symbol"}});
    ASSERT_GT(then.size(), first.size());
    EXPECT_TRUE(std::equal(first.begin(), first.end(), then.begin()));
}

TEST_F(OfferTest, WhatAPlaybookAsksForIsOfferedAtOnceAndExplainedInItself) {
    const Toolbox some = tools_.only({"profile_tree", "grep"});
    const auto offered = offered_tools(some, {});
    ASSERT_EQ(offered.size(), 2U);
    EXPECT_EQ(offered[1]->name, "profile_tree");
    EXPECT_TRUE(offered[1]->schema["properties"]["file"].contains("description"));
}

TEST_F(OfferTest, OpeningSaysWhatIsThere) {
    Roots roots;
    const OfferedTool* tool = tools_.find("open_tools");
    ASSERT_TRUE(tool);
    alignas(16) std::byte none[16] = {};  // it looks at nothing
    Workbench bench{.roots = roots,
                    .source = reinterpret_cast<SourceIndex&>(none),
                    .profiles = reinterpret_cast<ProfileStore&>(none),
                    .memory = reinterpret_cast<ProjectMemory&>(none),
                    .stop = {}};
    EXPECT_TRUE(test::must(tool->run({{"set", "jobs"}}, bench)).text.contains("jobs_compare"));
    EXPECT_TRUE(
        tool->run({{"set", "nothing"}}, bench).error().what.contains("there is no set of tools 'nothing'"));
}

}  // namespace
}  // namespace culprit
