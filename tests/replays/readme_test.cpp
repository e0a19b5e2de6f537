// README.md shows what the program really prints. CULPRIT_UPDATE_GOLDEN=1 writes it anew.
#include <re2/re2.h>

#include "base/text.h"
#include "support/child.h"
#include "tools/tool.h"

namespace culprit {
namespace {

TEST(Readme, ListsEveryTool) {
    std::string table = "| tool | subcommand | what it does |\n|---|---|---|\n";
    for (const Tool& tool : all_tools()) {
        table += fmt::format("| `{}` | {} | {} |\n", tool.name,
                             tool.command.empty() ? "" : fmt::format("`culprit {}`", tool.command),
                             first_sentence(tool.about));
    }
    test::expect_section(test::source_path("README.md"), "tools", table);
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
    test::expect_section(test::source_path("README.md"), "demo",
                         "```text\n$ ./culprit demo\n" + text + "```\n");
}

}  // namespace
}  // namespace culprit
