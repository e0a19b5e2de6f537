#include "agent/causes.h"

#include "support/support.h"

namespace culprit {
namespace {

TEST(Causes, AreReadFromTheAnalysisWithThePlacesOfTheStacks) {
    const auto causes = causes_of(R"(## Observed Behavior
1. This is no cause.

## Root Cause Analysis
95 % of what grew lies in two methods [E3].

1. Shop.Store.Add: 5.5 % -> 49.0 % of the samples, 62.7 % of what grew [E3]; 1 ms/s waiting for locks, 99.8 % of what grew [E5].
It waits for a lock. Of its time 92 % in Monitor.Enter [E9].
The line that costs is after/Store.cs:line 28: lock (_gate)

2. shop::Cart::weigh: 0.2 % -> 16.7 % of the samples, 23.8 % of what grew [E4].
The line that costs is after/cart.cpp:line 23: for (;;)

## Call Stack
at Shop.Program.Main() (after/Program.cs:line 4)
at Shop.Store.Add(Item item) (after/Store.cs:line 29)
)");
    ASSERT_EQ(causes.size(), 2u);
    EXPECT_EQ(causes[0].symbol, "Shop.Store.Add");
    EXPECT_EQ(causes[0].kind, "contention");
    EXPECT_EQ(causes[0].file, "after/Store.cs");
    EXPECT_EQ(causes[0].line, 29);
    EXPECT_NEAR(causes[0].share, 0.627, 1e-9);
    EXPECT_EQ(causes[0].evidence, "E3");
    EXPECT_EQ(causes[1].symbol, "shop::Cart::weigh");
    EXPECT_EQ(causes[1].kind, "cpu");
    EXPECT_EQ(causes[1].file, "after/cart.cpp");
    EXPECT_EQ(causes[1].line, 23);
}

TEST(Causes, OfAModelThatWritesInItsOwnWay) {
    const auto causes = causes_of(
        "# Root Cause\n1. **`Cart.Add`** allocates a copy: 80 % of all bytes [E2]\n"
        "2. `Cart.Total` throws exceptions\n4. `Cart.Gone`\n");
    ASSERT_EQ(causes.size(), 2u);
    EXPECT_EQ(causes[0].symbol, "Cart.Add");
    EXPECT_NEAR(causes[0].share, 0.8, 1e-9);
    EXPECT_EQ(causes[1].kind, "exceptions");
}

TEST(Causes, AnythingElseHasNone) {
    for (const char* text :
         {"", "1. Cart.Add: slow", "## Root Cause Analysis\n", "## Root Cause Analysis\n1.\n1. \n1. :\n",
          "## Root Cause Analysis\n99999999999999999999. x"})
        EXPECT_TRUE(causes_of(text).empty()) << text;
}

}  // namespace
}  // namespace culprit
