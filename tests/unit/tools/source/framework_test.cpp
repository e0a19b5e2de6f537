// What .NET declares gives types to the chains that run through it, and never is an answer itself.
#include "tools/source/framework/framework.h"

#include "unit/tools/source/fixture.h"

namespace culprit {
namespace {

using test::must;
using test::SourceTree;

constexpr std::string_view kShop = R"(namespace Shop;

class Line { public void Ship() { } public int Weight(int unit) => 1; }
class Order { public List<Line> Lines { get; } = new(); public Type Kind => typeof(Order); }
interface IPart { }
interface IWheel : IPart { }

static class Helpers
{
    public static bool IsKnown(this Type type) => true;
    public static bool Any(this System.Collections.IEnumerable all) => true;
    public static int Size(this IPart part) => 1;
    public static int Size(this IWheel wheel) => 2;
}

class Program
{
    void Run(List<Order> orders, IWheel wheel, Dictionary<string, Line> byName)
    {
        orders.Where(o => o.Lines.Count > 0).SelectMany(o => o.Lines).First().Ship();
        foreach (var group in orders.GroupBy(o => o.Kind)) group.First().Lines[0].Ship();
        if (byName.TryGetValue("a", out var line)) line.Weight(1);
        orders[0].Kind.IsKnown();
        orders.Any();
        wheel.Size();
    }
}
)";

TEST(Framework, TypesFlowThroughIt) {
    SourceTree tree{{"Shop.cs", kShop}};
    EXPECT_EQ(tree.target("Shop.cs", "SelectMany", "Ship"), "Shop.cs:3 exact");
    EXPECT_EQ(tree.target("Shop.cs", "GroupBy", "Ship"), "Shop.cs:3 exact");
    EXPECT_EQ(tree.target("Shop.cs", "TryGetValue", "Weight"), "Shop.cs:3 exact");
    EXPECT_EQ(tree.target("Shop.cs", "Kind.IsKnown", "IsKnown"), "Shop.cs:10 exact");
}

TEST(Framework, IsNoAnswer) {
    SourceTree tree{{"Shop.cs", kShop}};
    EXPECT_EQ(tree.target("Shop.cs", "SelectMany", "SelectMany"), "none");
    EXPECT_EQ(tree.target("Shop.cs", "TryGetValue", "TryGetValue"), "none");
    EXPECT_TRUE(tree.index().find({.name = "SelectMany"}).empty());
}

TEST(Framework, TheMoreSpecialReceiverWins) {
    SourceTree tree{{"Shop.cs", kShop}};
    EXPECT_EQ(tree.target("Shop.cs", "orders.Any()", "Any"), "none");  // that of System.Linq
    EXPECT_EQ(tree.target("Shop.cs", "wheel.Size", "Size"), "Shop.cs:13 exact");
}

TEST(Framework, IsKeptBesideTheIndexes) {
    const TemporaryFolder folder = test::temporary_folder();
    const auto made = dotnet_framework(folder.path());
    ASSERT_TRUE(made);
    const auto kept = dotnet_framework(folder.path());
    ASSERT_TRUE(kept);
    EXPECT_EQ(made->segment.files().size(), 1u);
    EXPECT_EQ(kept->segment.bytes(), made->segment.bytes());
    for (const auto& entry : fs::directory_iterator(folder.path())) must(write_file(entry.path(), "damaged"));
    EXPECT_EQ(dotnet_framework(folder.path())->segment.bytes(), made->segment.bytes());
    EXPECT_EQ(dotnet_framework({})->segment.bytes(), made->segment.bytes());
}

}  // namespace
}  // namespace culprit
