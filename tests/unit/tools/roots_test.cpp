#include "tools/roots.h"

#include "support/support.h"

namespace culprit {
namespace {

using test::must;

class RootsTest : public ::testing::Test {
  protected:
    RootsTest() : folder_(test::temporary_folder()) {
        must(write_file(folder_.path() / "core/src/A.cs", "a"));
        must(write_file(folder_.path() / "core/src/Same.cs", "a"));
        must(write_file(folder_.path() / "client/src/Same.cs", "a"));
        must(write_file(folder_.path() / "secret.txt", "s"));
        must(roots_.add_source("core", folder_.path() / "core"));
        must(roots_.add_source("client", folder_.path() / "client"));
    }
    TemporaryFolder folder_;
    Roots roots_;
};

TEST_F(RootsTest, ResolvesAndShowsByRootName) {
    const fs::path file = must(roots_.resolve("core/src/A.cs"));
    EXPECT_EQ(roots_.shown(file), "core/src/A.cs");
    EXPECT_EQ(must(roots_.resolve("src/A.cs")), file);
    EXPECT_EQ(must(roots_.resolve(file.string())), file);
    EXPECT_EQ(roots_.shown(must(roots_.resolve("core"))), "core");
    EXPECT_EQ(must(roots_.resolve("core/src/../src/./A.cs")), file);
}

TEST_F(RootsTest, KeysAreReadOnlyWhereAPersonNamedTheFile) {
    const fs::path keys = folder_.path() / "core/.env";
    must(write_file(keys, "API_KEY=1"));
    must(write_file(folder_.path() / "core/.env.example", "API_KEY="));
    fs::create_symlink(keys, folder_.path() / "core/settings");
    for (const std::string& path : {std::string("core/.env"), std::string("core/settings"), keys.string()})
        EXPECT_EQ(roots_.resolve(path).error().fault, Fault::Denied) << path;
    must(roots_.resolve("core/.env.example"));

    Roots named;
    must(named.add_file(keys));
    EXPECT_EQ(must(named.resolve(".env")), keys);
}

TEST_F(RootsTest, PathsSeenFromElsewhereAreFoundByTheirEnd) {
    const fs::path file = folder_.path() / "core/src/A.cs";
    for (const char* path :
         {"./src/A.cs", "../core/src/A.cs", "../../x/core/src/A.cs", "../x/src/A.cs", "./src/../src/A.cs"})
        EXPECT_EQ(must(roots_.resolve(path)), file) << path;
    EXPECT_EQ(roots_.resolve("./src/Same.cs").error().fault, Fault::Invalid);
    for (const char* path : {"./none.cs", "../secret.txt", "..", "./", "../..", "./../../secret.txt"})
        EXPECT_FALSE(roots_.resolve(path)) << path;
    fs::create_symlink(folder_.path(), folder_.path() / "core/up");
    EXPECT_EQ(roots_.resolve("./up/secret.txt").error().fault, Fault::Denied);
}

TEST_F(RootsTest, NothingOutsideIsReachable) {
    EXPECT_EQ(roots_.resolve("core/../secret.txt").error().fault, Fault::Denied);
    EXPECT_EQ(roots_.resolve((folder_.path() / "secret.txt").string()).error().fault, Fault::Denied);
    EXPECT_EQ(roots_.resolve("/etc/passwd").error().fault, Fault::Denied);
    fs::create_symlink(folder_.path() / "secret.txt", folder_.path() / "core/link");
    fs::create_symlink(folder_.path(), folder_.path() / "core/up");
    EXPECT_EQ(roots_.resolve("core/link").error().fault, Fault::Denied);
    EXPECT_EQ(roots_.resolve("core/up/secret.txt").error().fault, Fault::Denied);
    EXPECT_EQ(roots_.resolve("link").error().fault, Fault::Denied);
    EXPECT_EQ(roots_.resolve("core/none/../link").error().fault, Fault::Denied);
    EXPECT_EQ(roots_.resolve("core/none/../up/secret.txt").error().fault, Fault::Denied);
}

TEST_F(RootsTest, AFileThatWasNamedIsReadableAlone) {
    must(roots_.add_file(folder_.path() / "secret.txt"));
    const fs::path file = must(roots_.resolve("secret.txt"));
    EXPECT_EQ(roots_.shown(file), "secret.txt");
    EXPECT_EQ(must(roots_.resolve(file.string())), file);
    EXPECT_EQ(roots_.resolve((folder_.path() / "other").string()).error().fault, Fault::Denied);
    EXPECT_EQ(roots_.add_file(folder_.path() / "none").error().fault, Fault::NotFound);
}

TEST_F(RootsTest, FilesOfOneNameAreToldApartByTheirFolders) {
    must(write_file(folder_.path() / "runs/1/t.nettrace", "1"));
    must(write_file(folder_.path() / "runs/2/t.nettrace", "2"));
    must(roots_.add_file(folder_.path() / "runs/1/t.nettrace"));
    must(roots_.add_file(folder_.path() / "runs/2/t.nettrace"));
    EXPECT_EQ(must(read_file(must(roots_.resolve("t.nettrace")))), "1");
    EXPECT_EQ(must(read_file(must(roots_.resolve("2/t.nettrace")))), "2");
    EXPECT_EQ(roots_.shown(must(roots_.resolve("2/t.nettrace"))), "2/t.nettrace");
}

TEST_F(RootsTest, SaysWhichOfSeveral) {
    EXPECT_EQ(roots_.resolve("src/Same.cs").error().what,
              "src/Same.cs is in several roots: say core/src/Same.cs or client/src/Same.cs");
    EXPECT_EQ(roots_.resolve("src/None.cs").error().fault, Fault::NotFound);
}

TEST_F(RootsTest, NamesAreUnique) {
    EXPECT_EQ(roots_.add_source("core", folder_.path() / "client").error().fault, Fault::Invalid);
    EXPECT_TRUE(roots_.add_source("core", folder_.path() / "core"));
    EXPECT_EQ(roots_.add_source("a/b", folder_.path() / "client").error().fault, Fault::Invalid);
    EXPECT_EQ(roots_.add_source("x", folder_.path() / "none").error().fault, Fault::NotFound);
}

}  // namespace
}  // namespace culprit
