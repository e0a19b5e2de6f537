#include "base/files.h"

#include <sys/stat.h>

#include "support/support.h"

namespace culprit {
namespace {

using test::must;

TEST(Files, WritesWholeAndMakesFolders) {
    const auto folder = test::temporary_folder();
    const fs::path file = folder.path() / "a/b/c.txt";
    must(write_file(file, "one"));
    must(write_file(file, "two", Mode::Private));
    EXPECT_EQ(must(read_file(file)), "two");
    EXPECT_EQ(fs::status(file).permissions(), fs::perms::owner_read | fs::perms::owner_write);
    EXPECT_EQ(std::distance(fs::directory_iterator(file.parent_path()), {}), 1);
}

TEST(Files, ReadsWhatHasNoSize) {
    EXPECT_NE(must(read_file("/proc/self/status")).find("Name:"), std::string::npos);
}

TEST(Files, RefusesWhatIsNoFile) {
    const auto folder = test::temporary_folder();
    EXPECT_EQ(read_file(folder.path()).error().fault, Fault::Invalid);
    EXPECT_EQ(read_file(folder.path() / "none").error().fault, Fault::NotFound);
    const fs::path fifo = folder.path() / "fifo";
    ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
    EXPECT_EQ(read_file(fifo).error().fault, Fault::Invalid);
}

TEST(Files, MapsAFile) {
    const auto folder = test::temporary_folder();
    must(write_file(folder.path() / "f", "content"));
    must(write_file(folder.path() / "empty", ""));
    MappedFile file = must(MappedFile::open(folder.path() / "f"));
    EXPECT_EQ(file.bytes(), "content");
    file = must(MappedFile::open(folder.path() / "empty"));
    EXPECT_EQ(file.bytes(), "");
}

TEST(Files, LiesWithinGoesByWholeNames) {
    EXPECT_TRUE(lies_within("/a/b", "/a"));
    EXPECT_TRUE(lies_within("/a", "/a"));
    EXPECT_TRUE(lies_within("/a/b", "/a/"));
    EXPECT_FALSE(lies_within("/ab", "/a"));
    EXPECT_FALSE(lies_within("/", "/a"));
}

}  // namespace
}  // namespace culprit
