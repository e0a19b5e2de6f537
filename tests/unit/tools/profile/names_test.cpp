#include "tools/profile/names.h"

#include "support/support.h"

namespace culprit {
namespace {

TEST(Names, PartsOfAMethod) {
    const NameParts parts = name_parts("Shop.Cart`1+Line[System.Int32].Add(class System.String)");
    EXPECT_EQ(parts.name_space, "Shop");
    EXPECT_EQ(parts.type, "Cart`1+Line[System.Int32]");
    EXPECT_EQ(parts.method, "Add");
    EXPECT_EQ(parts.signature, "(class System.String)");
    EXPECT_EQ(name_parts("Shop.Cart..ctor(int32)").method, ".ctor");
    EXPECT_EQ(name_parts("Shop.Cart..ctor(int32)").type, "Cart");
    EXPECT_EQ(name_parts("Shop.Cart::Add(int32)").method, "Add");
    EXPECT_EQ(name_parts("Shop.Cart::Add(int32)").type, "Cart");
    EXPECT_EQ(name_parts("std::vector<int, std::allocator<int> >::push_back(int)").method, "push_back");
    EXPECT_EQ(name_parts("std::vector<int, std::allocator<int> >::push_back(int)").name_space, "std");
    EXPECT_EQ(name_parts("do_syscall_64").method, "do_syscall_64");
    EXPECT_EQ(name_parts("folio_add.part.0").method, "folio_add.part.0");
    EXPECT_EQ(name_parts("(anonymous)").method, "(anonymous)");
    EXPECT_EQ(name_parts("").method, "");
}

TEST(Names, TheOwnerThatTheFileTellsIsBelieved) {
    const std::string_view name = "Shop.Cart.System.IDisposable.Dispose()";
    EXPECT_EQ(name_parts(name, 9).method, "System.IDisposable.Dispose");
    EXPECT_EQ(name_parts(name, 9).type, "Cart");
    EXPECT_EQ(name_parts(name, 999).method, "Dispose");  // no such place in the name: found out instead
}

TEST(Names, AsAPersonWroteThem) {
    const std::pair<std::string_view, std::string_view> cases[] = {
        {"Shop.Cart.Add(class System.String,int32)", "Shop.Cart.Add(string, int)"},
        {"Shop.Cart+<SendAsync>d__12.MoveNext()", "Shop.Cart.SendAsync"},
        {"Shop.Cart+<SendAsync>d__12`1[System.__Canon].MoveNext()", "Shop.Cart.SendAsync"},
        {"Shop.Cart+<<Send>g__Loop|3_0>d.MoveNext()", "Shop.Cart.Send.Loop"},
        {"Shop.Cart+<>c__DisplayClass3_0.<Total>b__1(int32)", "Shop.Cart.Total.lambda1(int)"},
        {"Shop.Cart+<>c.<Total>b__5_0(value class Shop.Line)", "Shop.Cart.Total.lambda0(Line)"},
        {"System.Threading.Thread.<PollGC>g__PollGCWorker|67_0()",
         "System.Threading.Thread.PollGC.PollGCWorker()"},
        {"System.Collections.Generic.List`1[System.__Canon].Add(!0)",
         "System.Collections.Generic.List<__Canon>.Add(T0)"},
        {"Shop.Audit.Fold(value class System.ReadOnlySpan`1<wchar>,unsigned int64)",
         "Shop.Audit.Fold(ReadOnlySpan<char>, ulong)"},
        {"Shop.Audit::Fold(valuetype [System.Runtime]System.ReadOnlySpan`1<char>,uint64)",
         "Shop.Audit.Fold(ReadOnlySpan<char>, ulong)"},
        {"Shop.Cart.Put(unsigned int8[],wchar&,class System.Collections.Generic.Dictionary`2<class "
         "System.String,!!0>)",
         "Shop.Cart.Put(byte[], char&, Dictionary<string, T0>)"},
        {"Shop.Cart..ctor(bool)", "Shop.Cart..ctor(bool)"},
        {"Shop.Cart..cctor()", "Shop.Cart..cctor()"},
        {"main", "main"},
    };
    for (const auto& [raw, shown] : cases) EXPECT_EQ(shown_method(raw), shown) << raw;
}

TEST(Names, BrokenOnesAreShownAndNotReadOutOfBounds) {
    for (const std::string_view raw :
         {"<", "<>", ".", "..", "A.<", "A.<>", "A+.B", "A+<x>d.MoveNext", "A.B([", "A.B([x", "A.B(unsigned",
          "A[.B(", "+.x", "::", "A::", "::a", "a.b]", "A.<b>", "<b>c"}) {
        EXPECT_FALSE(shown_method(raw).empty()) << raw;
        for (std::size_t owner = 0; owner < 8; ++owner) shown_method(raw, owner);
    }
}

}  // namespace
}  // namespace culprit
