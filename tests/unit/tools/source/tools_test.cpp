#include "tools/source/tools.h"

#include "base/text.h"
#include "tools/args.h"
#include "unit/tools/source/fixture.h"

namespace culprit {
namespace {

using test::must;
using test::SourceTree;

class SourceToolsTest : public ::testing::Test {
  protected:
    SourceTree tree_{
        {"src/Cache.cs", R"(namespace App;
public class Cache
{
    public int Get(string key) => Load(key);
    private int Load(string key) { return key.Length; }
}
)"},
        {"src/Main.cs", "namespace App;\nclass Main { int Go(Cache c) => c.Get(\"x\") + c.Get(\"y\"); }\n"},
        {"data.bin", std::string_view("a\0b", 3)},
        {".env", "KEY=two\n"},
        {"notes/todo.txt", "one\ntwo Get\nthree\n"}};

    Result<Output> call(const Tool& tool, Json arguments) {
        auto args = check_arguments(tool, arguments);
        if (!args) return std::unexpected(args.error());
        // These tools use neither profiles nor memory.
        Workbench bench{tree_.roots(),
                        tree_.index(),
                        *static_cast<ProfileStore*>(nullptr_),
                        *static_cast<ProjectMemory*>(nullptr_),
                        {}};
        return tool.run(*args, bench);
    }
    std::string text(const Tool& tool, Json arguments) { return must(call(tool, std::move(arguments))).text; }
    std::string error(const Tool& tool, Json arguments) {
        return call(tool, std::move(arguments)).error().what;
    }

  private:
    alignas(16) char unused_[16] = {};
    void* nullptr_ = unused_;
};

TEST_F(SourceToolsTest, ListFiles) {
    EXPECT_EQ(text(list_files_tool(), Json::object()),
              "4 files\nsrc/data.bin\nsrc/notes/todo.txt\nsrc/src/Cache.cs\nsrc/src/Main.cs\n");
    EXPECT_EQ(text(list_files_tool(), {{"path", "src/src"}, {"pattern", "*ach*"}}),
              "1 files\nsrc/src/Cache.cs\n");
    EXPECT_EQ(text(list_files_tool(), {{"limit", 2}}),
              "4 files\nsrc/data.bin\nsrc/notes/  (1 files)\nsrc/src/  (2 files)\n");
    EXPECT_EQ(error(list_files_tool(), {{"path", "notes/todo.txt"}}),
              "notes/todo.txt is a file; read_file shows it");
}

TEST_F(SourceToolsTest, Grep) {
    EXPECT_EQ(text(grep_tool(), {{"pattern", "Ge[t]"}, {"glob", "*.txt"}}),
              "1 matches in 1 files\nsrc/notes/todo.txt:2: two Get\n");
    EXPECT_EQ(text(grep_tool(), {{"pattern", "two"}, {"context", 1}}),
              "1 matches in 1 files\nsrc/notes/todo.txt-1- one\nsrc/notes/todo.txt:2: two "
              "Get\nsrc/notes/todo.txt-3- three\n");
    EXPECT_THAT(text(grep_tool(), {{"pattern", "zzz"}}), ::testing::HasSubstr("no match for zzz"));
    EXPECT_THAT(error(grep_tool(), {{"pattern", "("}}),
                ::testing::HasSubstr("with `literal` it is searched as it stands"));
    EXPECT_THAT(text(grep_tool(), {{"pattern", "e"}, {"limit", 1}}),
                ::testing::HasSubstr("matches more: raise `limit`"));
    EXPECT_THAT(text(grep_tool(), {{"pattern", "KEY"}, {"glob", ".env"}}),
                ::testing::HasSubstr("no match for KEY"));
    EXPECT_THAT(error(grep_tool(), {{"pattern", "KEY"}, {"path", "src/.env"}}),
                ::testing::HasSubstr("holds keys or passwords"));
}

TEST_F(SourceToolsTest, ReadFile) {
    EXPECT_EQ(text(read_file_tool(), {{"path", "notes/todo.txt"}, {"first", 2}, {"last", 3}}),
              "src/notes/todo.txt (3 lines)\n    2  two Get\n    3  three\n");
    EXPECT_EQ(error(read_file_tool(), {{"path", "notes/todo.txt"}, {"first", 9}}),
              "src/notes/todo.txt has 3 lines; there is no line 9");
    EXPECT_THAT(error(read_file_tool(), {{"path", "data.bin"}}), ::testing::HasSubstr("is binary (3 B)"));
    EXPECT_THAT(error(read_file_tool(), {{"path", "notes"}}), ::testing::HasSubstr("is a folder"));
    EXPECT_THAT(error(read_file_tool(), {{"path", "/etc/passwd"}}),
                ::testing::HasSubstr("outside of the roots"));
    tree_.write("long.txt", std::string(30000, '\n'));
    EXPECT_THAT(text(read_file_tool(), {{"path", "long.txt"}}),
                ::testing::HasSubstr("left out: read_file with first=2001 reads on"));
}

TEST_F(SourceToolsTest, FindSymbol) {
    EXPECT_EQ(text(find_symbol_tool(), {{"name", "Cache.Get"}}),
              "src/src/Cache.cs:4  App.Cache.Get\n    int Get(string key)\n");
    EXPECT_EQ(text(find_symbol_tool(), {{"name", "loa"}}),
              "nothing is called just that; beginning so:\nsrc/src/Cache.cs:5  App.Cache.Load\n    int "
              "Load(string key)\n");
    EXPECT_EQ(error(find_symbol_tool(), {{"name", "Nope"}}),
              "no symbol is called Nope; grep searches the text, list_files shows the files");
}

TEST_F(SourceToolsTest, FindSymbolKnowsWhatProfilesCallAProperty) {
    tree_.write("src/Batch.cs",
                "namespace App;\nclass Batch {\n  byte[] Encoded => new byte[1];\n  int get_up() => 1;\n}\n");
    EXPECT_THAT(text(find_symbol_tool(), {{"name", "App.Batch.get_Encoded"}, {"exact", true}}),
                ::testing::StartsWith("src/src/Batch.cs:3  App.Batch.Encoded\n"));
    EXPECT_THAT(text(find_symbol_tool(), {{"name", "Batch.get_up"}, {"exact", true}}),
                ::testing::StartsWith("src/src/Batch.cs:4  App.Batch.get_up\n"));
}

TEST_F(SourceToolsTest, Callers) {
    const Output output = must(call(callers_tool(), {{"name", "Cache.Get"}}));
    EXPECT_EQ(output.text,
              "App.Cache.Get (src/src/Cache.cs:4): 2 call sites\n  src/src/Main.cs:2  App.Main.Go\n  "
              "src/src/Main.cs:2  App.Main.Go\n");
    EXPECT_EQ(dump_json(output.data["targets"][0]),
              R"({"symbol":"App.Main.Go","file":"src/Main.cs","line":2,"certainty":"exact","root":"src"})");
    EXPECT_EQ(text(callers_tool(), {{"name", "src/Cache.cs:5"}}),
              "App.Cache.Load (src/src/Cache.cs:5): 1 call sites\n  src/src/Cache.cs:4  App.Cache.Get\n");
    EXPECT_EQ(
        error(callers_tool(), {{"name", "Cache.Gat"}}),
        "nothing is called Cache.Gat in the sources; grep searches the text, list_files shows what there is");
    EXPECT_THAT(error(callers_tool(), {{"name", "Other.Load"}}),
                ::testing::HasSubstr("there is App.Cache.Load"));
}

}  // namespace
}  // namespace culprit
