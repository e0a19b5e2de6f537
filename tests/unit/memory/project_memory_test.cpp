#include "memory/project_memory.h"

#include <thread>

#include "base/text.h"
#include "support/support.h"

namespace culprit {
namespace {

using test::must;

class ProjectMemoryTest : public ::testing::Test {
  protected:
    ProjectMemoryTest() : folder_(test::temporary_folder()), memory_(folder_.path() / "memory") {}
    TemporaryFolder folder_;
    ProjectMemory memory_;
};

TEST_F(ProjectMemoryTest, CreatesChangesAndDeletes) {
    EXPECT_EQ(memory_.head(), "");
    must(memory_.create("MEMORY.md", "one\ntwo\n"));
    must(memory_.insert("MEMORY.md", 1, "between"));
    must(memory_.replace("MEMORY.md", "two", "2"));
    EXPECT_EQ(must(memory_.view("MEMORY.md")), "one\nbetween\n2\n");
    EXPECT_EQ(memory_.head(), "one\nbetween\n2\n");
    must(memory_.rename("MEMORY.md", "topics/old.md"));
    EXPECT_EQ(memory_.files(), std::vector<std::string>{"topics/old.md"});
    must(memory_.erase("topics/old.md"));
    EXPECT_TRUE(memory_.files().empty());
}

TEST_F(ProjectMemoryTest, EditsAreExact) {
    must(memory_.create("a.md", "x\nx\n"));
    EXPECT_EQ(memory_.replace("a.md", "x", "y").error().fault, Fault::Invalid);
    EXPECT_EQ(memory_.replace("a.md", "z", "y").error().fault, Fault::NotFound);
    EXPECT_EQ(memory_.replace("a.md", "", "y").error().fault, Fault::NotFound);
    EXPECT_EQ(memory_.insert("a.md", 3, "y").error().fault, Fault::Invalid);
    EXPECT_EQ(memory_.view("b.md").error().what, "memory has no b.md; it has: a.md");
    must(memory_.create("b.md", ""));
    EXPECT_EQ(memory_.rename("a.md", "b.md").error().fault, Fault::Invalid);
}

TEST_F(ProjectMemoryTest, NothingOutsideOfTheFolderIsTouched) {
    must(write_file(folder_.path() / "secret", "s"));
    must(memory_.create("a.md", "a"));
    fs::create_symlink(folder_.path() / "secret", memory_.folder() / "link.md");
    for (const char* path :
         {"../secret", "/etc/passwd", "", ".", "x/../../secret", "link.md", "none/../link.md"}) {
        EXPECT_EQ(memory_.view(path).error().fault, Fault::Denied) << path;
        EXPECT_EQ(memory_.create(path, "y").error().fault, Fault::Denied) << path;
        EXPECT_EQ(memory_.erase(path).error().fault, Fault::Denied) << path;
        EXPECT_EQ(memory_.rename("a.md", path).error().fault, Fault::Denied) << path;
    }
    EXPECT_EQ(must(read_file(folder_.path() / "secret")), "s");
    fs::create_symlink(folder_.path() / "secret", memory_.folder() / "MEMORY.md");
    EXPECT_EQ(memory_.head(), "");
}

TEST_F(ProjectMemoryTest, AFolderThatIsALinkIsNotTaken) {
    must(write_file(folder_.path() / "elsewhere/MEMORY.md", "of others"));
    fs::create_directory_symlink(folder_.path() / "elsewhere", memory_.folder());
    EXPECT_EQ(memory_.head(), "");
    EXPECT_EQ(memory_.view("MEMORY.md").error().fault, Fault::Denied);
    EXPECT_EQ(memory_.create("b.md", "y").error().fault, Fault::Denied);
}

TEST_F(ProjectMemoryTest, TheHeadIs200LinesAndSaysWhatIsLeft) {
    std::string text;
    for (int i = 1; i <= 205; ++i) text += fmt::format("line {}\n", i);
    must(memory_.create("MEMORY.md", text));
    const std::string head = memory_.head();
    const auto lines = split_lines(head);
    ASSERT_EQ(lines.size(), 201u);
    EXPECT_EQ(lines[199], "line 200");
    EXPECT_TRUE(lines[200].starts_with("[5 more lines:")) << lines[200];
}

TEST_F(ProjectMemoryTest, ConcurrentEditsAreNotLost) {
    must(memory_.create("a.md", ""));
    std::vector<std::jthread> writers;
    for (int writer = 0; writer < 4; ++writer) {
        writers.emplace_back([this, writer] {
            for (int i = 0; i < 25; ++i) must(memory_.insert("a.md", 0, fmt::format("{} {}", writer, i)));
        });
    }
    writers.clear();
    EXPECT_EQ(split_lines(must(memory_.view("a.md"))).size(), 100u);
}

}  // namespace
}  // namespace culprit
