#include "tools/invoke.h"

#include "base/text.h"
#include "support/support.h"
#include "tools/args.h"

namespace culprit {
namespace {

Result<Output> never_run(const Args&, Workbench&) { return Output{}; }

const Tool kTool = {"example",
                    "",
                    "An example.",
                    Effect::Reads,
                    {{"name", Kind::String, "a name"},
                     {"limit", Kind::Integer, "most", 100},
                     {"share", Kind::Number, "from 0 to 1", 0.5},
                     {"all", Kind::Boolean, "all of it", false},
                     {"by", Kind::String, "grouping", "method", {"method", "type"}},
                     {"paths", Kind::Strings, "where", ""}},
                    never_run};

Result<Args> check(std::string_view json) {
    return check_arguments(kTool, test::must(parse_json(json, "test")));
}

TEST(Arguments, DefaultsComeFromTheRow) {
    const Args args = test::must(check(R"({"name":"x"})"));
    EXPECT_EQ(args.text("name"), "x");
    EXPECT_EQ(args.integer("limit"), 100);
    EXPECT_EQ(args.number("share"), 0.5);
    EXPECT_FALSE(args.flag("all"));
    EXPECT_EQ(args.text("by"), "method");
    EXPECT_TRUE(args.list("paths").empty());
}

TEST(Arguments, KindsAreChecked) {
    const Args args =
        test::must(check(R"({"name":"x","limit":7.0,"share":1,"all":true,"by":"type","paths":["a","b"]})"));
    EXPECT_EQ(args.integer("limit"), 7);
    EXPECT_EQ(args.number("share"), 1.0);
    EXPECT_EQ(args.list("paths"), (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(check(R"({"limit":"7","by":"x","extra":1,"paths":[1]})").error().what,
              "example: there is no argument 'extra' (there are: name, limit, share, all, by, paths); 'name' "
              "(string) is "
              "missing: a name; 'limit' must be of type integer, not \"7\"; 'by' must be one of method, "
              "type, not 'x'; 'paths' "
              "must be of type array of strings, not [1]");
    EXPECT_FALSE(check("[]"));
}

TEST(Arguments, TheSchemaSaysTheSame) {
    test::expect_golden(test::source_path("tests/unit/tools/example_schema.json"),
                        dump_json(argument_schema(kTool), 2) + "\n");
}

TEST(Arguments, WhatAnEarlierToolExplainedIsNotExplainedAgain) {
    Explained explained;
    const Json first = argument_schema(kTool, &explained);
    EXPECT_EQ(first, argument_schema(kTool));
    const Json second = argument_schema(kTool, &explained);
    EXPECT_EQ(second["required"], first["required"]);
    for (const auto& [name, property] : second["properties"].items()) {
        EXPECT_FALSE(property.contains("description")) << name;
        EXPECT_EQ(property["type"], first["properties"][name]["type"]);
    }
    Tool other = kTool;
    other.args[0].about = "another meaning";
    EXPECT_EQ(
        argument_schema(other, &explained)["properties"][std::string(other.args[0].name)]["description"],
        "another meaning");
}

TEST(Shorten, KeepsHeadAndTailAndCounts) {
    std::string text;
    for (int i = 0; i < 1000; ++i) text += fmt::format("line {}\n", i);
    const std::string cut = shorten(text, 1000, "see there");
    EXPECT_LE(cut.size(), 1100u);
    EXPECT_TRUE(cut.starts_with("line 0\n"));
    EXPECT_TRUE(cut.ends_with("line 999\n"));
    EXPECT_NE(cut.find(" lines left out; see there …]\n"), std::string::npos) << cut;
    EXPECT_EQ(shorten("short", 1000, ""), "short");
}

TEST(Shorten, DoesNotCutInsideOfACharacter) {
    std::string text;
    for (int i = 0; i < 1000; ++i) text += "€";
    for (std::size_t most = 90; most < 110; ++most) {
        const std::string cut = shorten(text, most, "x");
        EXPECT_EQ(valid_utf8(cut), cut) << most;
    }
}

}  // namespace
}  // namespace culprit
