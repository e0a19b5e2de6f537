// Each pattern finds its own bad examples and passes its good ones.
#include "tools/source/patterns.h"

#include <map>

#include "base/text.h"
#include "unit/tools/source/fixture.h"

namespace culprit {
namespace {

using test::must;

// A statement, or after "member:" a member of a type.
std::string in_context(const Language& language, std::string_view example) {
    if (example.starts_with("member:")) return fmt::format("class C {{ {} }}", trim(example.substr(7)));
    if (language.family == Family::C) {
        const bool is_function = example.starts_with("void f") || example.starts_with("template");
        return is_function ? std::string(example) : fmt::format("void f() {{ {} }}", example);
    }
    return fmt::format("class C {{ void M() {{ {} }} }}", example);
}

TEST(Patterns, EachFindsItsBadExamplesAndNotItsGoodOnes) {
    std::map<std::string_view, int> count;
    for (const Pattern& pattern : all_patterns()) {
        ++count[pattern.language];
        for (const std::string_view field : {pattern.title, pattern.why, pattern.fix, pattern.cost})
            EXPECT_FALSE(field.empty()) << pattern.id;
        ASSERT_FALSE(pattern.bad.empty() || pattern.good.empty()) << pattern.id;
        const Language* language = language_named(pattern.language);
        ASSERT_NE(language, nullptr) << pattern.language;
        PatternFinder finder({.ids = {std::string(pattern.id)}});
        for (const std::string_view bad : pattern.bad) {
            EXPECT_EQ(must(finder.find_in_text(*language, in_context(*language, bad))).size(), 1u)
                << pattern.language << '/' << pattern.id << ": " << bad;
        }
        for (const std::string_view good : pattern.good) {
            EXPECT_EQ(must(finder.find_in_text(*language, in_context(*language, good))).size(), 0u)
                << pattern.language << '/' << pattern.id << ": " << good;
        }
    }
    EXPECT_GE(count["csharp"], 30);
    EXPECT_GE(count["cpp"], 10);
    EXPECT_GE(count["java"], 10);
}

TEST(Patterns, AreRestrictedToADefinition) {
    test::SourceTree tree{{"A.cs", R"(class A
{
    void Hot()
    {
        foreach (var x in xs) { s += "a"; }
    }
    void Cold() { foreach (var x in xs) { s += "a"; } }
    A() { GC.Collect(); }
}
)"}};
    PatternFinder finder({});
    const auto hits = must(finder.find_in(tree.index().find({.name = "A.Hot"}).at(0)));
    ASSERT_EQ(hits.size(), 1u);
    EXPECT_EQ(hits[0].line, 5);
    EXPECT_EQ(hits[0].pattern->id, "string-concat-in-loop");
    EXPECT_EQ(hits[0].symbol, "A.Hot");
    EXPECT_EQ(must(finder.find_in(tree.path("A.cs"), tree.index())).size(), 3u);
    EXPECT_EQ(
        must(finder.find_in(tree.index().find({.name = "A.A", .kinds = {SymbolKind::Constructor}}).at(0)))
            .size(),
        1u);
}

// Whoever knows tree-sitter's queries can write patterns: ours are a part of them.
TEST(Patterns, AreQueriesThatTreeSitterTakes) {
    for (const Pattern& pattern : all_patterns()) {
        must(Query::compile(language_named(pattern.language)->grammar(), pattern.text, pattern.id));
    }
}

TEST(Patterns, ABrokenOneSaysWhereAndWhat) {
    const TSLanguage* csharp = language_named("csharp")->grammar();
    const auto error = [&](std::string_view text) {
        return PatternQuery::parse(csharp, text, "the pattern p").error().what;
    };
    EXPECT_EQ(error("(identifier) @a\n(no_such_node) @b"),
              "the pattern p, line 2: the grammar has no no_such_node, at ') @b'");
    EXPECT_THAT(error("((identifier) @a (#huh? @a \"x\"))"),
                ::testing::HasSubstr("there is no such predicate"));
    EXPECT_THAT(error("((identifier) @a (#match? @a \"(\"))"), ::testing::HasSubstr("missing )"));
    EXPECT_THAT(error("(invocation_expression nofield: (_))"),
                ::testing::HasSubstr("the grammar has no field nofield"));
    EXPECT_THAT(error("; nothing"), ::testing::HasSubstr("has no pattern in it"));
    const std::string good(all_patterns().front().text);
    for (std::size_t size = 0; size < good.size(); ++size)
        (void)PatternQuery::parse(csharp, good.substr(0, size), "cut");
}

}  // namespace
}  // namespace culprit
