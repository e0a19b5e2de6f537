#include "tools/source/history.h"

#include "base/text.h"
#include "unit/tools/source/fixture.h"

namespace culprit {
namespace {

using test::must;

constexpr std::string_view kBefore = R"(namespace Shop;
class Cache
{
    int Get(string key)
    {
        return Load(key);
    }
    int Load(string key)
    {
        var text = System.IO.File.ReadAllText(key);
        var lines = text.Split('\n');
        return lines.Length;
    }
    void Gone() { }
}
)";

constexpr std::string_view kAfter = R"(namespace Shop;
class Cache
{
    int Get(string key)
    {
        lock (this) { return ReadFromDisk(key); }
    }
    int ReadFromDisk(string key)
    {
        var text = System.IO.File.ReadAllText(key);
        var lines = text.Split('\n');
        return lines.Length;
    }
    void Added() { }
}
)";

class HistoryTest : public ::testing::Test {
  protected:
    HistoryTest() {
        git({"init", "-q", "-b", "main"});
        write("src/Cache.cs", kBefore);
        write("notes.txt", "one\n");
        commit("first", "Ada");
        git({"tag", "v1"});
        git({"mv", "src/Cache.cs", "src/Store.cs"});
        write("src/Store.cs", kAfter);
        // A hook and a text conversion that would leave a trace if they were run.
        write(".gitattributes", "*.cs diff=evil\n");
        commit("second", "Bob");
        git({"config", "diff.evil.textconv", "touch " + (folder_.path() / "ran").string() + "; cat"});
        git({"config", "core.fsmonitor", "touch " + (folder_.path() / "ran").string()});
    }
    ~HistoryTest() override { EXPECT_FALSE(fs::exists(folder_.path() / "ran")); }

    void git(std::vector<std::string> arguments) {
        Command command{.argv = {"git", "-c", "user.email=x@example.com", "-c", "commit.gpgsign=false"},
                        .folder = root()};
        command.environment = {"GIT_CONFIG_GLOBAL=/dev/null"};
        command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
        const Finished finished = must(run(command, {}));
        ASSERT_EQ(finished.exit_code, 0) << finished.err;
    }
    void write(std::string_view path, std::string_view text) { must(write_file(root() / path, text)); }
    void commit(const std::string& message, const std::string& author) {
        git({"add", "-A"});
        git({"-c", "user.name=" + author, "commit", "-q", "-m", message});
    }
    fs::path root() {
        must(make_folder(folder_.path() / "repo"));
        return must(real_path(folder_.path() / "repo"));
    }
    std::string told(const Changes& changes) {
        std::string text;
        for (const ChangedFile& file : changes.files) {
            text += fmt::format("{} {} {} +{} -{}\n", to_string(file.change), file.old_path, file.path,
                                file.added, file.removed);
            for (const ChangedSymbol& s : file.symbols) {
                text += fmt::format("  {} {} {} +{} -{} {}\n", to_string(s.change), s.definition.qualified,
                                    s.was_called, s.added, s.removed, join(s.authors, ","));
            }
        }
        return text;
    }

    TemporaryFolder folder_ = test::temporary_folder();
};

TEST_F(HistoryTest, ChangesAreToldByFunctionAndFollowRenames) {
    const Git git = must(Git::open(root(), {}));
    EXPECT_EQ(told(must(changes_between(git, "v1", "main", "", 10, {}))),
              "renamed src/Cache.cs src/Store.cs +3 -3\n"
              "  changed Shop.Cache.Get  +1 -1 Bob\n"
              "  renamed Shop.Cache.ReadFromDisk Shop.Cache.Load +1 -1 Bob\n"
              "  added Shop.Cache.Added  +1 -0 Bob\n"
              "  removed Shop.Cache.Gone  +0 -1 \n"
              "added .gitattributes .gitattributes +1 -0\n");
}

TEST_F(HistoryTest, TheFilesAsTheyAreCountToo) {
    write("src/Store.cs",
          replace_all(std::string(kAfter), "void Added() { }", "void Added() { Get(\"\"); }"));
    const Git git = must(Git::open(root(), {}));
    EXPECT_EQ(
        told(must(changes_between(git, "HEAD", "", "src", 10, {}))),
        "changed src/Store.cs src/Store.cs +1 -1\n  changed Shop.Cache.Added  +1 -1 Not Committed Yet\n");
}

TEST_F(HistoryTest, BlameNamesTheCommitsOfASymbol) {
    Roots roots;
    must(roots.add_source("repo", root()));
    SourceIndex index(roots);
    const Definition d = index.find({.name = "Cache.Get"}).at(0);
    const auto commits = must(blame(must(Git::open(root(), {})), "src/Store.cs", d.first_line, d.last_line));
    ASSERT_EQ(commits.size(), 2u);
    std::map<std::string, std::vector<int>> lines;
    for (const BlamedCommit& c : commits) lines[c.author + ": " + c.summary] = c.lines;
    EXPECT_EQ(lines["Bob: second"], std::vector<int>({6}));
    EXPECT_EQ(lines["Ada: first"], std::vector<int>({4, 5, 7}));
}

TEST_F(HistoryTest, DiffOfASymbolFollowsTheFileAndKeepsItsLines) {
    Roots roots;
    must(roots.add_source("repo", root()));
    SourceIndex index(roots);
    const Git git = must(Git::open(root(), {}));
    const SymbolDiff diff =
        must(diff_symbol(git, index.find({.name = "Cache.Get"}).at(0), "src/Store.cs", "v1", "", {}));
    EXPECT_EQ(diff.old_path, "src/Cache.cs");
    EXPECT_EQ(diff.text,
              "@@ -4,4 +4,4 @@\n     int Get(string key)\n     {\n-        return Load(key);\n"
              "+        lock (this) { return ReadFromDisk(key); }\n     }\n");
    const SymbolDiff added =
        must(diff_symbol(git, index.find({.name = "Cache.Added"}).at(0), "src/Store.cs", "v1", "main", {}));
    EXPECT_FALSE(added.was_there);
    EXPECT_EQ(added.text, "@@ -0,0 +14 @@\n+    void Added() { }\n");
}

TEST_F(HistoryTest, BareAndShallowRepositoriesAnswerToo) {
    git({"clone", "-q", "--bare", root().string(), (folder_.path() / "bare").string()});
    git({"clone", "-q", "--depth=1", "file://" + root().string(), (folder_.path() / "shallow").string()});
    const Git bare = must(Git::open(folder_.path() / "bare", {}));
    EXPECT_TRUE(bare.is_bare());
    EXPECT_EQ(must(changes_between(bare, "v1", "main", "", 10, {})).files.size(), 2u);
    EXPECT_EQ(changes_between(bare, "v1", "", "", 10, {}).error().fault, Fault::Invalid);
    const Git shallow = must(Git::open(folder_.path() / "shallow", {}));
    EXPECT_TRUE(shallow.is_shallow());
    EXPECT_THAT(changes_between(shallow, "HEAD~1", "HEAD", "", 10, {}).error().what,
                ::testing::HasSubstr("its history is cut short"));
}

TEST_F(HistoryTest, RefusesWhatIsNoRevision) {
    const Git git = must(Git::open(root(), {}));
    EXPECT_EQ(git.commit("--output=/tmp/x").error().fault, Fault::NotFound);
    EXPECT_EQ(git.commit("nothing").error().fault, Fault::NotFound);
    EXPECT_EQ(Git::open("/", {}).error().fault, Fault::NotFound);
}

}  // namespace
}  // namespace culprit
