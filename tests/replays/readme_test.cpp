// README.md shows what the program really prints. CULPRIT_UPDATE_GOLDEN=1 writes it anew.
#include <cstdlib>

#include <re2/re2.h>

#include "base/text.h"
#include "support/child.h"
#include "tools/tool.h"

namespace culprit {
namespace {

using test::must;

// Compares, or replaces, what stands between <!-- name --> and <!-- /name -->.
void expect_section(std::string_view name, const std::string& text) {
    const fs::path file = test::source_path("README.md");
    const std::string readme = must(read_file(file));
    const std::string begin = fmt::format("<!-- {} -->\n", name);
    const std::size_t from = readme.find(begin) + begin.size();
    const std::size_t to = readme.find(fmt::format("<!-- /{} -->", name), from);
    ASSERT_NE(to, std::string::npos);
    if (std::getenv("CULPRIT_UPDATE_GOLDEN")) {
        must(write_file(file, readme.substr(0, from) + text + readme.substr(to)));
        return;
    }
    EXPECT_EQ(readme.substr(from, to - from), text)
        << "CULPRIT_UPDATE_GOLDEN=1 ctest -R replays writes it into README.md";
}

TEST(Readme, ListsEveryTool) {
    std::string table = "| tool | subcommand | what it does |\n|---|---|---|\n";
    for (const Tool& tool : all_tools()) {
        table += fmt::format("| `{}` | {} | {} |\n", tool.name,
                             tool.command.empty() ? "" : fmt::format("`culprit {}`", tool.command),
                             first_sentence(tool.about));
    }
    expect_section("tools", table);
}

TEST(Readme, ShowsTheDemoAsItPrints) {
    const auto folder = test::temporary_folder();
    test::Child child({.argv = {test::culprit_program(), "demo"},
                       .folder = folder.path(),
                       .environment = {"OPENAI_MODEL=", "OPENAI_API_KEY=", "NO_COLOR=1"}});
    ASSERT_EQ(child.wait(), 0) << child.output();
    std::string text =
        replace_all(child.output(), test::source_path("samples").string(), "/home/you/culprit/samples");
    RE2::GlobalReplace(&text, R"(•[ \d]{6} ms)", "•     … ms");
    RE2::GlobalReplace(&text, R"(Session [\d-]+)", "Session 20261121-101640-999");
    RE2::GlobalReplace(&text, R"((?m)^[ \t]+$)", "");
    expect_section("demo", "```text\n$ ./culprit demo\n" + text + "```\n");
}

}  // namespace
}  // namespace culprit
