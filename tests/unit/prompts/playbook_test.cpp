// Playbooks: settings, arguments, placeholders, the files of other tools, and every one that is built in.
#include "base/text.h"
#include "prompts/shelf.h"
#include "support/support.h"
#include "tools/tool.h"

namespace culprit {
namespace {

using test::must;

constexpr std::string_view kHot = R"(---
name: hot
description: Explain what is hot.
arguments:
  - {name: input, kind: input, about: a list, required: true}
  - {name: problem, about: what is slow, option: true}
opening:
  - profile_top: {file: "{{input}}", metric: "{{problem}}", limit: 5}
temperature: 0.5
---
Look at {{input}}. It is about: {{problem}}
)";

TEST(Playbook, HasItsSettings) {
    const Playbook playbook = must(read_playbook(kHot, "file", false));
    EXPECT_EQ(playbook.name, "hot");
    ASSERT_EQ(playbook.arguments.size(), 2u);
    EXPECT_EQ(playbook.arguments[0].kind, PlaybookArgument::Kind::Input);
    EXPECT_TRUE(playbook.arguments[1].is_option);
    EXPECT_EQ(playbook.temperature, 0.5);
}

TEST(Playbook, FillsItsPlaceholdersOnceAndLooksIntoNoValue) {
    const Playbook playbook = must(read_playbook(kHot, "file", false));
    EXPECT_EQ(playbook_message(playbook, {{"input", "{{problem}}"}, {"problem", "locks"}}),
              "Look at {{problem}}. It is about: locks");
}

TEST(Playbook, AnArgumentOfACallWithoutAValueIsLeftOut) {
    const Playbook playbook = must(read_playbook(kHot, "file", false));
    const auto calls = playbook_opening(playbook, {{"input", "a.txt"}, {"problem", ""}});
    ASSERT_EQ(calls.size(), 1u);
    EXPECT_EQ(dump_json(calls[0].arguments), R"({"file":"a.txt","limit":5})");
}

TEST(Playbook, WhatMeansNothingIsTold) {
    const auto error_of = [](std::string_view text) {
        const auto playbook = read_playbook(text, "bad", false);
        return playbook ? "" : playbook.error().what;
    };
    EXPECT_EQ(error_of("---\nname: a\n---\n{{nothing}} here\n"),
              "bad: {{nothing}} is no argument of the playbook; its 'arguments' name them");
    EXPECT_EQ(error_of("---\narguments: [{name: a, kind: wrong}]\n---\nx\n"),
              "bad: the argument a has the kind 'wrong': text, rest, input, files or commands");
    EXPECT_EQ(error_of("---\nname: a\n"), "bad: the settings that begin with --- have no --- at their end");
    EXPECT_EQ(error_of("---\ntemperature: 7\n---\nx\n"), "bad: 'temperature' is a number from 0 to 2");
    EXPECT_EQ(error_of("---\nname: a\n---\n\n"), "bad: the playbook says nothing");
    EXPECT_NE(error_of("---\ndescription: a: b: c\n---\nx\n").find("no YAML"), std::string::npos);
}

TEST(Playbook, AnotherToolsFileIsReadAsItIs) {
    const Playbook playbook =
        must(read_playbook("---\n"
                           "name: Trace Reader\n"
                           "description: \"Use it when:\\n\\nuser: \\\"it is slow\\\"\n"
                           "  and more {{here}}\"\n"
                           "tools: Read, Grep\n"
                           "model: opus\nmemory: project\n---\n"
                           "Do {{this}} with $ARGUMENTS.\n",
                           "x", true));
    EXPECT_EQ(playbook.name, "trace-reader");
    EXPECT_EQ(playbook.description, "Use it when:\n\nuser: \"it is slow\" and more {{here}}");
    EXPECT_EQ(playbook.memory, "project");
    EXPECT_TRUE(playbook.tools.empty());
    EXPECT_NE(playbook_message(playbook, {{"task", "the log"}}).find("Do {{this}} with the log."),
              std::string::npos);
}

TEST(Playbook, AnotherToolsFileThatIsNoYamlIsReadLineByLine) {
    const Playbook playbook = must(
        read_playbook("---\nname: a\ndescription: Use: when \"x: y\"\n  and more\n---\nBody\n", "x", true));
    EXPECT_EQ(playbook.description, "Use: when \"x: y\"\n  and more");
    EXPECT_EQ(playbook.warnings.size(), 1u);
}

TEST(Playbook, HostileSettingsAreRefusedNotRead) {
    std::string deep = "---\na: ";
    for (int i = 0; i < 300; ++i) deep += "[";
    EXPECT_FALSE(read_playbook(deep + "\n---\nx\n", "deep", false));
    std::string laughs = "---\na: &a [x,x,x,x,x,x,x,x,x,x]\n";
    for (char c = 'b'; c < 'j'; ++c) {
        const char before = static_cast<char>(c - 1);
        laughs += fmt::format("{0}: &{0} [*{1},*{1},*{1},*{1},*{1},*{1},*{1},*{1}]\n", c, before);
    }
    EXPECT_FALSE(read_playbook(laughs + "---\nx\n", "laughs", false));
    for (std::size_t end = 0; end < kHot.size(); ++end)
        static_cast<void>(read_playbook(kHot.substr(0, end), "cut", end % 2 == 0));
}

TEST(PlaybookShelf, TheNearestFolderCountsAndTheBuiltInLast) {
    const auto folder = test::temporary_folder();
    const fs::path project = folder.path() / "project", own = folder.path() / "own";
    must(write_file(project / ".culprit/playbooks/topn.md", "---\ndescription: Ours.\n---\nOurs\n"));
    must(write_file(own / "playbooks/topn.md", "---\ndescription: Mine.\n---\nMine\n"));
    must(write_file(own / "playbooks/broken.md", "---\nname: a\n"));
    must(write_file(project / ".claude/agents/reader.md",
                    "---\nname: reader\ndescription: Reads.\n---\nRead\n"));
    must(write_file(project / ".claude/skills/tidy/SKILL.md", "---\ndescription: Tidies.\n---\nTidy\n"));
    const PlaybookShelf shelf(playbook_folders(project, own, folder.path()));
    ASSERT_TRUE(shelf.find("topn"));
    EXPECT_EQ(shelf.find("topn")->body, "Ours");
    EXPECT_EQ(shelf.find("topn")->from, Playbook::From::Project);
    EXPECT_TRUE(shelf.find("reader"));
    EXPECT_TRUE(shelf.find("tidy"));
    EXPECT_TRUE(shelf.find("regression"));
    ASSERT_EQ(shelf.warnings().size(), 1u);
    EXPECT_NE(shelf.warnings()[0].find("broken.md"), std::string::npos);
}

TEST(PlaybookShelf, TheBuiltInOnesAreAllThereAndNameToolsThatThereAre) {
    const PlaybookShelf shelf;
    EXPECT_TRUE(shelf.warnings().empty()) << join(shelf.warnings(), "\n");
    for (const char* name : {"regression", "topn", "stacktrace", "code", "explainfunction", "explainprocess",
                             "findfaster", "analyzecmd", "debughost", "jobs-report", "trace-analysis"})
        EXPECT_TRUE(shelf.find(name)) << name;
    for (const Playbook& playbook : shelf.all()) {
        EXPECT_FALSE(playbook.description.empty()) << playbook.name;
        EXPECT_FALSE(playbook.without_model.empty()) << playbook.name;
        EXPECT_TRUE(playbook.example.empty() || playbook.example.contains("culprit " + playbook.name))
            << playbook.name;
        for (const std::string& tool : playbook.tools)
            EXPECT_TRUE(find_tool(tool)) << playbook.name << ": " << tool;
        for (const PlaybookCall& call : playbook.opening)
            EXPECT_TRUE(find_tool(call.tool)) << playbook.name << ": " << call.tool;
    }
}

}  // namespace
}  // namespace culprit
