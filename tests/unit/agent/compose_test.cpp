#include "agent/compose.h"

#include "support/support.h"

namespace culprit {
namespace {

std::string composed(const std::vector<EventBody>& bodies) {
    std::vector<Event> events;
    for (const EventBody& body : bodies) events.push_back({{}, body});
    Request request;
    add_conversation(events, "m", request);
    std::string text;
    for (const Message& message : request.messages) {
        text += message.role == Message::Role::User        ? "U:"
                : message.role == Message::Role::Assistant ? "A:"
                                                           : "T:";
        text += message.text;
        for (const ToolCall& call : message.calls) text += " <" + call.id + ">";
        if (message.result) text += " =" + message.result->call_id;
        text += "\n";
    }
    return text;
}

TEST(Compose, ResultsStandInTheOrderOfTheCalls) {
    EXPECT_EQ(composed({UserText{"why"}, AssistantReply{"look", {{"a", "grep", ""}, {"b", "grep", ""}}},
                        CallDecided{"b"}, ToolResult{.call_id = "b", .evidence = "E1", .text = "two"},
                        ToolResult{.call_id = "a", .evidence = "E2", .text = "one"}, AssistantReply{"so"}}),
              "U:why\nA:look <a> <b>\nT:[E2] one =a\nT:[E1] two =b\nA:so\n");
}

TEST(Compose, CallsWithoutAResultAreLeftOut) {
    EXPECT_EQ(composed({UserText{"why"}, AssistantReply{"look", {{"a", "grep", ""}, {"b", "grep", ""}}},
                        ToolResult{.call_id = "b", .evidence = "E1", .text = "two"}, UserText{"go on"}}),
              "U:why\nA:look\nU:go on\n");
    EXPECT_EQ(composed({AssistantReply{"", {{"a", "grep", ""}}}, UserText{"go on"}}), "U:go on\n");
}

TEST(Compose, AnIdMayComeAgainInALaterReply) {
    EXPECT_EQ(composed({AssistantReply{"", {{"a", "grep", ""}}},
                        ToolResult{.call_id = "a", .evidence = "E1", .text = "1"},
                        AssistantReply{"", {{"a", "grep", ""}}},
                        ToolResult{.call_id = "a", .evidence = "E2", .text = "2"}}),
              "A: <a>\nT:[E1] 1 =a\nA: <a>\nT:[E2] 2 =a\n");
}

TEST(Compose, WhatWasShownStandsForWhatWasWritten) {
    EXPECT_EQ(
        composed({AssistantReply{"line 5"}, WriteUpChecked{.asked = "repair it"}, AssistantReply{"line 6"},
                  WriteUpChecked{.shown = "line 6 [corrected]"}, UserText{"more"}}),
        "A:line 5\nU:repair it\nA:line 6 [corrected]\nU:more\n");
}

TEST(Compose, StoppedAndBrokenAnswersSaySo) {
    EXPECT_EQ(composed({UserText{"a"}, Cancelled{"half"}, UserText{"b"},
                        TurnFailed{"unavailable", "500", "ha"}, UserText{"c"}, Cancelled{""}}),
              "U:a\nA:half\n[the engineer stopped this answer here]\nU:b\nA:ha\n[this answer broke off "
              "here]\nU:c\n");
}

TEST(Compose, TheSystemPromptNamesRootsAndMemory) {
    const auto folder = test::temporary_folder();
    Roots roots;
    test::must(roots.add_source("core", folder.path()));
    const std::string prompt = test::must(system_prompt({roots, "Locks are hot.\n", "- topn: explains\n", ""}));
    EXPECT_NE(prompt.find("- core/ (source tree)\n"), std::string::npos);
    EXPECT_NE(prompt.find("Locks are hot.\n"), std::string::npos);
    EXPECT_EQ(prompt.find("{{"), std::string::npos);
}

}  // namespace
}  // namespace culprit
