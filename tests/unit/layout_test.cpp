// Who may include whom: the arrows of docs/architecture.md, held against the `#include "` lines of the tree.
#include <map>
#include <set>

#include "base/text.h"
#include "support/support.h"

namespace culprit {
namespace {

const std::map<std::string, std::set<std::string>, std::less<>> kMayInclude = {
    {"base", {"base"}},
    {"memory", {"memory", "base"}},
    {"sessions", {"sessions", "memory", "base"}},
    {"prompts", {"prompts", "base"}},
    {"tools", {"tools", "sessions", "memory", "prompts", "base"}},
    {"agent", {"agent", "tools", "sessions", "memory", "prompts", "base"}},
};

TEST(Layout, PartsIncludeOnlyWhatLiesBelowThem) {
    int includes = 0;
    for (const auto& [part, allowed] : kMayInclude) {
        for (const auto& entry : fs::recursive_directory_iterator(test::source_path(part))) {
            if (entry.path().extension() != ".h" && entry.path().extension() != ".cpp") continue;
            const std::string text = test::must(read_file(entry.path()));
            for (const std::string_view line : split_lines(text)) {
                if (!line.starts_with("#include \"") || line.contains("\"embedded_")) continue;
                const std::string_view target = line.substr(10, line.find('"', 10) - 10);
                EXPECT_TRUE(allowed.contains(std::string(target.substr(0, target.find('/')))))
                    << entry.path() << " includes " << target;
                ++includes;
            }
        }
    }
    EXPECT_GT(includes, 20);
}

TEST(Layout, ProfileAndSourceLibrariesKnowNoModelAndNoJsonSchema) {
    for (const char* folder : {"tools/profile/formats"}) {
        for (const auto& entry : fs::recursive_directory_iterator(test::source_path(folder))) {
            if (!entry.is_regular_file()) continue;
            const std::string text = test::must(read_file(entry.path()));
            EXPECT_EQ(text.find("tools/tool.h"), std::string::npos) << entry.path();
        }
    }
}

}  // namespace
}  // namespace culprit
