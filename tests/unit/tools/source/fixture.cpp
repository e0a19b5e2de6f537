#include "unit/tools/source/fixture.h"

#include "base/text.h"

namespace culprit::test {

int SourceTree::line_of(std::string_view file, std::string_view words) const {
    const std::string text = must(read_file(folder_.path() / file));
    int line = 0, found = 0;
    for (const std::string_view each : split_lines(text)) {
        ++line;
        if (each.find(words) == std::string_view::npos) continue;
        EXPECT_EQ(found, 0) << "'" << words << "' stands in two lines";
        found = line;
    }
    EXPECT_NE(found, 0) << "'" << words << "' stands nowhere in " << file;
    return found;
}

std::string SourceTree::target(std::string_view file, std::string_view words, std::string_view name) {
    std::string result = "no call";
    for (const CallSite& site : index_.calls_at(path(file), line_of(file, words))) {
        if (site.name != name) continue;
        if (site.targets.empty()) return "none";
        const Target& target = site.targets[0];
        result = fmt::format("{}:{} {}", target.definition.file.filename().string(), target.definition.line,
                             to_string(target.certainty));
    }
    return result;
}

}  // namespace culprit::test
