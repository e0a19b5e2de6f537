// Each language's query over a small file: what is declared, what is called.
#include "tools/source/languages.h"

#include "base/text.h"
#include "unit/tools/source/fixture.h"

namespace culprit {
namespace {

using test::must;

TEST(Languages, EachHasAGrammarAndAQueryThatFit) {
    for (const Language& language : languages()) {
        Parser parser(language.grammar ? language.grammar() : nullptr);
        SegmentBuilder out;
        out.begin_file("x");
        EXPECT_TRUE(extract(language, parser, "x", out, {})) << language.name;
    }
    EXPECT_EQ(language_of("a/b.tsx")->name, "tsx");
    EXPECT_EQ(language_of("a/b.txt"), nullptr);
}

TEST(Languages, SayWhatIsDeclaredAndCalled) {
    const fs::path folder = test::source_path("tests/unit/tools/source/languages");
    Roots roots;
    must(roots.add_source("src", folder));
    SourceIndex index(roots);
    std::string text;
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder)) {
        if (language_of(entry.path().string())) files.push_back(must(real_path(entry.path())));
    }
    std::ranges::sort(files);
    EXPECT_EQ(files.size(), 9u);
    for (const fs::path& file : files) {
        text += file.filename().string() + '\n';
        for (const Definition& d : index.definitions_in(file)) {
            text += fmt::format("  {}-{} {} {}: {}\n", d.first_line, d.last_line, to_string(d.kind),
                                d.qualified, d.signature);
            if (!facts::is_callable(d.kind)) continue;
            for (const CallSite& call : index.calls_in(d)) {
                if (!(call.caller == d)) continue;
                text += fmt::format("    {}:{} {} -> ", call.line, call.column, call.name);
                if (call.targets.empty())
                    text += "outside\n";
                else
                    text +=
                        fmt::format("{} ({}, {})\n", call.targets[0].definition.qualified,
                                    call.targets[0].definition.line, to_string(call.targets[0].certainty));
            }
        }
    }
    test::expect_golden(folder / "expected.txt", text);
}

}  // namespace
}  // namespace culprit
