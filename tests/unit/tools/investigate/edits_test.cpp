#include "tools/investigate/edits.h"

#include <algorithm>

#include "base/text.h"
#include "support/support.h"

namespace culprit {
namespace {

using test::must;

constexpr std::string_view kShop = R"(using System;
namespace Shop;
public class Cart
{
    private readonly Store _store;
    private const int Rounds = 8;
    public int Add(string name, int count)
    {
        int sum = 0;
        for (int i = 0; i < count; i++)
            sum += _store.Take(name) * Weigh(i);
        return sum;
    }
    private static int Weigh(int item)
    {
        int weight = item * 31 + Rounds;
        if (weight > 100) weight -= 100;
        return weight;
    }
}
)";

// What find_edits says of two texts, as "changed Shop.Cart.Add"; what is the same is left out.
class EditsTest : public ::testing::Test {
  protected:
    std::vector<std::string> edits(std::vector<std::pair<std::string, std::string>> before,
                                   std::vector<std::pair<std::string, std::string>> after) {
        before_.clear();
        after_.clear();
        read(before, before_);
        read(after, after_);
        found_ = find_edits(before_, after_, texts_);
        std::vector<std::string> lines;
        for (const Edit& edit : found_) {
            if (edit.kind == Edit::Kind::Same) continue;
            lines.push_back(fmt::format("{} {}", to_string(edit.kind), edit.declared().definition.qualified));
        }
        std::ranges::sort(lines);
        return lines;
    }
    std::vector<std::string> edits(std::string after) {
        return edits({{"Cart.cs", std::string(kShop)}}, {{"Cart.cs", std::move(after)}});
    }
    static std::string with(std::string_view from, std::string_view to) {
        std::string text(kShop);
        EXPECT_NE(text.find(from), std::string::npos) << from;
        return replace_all(text, from, to);
    }
    const Edit& edit_of(std::string_view symbol) const {
        return *std::ranges::find(found_, symbol, [](const Edit& e) {
            return std::string_view(e.declared().definition.qualified);
        });
    }

  private:
    void read(const std::vector<std::pair<std::string, std::string>>& files, std::vector<Declared>& side) {
        for (const auto& [path, text] : files)
            std::ranges::move(must(read_declared(path, text, texts_, {})), std::back_inserter(side));
    }
    StringTable texts_;
    std::vector<Declared> before_, after_;
    std::vector<Edit> found_;
};

using Lines = std::vector<std::string>;

TEST_F(EditsTest, CommentsBlanksAndOrderAreNoEdit) {
    EXPECT_EQ(edits(with("int sum = 0;", "// none yet\n        int   sum\n = 0;")), Lines{});
}

TEST_F(EditsTest, NamesOfLocalsAreNoEdit) {
    EXPECT_EQ(edits(with("weight", "grams")), Lines{});
    EXPECT_EQ(edits(with("int item", "int number")).size(), 1u) << "a name that is used elsewhere too";
}

TEST_F(EditsTest, LocalsThatChangePlacesAreAnEdit) {
    const Lines changed = {"changed Shop.Cart.Weigh"};
    EXPECT_EQ(
        edits({{"Cart.cs", "namespace Shop; class Cart { int Weigh(int a, int b) { return a - b; } }"}},
              {{"Cart.cs", "namespace Shop; class Cart { int Weigh(int a, int b) { return b - a; } }"}}),
        changed);
}

TEST_F(EditsTest, ARenamedFunctionIsFollowedAndItsCallersAreNotBlamed) {
    EXPECT_EQ(edits(with("Weigh", "WeightOf")), Lines{"renamed Shop.Cart.WeightOf"});
    EXPECT_EQ(edit_of("Shop.Cart.WeightOf").before->definition.qualified, "Shop.Cart.Weigh");
}

TEST_F(EditsTest, ARenamedFieldIsFollowed) {
    EXPECT_EQ(edits(with("_store", "_stock")), Lines{"renamed Shop.Cart._stock"});
}

TEST_F(EditsTest, ARenamedTypeIsFollowedWithItsMembers) {
    const Lines renamed = {"renamed Shop.Basket", "renamed Shop.Basket.Add", "renamed Shop.Basket.Rounds",
                           "renamed Shop.Basket.Weigh", "renamed Shop.Basket._store"};
    EXPECT_EQ(edits(with("Cart", "Basket")), renamed);
}

TEST_F(EditsTest, AMovedFileIsNoEditOfItsFunctions) {
    for (const std::string& line :
         edits({{"Cart.cs", std::string(kShop)}}, {{"core/Cart.cs", std::string(kShop)}}))
        EXPECT_TRUE(line.starts_with("renamed ")) << line;
}

TEST_F(EditsTest, AnotherCalleeIsAnEditThoughTheShapeIsTheSame) {
    EXPECT_EQ(edits(with("_store.Take(name)", "_store.Find(name)")), Lines{"changed Shop.Cart.Add"});
}

TEST_F(EditsTest, AConstantIsAnEditOfItsField) {
    EXPECT_EQ(edits(with("Rounds = 8", "Rounds = 800")), Lines{"changed Shop.Cart.Rounds"});
    EXPECT_TRUE(edit_of("Shop.Cart.Rounds").adds_work);
}

TEST_F(EditsTest, RenamedAndChangedIsOneEdit) {
    std::string text = with("Weigh", "WeightOf");
    text = replace_all(text, "weight -= 100", "weight -= 50");
    EXPECT_EQ(edits(text), Lines{"changed Shop.Cart.WeightOf"});
}

TEST_F(EditsTest, WorkIsTold) {
    edits(with("        return weight;",
               "        foreach (char c in item.ToString()) weight += c;\n        return weight;"));
    EXPECT_TRUE(edit_of("Shop.Cart.Weigh").adds_work);
}

TEST_F(EditsTest, LessIsNoMoreWork) {
    edits(with("        if (weight > 100) weight -= 100;\n", ""));
    EXPECT_EQ(edit_of("Shop.Cart.Weigh").kind, Edit::Kind::Changed);
    EXPECT_FALSE(edit_of("Shop.Cart.Weigh").adds_work);
}

TEST_F(EditsTest, CodeThatMovedToAnotherFunctionIsKnown) {
    edits(with("            sum += _store.Take(name) * Weigh(i);\n        return sum;\n    }\n",
               "            sum += One(name, i);\n        return sum;\n    }\n"
               "    private int One(string name, int i)\n    {\n        return _store.Take(name) * "
               "Weigh(i);\n    }\n"));
    EXPECT_GT(moved_share(edit_of("Shop.Cart.Add"), edit_of("Shop.Cart.One")), 0.5);
}

TEST_F(EditsTest, OtherLanguages) {
    EXPECT_EQ(
        edits({{"a.cpp", "int twice(int n) { return n + n; }\nint once(int n) { return twice(n); }\n"}},
              {{"a.cpp", "int doubled(int m) { return m + m; }\nint once(int n) { return doubled(n); }\n"}}),
        Lines{"renamed doubled"});
}

TEST_F(EditsTest, AnythingIsRead) {
    const std::string text(kShop);
    for (std::size_t end = 0; end < text.size(); end += 7)
        edits({{"Cart.cs", text}}, {{"Cart.cs", text.substr(0, end)}});
}

}  // namespace
}  // namespace culprit
