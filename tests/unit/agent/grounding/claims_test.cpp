#include "agent/grounding/claims.h"

#include "base/text.h"
#include "support/support.h"

namespace culprit {
namespace {

using test::must;

constexpr std::string_view kStore = R"(namespace Shop
{
    public class Store
    {
        private const int FrameBytes = 4096;

        public void Add(int item)
        {
            lock (this)
            {
                _count += item;
            }
        }

        public void Clear() { }

        private int _count;
    }
}
)";

class ClaimsTest : public ::testing::Test {
  protected:
    ClaimsTest() : folder_(test::temporary_folder()) {
        must(write_file(folder_.path() / "shop/Store.cs", kStore));
        must(roots_.add_source("shop", folder_.path() / "shop"));
        add(UserText{"It is 80x slower, 17 ms a call."});
        call("profile_diff", R"({"before":"a.nettrace","after":"b.nettrace"})",
             "a.nettrace (20,459) -> b.nettrace (10,659): samples, shares\n"
             "    before      after     change  explains  method\n"
             "    5.5 %     49.0 %    +43.5 %    62.7 %  Shop.Store.Add(int)\n"
             "    0.2 %     16.7 %    +16.5 %    23.8 %  Shop.Store.Clear()\n");
        call("profile_top", R"({"file":"b.nettrace","within":"Shop\\.Store\\.Add\\b"})",
             "b.nettrace: samples within Shop.Store.Add: 5,223\n"
             "  92.3 %  4,821   92.3 %  4,821  System.Threading.Monitor.Enter(object)\n");
        call("read_file", R"({"path":"shop/Store.cs"})",
             "    5          private const int FrameBytes = 4096;\n");
    }

    void add(EventBody body) { events_.push_back({Time(), std::move(body)}); }
    void call(std::string tool, std::string arguments, std::string text) {
        const std::string id = fmt::format("c{}", events_.size());
        add(AssistantReply{.calls = {{id, tool, arguments}}});
        add(ToolResult{
            .call_id = id, .tool = tool, .evidence = fmt::format("E{}", ++evidence_), .text = text});
    }

    // "TEXT: STATUS why" of each claim that is not verified.
    std::string failing(std::string_view text) {
        const Facts facts(events_);
        std::string lines;
        for (const CheckedClaim& claim : check_claims(text, {facts, roots_, source_})) {
            EXPECT_EQ(claim.text, text.substr(claim.begin, claim.end - claim.begin));
            if (claim.status == CheckedClaim::Status::Verified) continue;
            lines += fmt::format("{}: {}{}{}\n", claim.text, to_string(claim.status),
                                 claim.why.empty() ? "" : ", ", claim.why);
        }
        return lines;
    }

    TemporaryFolder folder_;
    Roots roots_;
    SourceIndex source_{roots_};
    std::vector<Event> events_;
    int evidence_ = 0;
};

TEST_F(ClaimsTest, WhatTheToolsSaidIsVerified) {
    EXPECT_EQ(failing("Shop.Store.Add grew: 5.5 % -> 49.0 % of the samples, 62.7 % of what grew [E1]."), "");
    EXPECT_EQ(failing("`Store.Add` takes 49 % of 10,659 samples in all."), "");
    EXPECT_EQ(failing("92 % of it in System.Threading.Monitor.Enter [E2], as Store.cs says."), "");
    EXPECT_EQ(failing("Store.Add holds a lock.\nOf its time 92.3 % goes into waiting [E2]."), "");
    EXPECT_EQ(failing("The frame of Store has 4096 bytes [E3]."), "");
}

TEST_F(ClaimsTest, AMadeUpFigureIsNot) {
    EXPECT_EQ(failing("Shop.Store.Add has 48.9 % of the samples."),
              "48.9 %: unverified, no result of this session says so; E1 says 49.0 %\n");
    EXPECT_EQ(failing("Shop.Store.Add has 49.03 % of the samples."),
              "49.03 %: unverified, no result of this session says so; E1 says 49.0 %\n");
    EXPECT_EQ(failing("It takes 17 ms."), "17 ms: unverified, only your message says so\n");
    EXPECT_EQ(failing("It is 80x slower."), "80x: unverified, only your message says so\n");
}

TEST_F(ClaimsTest, AFigureOfSomethingElseIsNot) {
    EXPECT_EQ(failing("Store.Clear has 49.0 % of the samples."),
              "49.0 %: unverified, E1 says it, but not of Clear; E1 says 23.8 %\n");
    EXPECT_EQ(failing("Store.Add has 23.8 % of what grew, 16.7 % in Store.Clear."),
              "23.8 %: unverified, E1 says it, but not of Add; E1 says 5.5 %\n");
    EXPECT_EQ(failing("Store.Add: 49.0 % -> 5.5 % of the samples."),
              "49.0 %: unverified, E1 does not go from 49.0 % to 5.5 %\n"
              "5.5 %: unverified, E1 does not go from 49.0 % to 5.5 %\n");
    EXPECT_EQ(failing("Store.Add has 49.0 % of the samples [E2]."),
              "49.0 %: unverified, E2 does not say so; E1 does\n");
    EXPECT_EQ(failing("Store.Add has 49.0 % of the samples [E9]."),
              "49.0 %: unverified, E9 does not say so; E1 does\n[E9]: unverified, there is no result E9\n");
}

TEST_F(ClaimsTest, WhatFollowsFromVerifiedFiguresIsDerived) {
    EXPECT_EQ(failing("Store.Add went from 5.5 % to 49.0 %, 8.9x as much."),
              "8.9x: derived, follows from 5.5 % and 49.0 %\n");
    EXPECT_EQ(failing("Store.Add went from 5.5 % to 49.0 %, 9.9x as much."),
              "9.9x: unverified, no result of this session says so\n");
    EXPECT_EQ(failing("62.7 % + 23.8 % = 86.5 % of what grew lies in both in all."),
              "86.5 %: derived, the sum that the line states\n");
    EXPECT_EQ(failing("62.7 % + 23.8 % = 87.5 % of what grew lies in both in all."),
              "87.5 %: unverified, no result of this session says so\n");
}

TEST_F(ClaimsTest, NamesExistOrAreMarked) {
    EXPECT_EQ(failing("Shop.Store.Push is slow."),
              "Shop.Store.Push: unverified, Shop.Store is in the source, and has "
              "no Push\n");
    EXPECT_EQ(failing("`OrderCache` and Orders.cs are slow."),
              "OrderCache: unverified, neither the source nor a result of this session has it\n"
              "Orders.cs: unverified, no such file is in the roots, and no result names one\n");
    EXPECT_EQ(failing("System.Buffers.ArrayPool would help."),
              "System.Buffers.ArrayPool: unknown, neither the source nor a result of this session has it\n");
}

TEST_F(ClaimsTest, AProposalCannotBeTold) {
    EXPECT_EQ(failing("## Resolution\nKeep 64 bytes and a `LockFreeQueue`; expect 3 ms."),
              "64 bytes: unknown, no result of this session says so\n"
              "LockFreeQueue: unknown, neither the source nor a result of this session has it\n"
              "3 ms: unknown, no result of this session says so\n");
}

TEST_F(ClaimsTest, FramesCodeAndQuotedLinesAreNoClaims) {
    EXPECT_EQ(failing("at Shop.Store.Push(int) (Store.cs:line 7) - 99 % of it\n"
                      "```\nwait 55 ms in Foo.Bar\n```\n"
                      "      28  lock (_gate) // 12 ms\n"),
              "");
}

}  // namespace
}  // namespace culprit
