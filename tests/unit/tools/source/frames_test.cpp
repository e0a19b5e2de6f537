// Frames as profilers write them, and the definitions they mean.
#include "tools/source/frames.h"

#include "unit/tools/source/fixture.h"

namespace culprit {
namespace {

using test::SourceTree;

constexpr std::string_view kShop = R"(namespace Shop.Orders;
public record Item(string Sku, int Weight);
public class Cache<TKey>
{
    public class Slot { public Slot() { } public int Size => 1; }
    public void Get(string key, int limit) { }
    public void Get(System.ReadOnlySpan<char> key) { }
    public async Task<int> LoadAsync()
    {
        var all = Items.Select(i =>
            i.Weight);
        return await Next();
        Task<int> Next() => null;
    }
}
)";
constexpr std::string_view kCpp = R"(namespace shop {
int Cache::get(int key) { return key; }
}
)";
constexpr std::string_view kJava = R"(package shop;
class Cache {
    int get(String key) { return 1; }
}
)";
constexpr std::string_view kPython = R"(class Cache:
    def get(self, key):
        return key
)";

class FramesTest : public ::testing::Test {
  protected:
    SourceTree tree_{{"Shop.cs", kShop}, {"cache.cc", kCpp}, {"Cache.java", kJava}, {"cache.py", kPython}};
    std::string place(std::string_view frame) {
        const FrameTargets found = resolve_frame(tree_.index(), frame);
        if (found.targets.size() != 1) return fmt::format("{}: {}", found.targets.size(), found.why);
        const Target& target = found.targets[0];
        return fmt::format("{}:{} {}", target.definition.file.filename().string(), target.definition.line,
                           to_string(target.certainty));
    }
};

TEST_F(FramesTest, OfDotNetMeanWhatTheCompilerMadeThemOf) {
    EXPECT_EQ(place("Shop!Shop.Orders.Cache`1[System.__Canon].Get(class System.String,int32)"),
              "Shop.cs:6 exact");
    EXPECT_EQ(place("Shop!Shop.Orders.Cache`1[System.__Canon].Get(value class System.ReadOnlySpan`1<wchar>)"),
              "Shop.cs:7 exact");
    EXPECT_EQ(place("Shop!Shop.Orders.Cache`1+<LoadAsync>d__3[System.__Canon].MoveNext()"),
              "Shop.cs:8 exact");
    EXPECT_EQ(place("Shop!Shop.Orders.Cache`1+<>c[System.__Canon].<LoadAsync>b__3_0(class Shop.Orders.Item)"),
              "Shop.cs:8 exact");
    EXPECT_EQ(place("Shop!Shop.Orders.Cache`1[System.__Canon].<LoadAsync>g__Next|3_1()"), "Shop.cs:13 exact");
    EXPECT_EQ(place("Shop!Shop.Orders.Cache`1+Slot[System.__Canon]..ctor()"), "Shop.cs:5 exact");
    EXPECT_EQ(place("Shop!Shop.Orders.Cache`1+Slot[System.__Canon].get_Size()"), "Shop.cs:5 exact");
    EXPECT_EQ(
        place("instance void [Shop] Shop.Orders.Cache`1[System.__Canon]::Get(string,int32)[OptimizedTier1]"),
        "Shop.cs:6 exact");
    EXPECT_EQ(place("   at Shop.Orders.Cache`1.Get(String key, Int32 limit) in /build/src/Shop.cs:line 6"),
              "Shop.cs:6 exact");
}

TEST_F(FramesTest, OfARecordMeanTheRecord) {
    EXPECT_EQ(place("instance string [Shop] Shop.Orders.Item::get_Sku()[QuickJitted]"), "Shop.cs:2 exact");
    EXPECT_EQ(place("Shop!Shop.Orders.Item.ToString()"), "Shop.cs:2 exact");
    EXPECT_EQ(place("Shop!Shop.Orders.Item..ctor(class System.String,int32)"), "Shop.cs:2 exact");
    EXPECT_EQ(place("Shop!Shop.Orders.Item.get_Price()"),
              "0: nothing in the roots is called Shop.Orders.Item.Price");
}

TEST_F(FramesTest, OfOtherLanguages) {
    EXPECT_EQ(place("shop::Cache::get(int)"), "cache.cc:2 exact");
    EXPECT_EQ(place("_ZN4shop5Cache3getEi"), "cache.cc:2 exact");
    EXPECT_EQ(place("at shop.Cache.get(Cache.java:3)"), "Cache.java:3 exact");
    EXPECT_EQ(place("get (/build/cache.py:3)"), "cache.py:2 exact");
    EXPECT_EQ(place("(anonymous cache.py:3)"), "cache.py:2 exact");
    EXPECT_EQ(place("(anonymous cache.py:1)"), "cache.py:1 exact");
    EXPECT_EQ(place("(anonymous cache.py:9)"), "0: no definition holds line 9 of cache.py");
}

TEST_F(FramesTest, ThatAreNotHereSayWhy) {
    EXPECT_EQ(place("System.Private.CoreLib!System.Threading.Thread.StartCallback()"),
              "0: System.Threading.Thread belongs to the framework or a library, not to the roots");
    EXPECT_EQ(place("Shop!Shop.Orders.Gone.Run()"), "0: nothing in the roots is called Shop.Orders.Gone.Run");
    EXPECT_EQ(place("UNMANAGED_CODE_TIME"), "0: nothing in the roots is called UNMANAGED_CODE_TIME");
    EXPECT_EQ(place(""), "0: no name can be read from this frame");
}

}  // namespace
}  // namespace culprit
