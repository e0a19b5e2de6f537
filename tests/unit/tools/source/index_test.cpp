#include "tools/source/index.h"

#include "base/text.h"
#include "unit/tools/source/fixture.h"

namespace culprit {
namespace {

using test::must;
using test::SourceTree;

constexpr std::string_view kShop = R"(using System.Collections.Generic;
namespace Shop.Orders;

public interface IStore { int Count(string key); }

public abstract class Base<T>
{
    protected T Last { get; set; }
    public virtual void Keep(T item) { Last = item; }
}

public partial class Store : Base<Order>, IStore
{
    private readonly Dictionary<string, Order> _orders = new();
    public Store(int size) : this() { }
    private Store() { }
    public int Count(string key) => Find(key).Lines;
    public Order Find(string key)
    {
        int Local(int x) => x + 1;
        Local(2);
        return _orders[key];
    }
    public Order Find(int number) => Find(number.ToString());
    public override void Keep(Order item) { base.Keep(item); }
}

public record Order(string Key, int Lines)
{
    public Order Doubled() => this with { Lines = Lines * 2 };
}
)";

constexpr std::string_view kUse = R"(using Shop.Orders;
namespace Shop;

public static class Extensions
{
    public static bool IsLarge(this Order order) => order.Lines > 10;
}

class Program
{
    private readonly Store _store = new Store(4);
    static void Main()
    {
        var program = new Program();
        program.Run(null);
    }
    void Run(IStore other)
    {
        var order = _store.Find("a");
        other.Count("b");
        order.Doubled().IsLarge();
        foreach (var each in new[] { order }) each.Doubled();
        _store.Keep(order);
        System.Console.WriteLine(order);
    }
}
)";

class IndexTest : public ::testing::Test {
  protected:
    SourceTree tree_{{"Shop.cs", kShop}, {"app/Use.cs", kUse}};
    std::string at(int line) {
        const auto found = tree_.index().definition_at(tree_.path("Shop.cs"), line);
        return found ? fmt::format("{} {}", to_string(found->kind), found->qualified) : "nothing";
    }
};

TEST_F(IndexTest, CountsWhatItRead) {
    const IndexState state = must(tree_.index().update());
    EXPECT_EQ(state.files, 2u);
    EXPECT_EQ(state.broken_files, 0u);
    EXPECT_EQ(state.parsed, 2u);
    EXPECT_EQ(must(tree_.index().update()).parsed, 0u);
}

TEST_F(IndexTest, FindsTheInnermostDefinitionOfALine) {
    EXPECT_EQ(at(4), "method Shop.Orders.IStore.Count");
    EXPECT_EQ(at(8), "property Shop.Orders.Base<T>.Last");
    EXPECT_EQ(at(12), "class Shop.Orders.Store");
    EXPECT_EQ(at(15), "constructor Shop.Orders.Store.Store");
    EXPECT_EQ(at(20), "local function Shop.Orders.Store.Find.Local");
    EXPECT_EQ(at(21), "method Shop.Orders.Store.Find");
    EXPECT_EQ(at(1), "nothing");
}

TEST_F(IndexTest, FindsByPartsOfTheName) {
    const auto names = [&](SymbolQuery query) {
        std::vector<std::string> result;
        for (const Definition& d : tree_.index().find(query))
            result.push_back(fmt::format("{} {}", d.qualified, d.line));
        return join(result, "; ");
    };
    EXPECT_EQ(names({.name = "Store.Find"}), "Shop.Orders.Store.Find 18; Shop.Orders.Store.Find 24");
    EXPECT_EQ(names({.name = "Orders.Store", .kinds = {SymbolKind::Class}}), "Shop.Orders.Store 12");
    EXPECT_EQ(names({.name = "tore.Find"}), "");
    EXPECT_EQ(names({.name = "Base<T>.Keep"}), "Shop.Orders.Base<T>.Keep 9");
    EXPECT_EQ(names({.name = "islar", .match = Match::Prefix}), "Shop.Extensions.IsLarge 6");
    EXPECT_EQ(names({.name = "oubl", .match = Match::Part}), "Shop.Orders.Order.Doubled 30");
}

TEST_F(IndexTest, SignaturesReadAsDeclared) {
    const auto found = tree_.index().find({.name = "Store.Find"});
    ASSERT_EQ(found.size(), 2u);
    EXPECT_EQ(found[0].signature, "Order Find(string key)");
    EXPECT_EQ(found[1].parameters[0].type, "int");
    EXPECT_EQ(tree_.index().find({.name = "IsLarge"})[0].signature, "bool IsLarge(this Order order)");
    EXPECT_EQ(tree_.index().find({.name = "Store", .kinds = {SymbolKind::Class}})[0].signature,
              "class Store : Base<Order>, IStore");
}

TEST_F(IndexTest, ResolvesCalls) {
    EXPECT_EQ(tree_.target("app/Use.cs", "_store.Find", "Find"), "Shop.cs:18 exact");
    EXPECT_EQ(tree_.target("app/Use.cs", "other.Count", "Count"), "Shop.cs:4 exact");
    EXPECT_EQ(tree_.target("app/Use.cs", "order.Doubled().IsLarge", "IsLarge"), "Use.cs:6 exact");
    EXPECT_EQ(tree_.target("app/Use.cs", "order.Doubled().IsLarge", "Doubled"), "Shop.cs:30 exact");
    EXPECT_EQ(tree_.target("app/Use.cs", "foreach", "Doubled"), "Shop.cs:30 exact");
    EXPECT_EQ(tree_.target("app/Use.cs", "_store.Keep", "Keep"), "Shop.cs:25 exact");
    EXPECT_EQ(tree_.target("app/Use.cs", "new Store(4)", "Store"), "Shop.cs:15 exact");
    EXPECT_EQ(tree_.target("app/Use.cs", "program.Run", "Run"), "Use.cs:17 exact");
    EXPECT_EQ(tree_.target("app/Use.cs", "WriteLine", "WriteLine"), "none");
    EXPECT_EQ(tree_.target("Shop.cs", "Find(int number)", "Find"), "Shop.cs:18 exact");
    EXPECT_EQ(tree_.target("Shop.cs", "base.Keep(item)", "Keep"), "Shop.cs:9 exact");
    EXPECT_EQ(tree_.target("Shop.cs", ": this()", "Store"), "Shop.cs:16 exact");
    EXPECT_EQ(tree_.target("Shop.cs", "Local(2)", "Local"), "Shop.cs:20 exact");
    EXPECT_EQ(tree_.target("Shop.cs", "Find(key).Lines", "Find"), "Shop.cs:18 exact");
}

TEST_F(IndexTest, CallersCountThoseThroughABase) {
    const auto count = tree_.index().find({.name = "Store.Count"});
    const auto callers = tree_.index().callers(count.at(0));
    ASSERT_EQ(callers.size(), 1u);
    EXPECT_TRUE(callers[0].through_base);
    EXPECT_EQ(callers[0].site.caller.qualified, "Shop.Program.Run");
    EXPECT_EQ(callers[0].site.targets[0].definition.qualified, "Shop.Orders.IStore.Count");
    const auto doubled = tree_.index().callers(tree_.index().find({.name = "Doubled"}).at(0));
    EXPECT_EQ(doubled.size(), 2u);
}

TEST_F(IndexTest, ALineCallsWhatItsTargetOverrides) {
    const Definition interface = tree_.index().find({.name = "IStore.Count"}).at(0);
    const Definition implementation = tree_.index().find({.name = "Store.Count"}).at(0);
    const int line = tree_.line_of("app/Use.cs", "other.Count");
    EXPECT_EQ(tree_.index().line_calls(tree_.path("app/Use.cs"), line, interface), Certainty::Exact);
    EXPECT_EQ(tree_.index().line_calls(tree_.path("app/Use.cs"), line, implementation), Certainty::Exact);
    EXPECT_EQ(tree_.index().line_calls(tree_.path("app/Use.cs"), line + 1, implementation), std::nullopt);
}

TEST_F(IndexTest, SeesWhatChanges) {
    EXPECT_EQ(tree_.index().find({.name = "Added"}).size(), 0u);
    tree_.write("New.cs", "class Added { void Go() { new Shop.Orders.Order(\"\", 1).Doubled(); } }");
    must(tree_.index().update());
    EXPECT_EQ(tree_.index().find({.name = "Added"}).size(), 1u);
    EXPECT_EQ(tree_.target("New.cs", "Doubled", "Doubled"), "Shop.cs:30 exact");
    tree_.write("New.cs", "class Other { }");
    must(tree_.index().update());
    EXPECT_EQ(tree_.index().find({.name = "Added"}).size(), 0u);
    fs::remove(tree_.path("New.cs"));
    must(tree_.index().update());
    EXPECT_EQ(tree_.index().find({.name = "Other"}).size(), 0u);
    EXPECT_EQ(tree_.index().files_named("Use.cs").size(), 1u);
    EXPECT_EQ(tree_.index().files_named("se.cs").size(), 0u);
}

TEST(IndexTypes, AnAliasHidesWhatIsDeclaredElsewhere) {
    SourceTree tree{{"Other.cs", "public enum Address : long { }"}, {"A.cs", R"(using Address = System.UInt64;
namespace Shop;
class A
{
    static void Put(long value) { }
    static void Put(ulong value) { }
    Address Begin => 0;
    void Go() { Put(Begin); }
}
)"}};
    EXPECT_EQ(tree.target("A.cs", "Go", "Put"), "A.cs:6 exact");
}

TEST(IndexRoots, TheSameProjectTwiceResolvesWithinEachRoot) {
    const TemporaryFolder folder = test::temporary_folder();
    for (const char* root : {"before", "after"}) {
        must(write_file(folder.path() / root / "Shop.cs", kShop));
        must(write_file(folder.path() / root / "Use.cs", kUse));
    }
    Roots roots;
    must(roots.add_source("before", folder.path() / "before"));
    SourceIndex index(roots);
    EXPECT_EQ(index.find({.name = "Doubled"}).size(), 1u);
    must(roots.add_source("after", folder.path() / "after"));
    const auto found = index.find({.name = "Doubled"});
    ASSERT_EQ(found.size(), 2u);
    for (const Definition& d : found) {
        const auto callers = index.callers(d);
        ASSERT_EQ(callers.size(), 2u) << d.root;
        for (const Caller& caller : callers) EXPECT_EQ(caller.site.caller.root, d.root);
    }
}

class FirstIndexTest : public ::testing::Test {
  protected:
    FirstIndexTest() {
        for (int i = 0; i < 200; ++i)
            tree_.write(fmt::format("many/F{}.cs", i), fmt::format("class F{} {{ void Go() {{ }} }}", i));
    }
    std::string callers_of_find(SourceIndex& index) {
        std::string result;
        for (const Caller& caller : index.callers(index.find({.name = "Store.Find"}).at(0)))
            result += fmt::format("{}:{} {}; ", caller.site.file.filename().string(), caller.site.line,
                                  to_string(caller.certainty));
        return result;
    }
    SourceTree tree_{{"Shop.cs", kShop}, {"app/Use.cs", kUse}};
};

TEST_F(FirstIndexTest, QuestionsAreAnsweredFromSomeFilesUntilItIsThere) {
    SourceIndex index(tree_.roots(), {}, std::chrono::milliseconds(0));
    must(index.make_current({}));
    EXPECT_TRUE(index.is_partial());
    EXPECT_EQ(callers_of_find(index), "Shop.cs:17 exact; Shop.cs:24 exact; Use.cs:19 exact; ");
    EXPECT_EQ(must(index.update()).files, 202u);
    EXPECT_FALSE(index.is_partial());
    EXPECT_EQ(index.files_named("F199.cs").size(), 1u);
    EXPECT_EQ(callers_of_find(index), "Shop.cs:17 exact; Shop.cs:24 exact; Use.cs:19 exact; ");
}

TEST_F(FirstIndexTest, WhatWasBegunIsGoneOnWith) {
    const TemporaryFolder store = test::temporary_folder();
    {
        SourceIndex index(tree_.roots(), store.path(), std::chrono::milliseconds(0));
        must(index.make_current({}));
    }  // stops it, wherever it is
    SourceIndex index(tree_.roots(), store.path());
    EXPECT_LE(must(index.update()).parsed, 202u);
    SourceIndex again(tree_.roots(), store.path());
    EXPECT_EQ(must(again.update()).parsed, 0u);
    EXPECT_EQ(callers_of_find(again), "Shop.cs:17 exact; Shop.cs:24 exact; Use.cs:19 exact; ");
}

TEST_F(FirstIndexTest, AStopEndsTheWaitAndTheWork) {
    std::stop_source stop;
    stop.request_stop();
    SourceIndex index(tree_.roots(), {}, std::chrono::hours(1));
    EXPECT_EQ(index.make_current(stop.get_token()).error().fault, Fault::Cancelled);
    EXPECT_EQ(must(index.update()).files, 202u);
}

TEST(IndexBroken, TakesWhatCanBeHadAroundWhatDoesNotParse) {
    SourceTree tree{{"A.cs", R"(class A
{
    void Good() { Other(); }
    void Bad( { if (((
    void Other() { }
}
class B {
#if NETFRAMEWORK
    void Old() {
#else
    void Now() {
#endif
        new A();
    }
    void G<T>() where T : allows ref struct { }
}
)"}};
    const IndexState state = must(tree.index().update());
    EXPECT_EQ(state.broken_files, 1u);
    EXPECT_EQ(tree.index().find({.name = "Good"}).size(), 1u);
    EXPECT_EQ(tree.index().find({.name = "Now"}).size(), 1u);
}

TEST(IndexBroken, MembersBehindABrokenOneAreStillMembers) {
    SourceTree tree{{"A.cs", R"(class A
{
    void Bad() { for (;;) { { y = 1; }
    public void After() { }
    protected static int Last() { return 1; }
}
)"}};
    EXPECT_EQ(must(tree.index().update()).broken_files, 1u);
    for (const std::string_view name : {"After", "Last"}) {
        const auto found = tree.index().find({.name = std::string(name)});
        ASSERT_EQ(found.size(), 1u);
        EXPECT_EQ(found[0].kind, SymbolKind::Method) << name;
    }
}

TEST(IndexBroken, WritesWhatTheGrammarDoesNotKnowAsWhatItKnows) {
    SourceTree tree{{"A.cs", R"(class A
{
    string Quoted(string s, int[]? rest)
    {
        var all = ((int[]?)rest)?[0];
        if (s is object o and not string) return $@"""{s} {{""";
        return @$"""a"" {s ?? "x"}";
    }
    unsafe int Pointers(byte* p)
    {
        *p++ = 0;
        *((int*)p) = 1;
        return *((int*)p) * 2;  // * (no pointer)
    }
    void Behind() { Quoted("", null); }
}
)"}};
    EXPECT_EQ(must(tree.index().update()).broken_files, 0u);
    EXPECT_EQ(tree.target("A.cs", "Behind", "Quoted"), "A.cs:3 exact");
}

}  // namespace
}  // namespace culprit
