#include "support/support.h"

#include <cstdlib>

namespace culprit::test {

namespace {

// What tests start keeps nothing among the person's own files, and goes by none of them.
class OwnFolders : public ::testing::Environment {
  public:
    void SetUp() override {
        ::setenv("XDG_STATE_HOME", (folder_.path() / "state").c_str(), 1);
        ::setenv("XDG_CONFIG_HOME", (folder_.path() / "config").c_str(), 1);
    }

  private:
    TemporaryFolder folder_ = temporary_folder();
};

[[maybe_unused]] const ::testing::Environment* const g_own_folders =
    ::testing::AddGlobalTestEnvironment(new OwnFolders);

}  // namespace

fs::path source_path(std::string_view relative) { return fs::path(CULPRIT_SOURCE_DIR) / relative; }

fs::path culprit_program() { return CULPRIT_BINARY; }

void expect_golden(const fs::path& file, std::string_view actual) {
    if (std::getenv("CULPRIT_UPDATE_GOLDEN")) {
        must(write_file(file, actual));
        return;
    }
    const auto expected = read_file(file);
    ASSERT_TRUE(expected) << "no golden file; write it with CULPRIT_UPDATE_GOLDEN=1 ctest: "
                          << expected.error().what;
    EXPECT_EQ(*expected, actual) << "differs from " << file
                                 << "; if the new text is right, CULPRIT_UPDATE_GOLDEN=1 ctest writes it";
}

void expect_section(const fs::path& file, std::string_view name, const std::string& text) {
    const std::string page = must(read_file(file));
    const std::string begin = fmt::format("<!-- {} -->\n", name);
    ASSERT_NE(page.find(begin), std::string::npos) << file;
    const std::size_t from = page.find(begin) + begin.size();
    const std::size_t to = page.find(fmt::format("<!-- /{} -->", name), from);
    ASSERT_NE(to, std::string::npos) << file;
    if (std::getenv("CULPRIT_UPDATE_GOLDEN")) {
        must(write_file(file, page.substr(0, from) + text + page.substr(to)));
        return;
    }
    EXPECT_EQ(page.substr(from, to - from), text) << "CULPRIT_UPDATE_GOLDEN=1 ctest writes it into " << file;
}

TemporaryFolder temporary_folder() { return must(TemporaryFolder::make("culprit-test")); }

}  // namespace culprit::test
