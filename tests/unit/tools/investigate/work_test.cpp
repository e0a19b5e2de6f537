#include "tools/investigate/work.h"

#include "support/support.h"

namespace culprit {
namespace {

std::string text(const std::optional<Done>& done) {
    return done ? fmt::format("{:.0f} {}", done->count, done->unit) : "";
}
std::string text(const std::optional<Work>& work) {
    return work ? fmt::format("{:.0f} -> {:.0f} {}", work->before, work->after, work->unit) : "";
}

TEST(Work, ProgramsSayWhatTheyDid) {
    EXPECT_EQ(text(done_in("starting\n{\"workload\":\"x\",\"requests\":2141184,\"seconds\":4}\n", 4)),
              "2141184 request");
    EXPECT_EQ(text(done_in("{\"orders_per_s\": 1500.5, \"threads\": 4}", 8)), "12004 order");
    EXPECT_EQ(text(done_in("produced 98,765.4 records/sec (9.4 MB/sec)\n", 10)), "987654 record");
    EXPECT_EQ(text(done_in("{\"threads\": 4}", 8)), "");
    EXPECT_EQ(text(done_in("", 8)), "");
    EXPECT_EQ(text(done_in("{\"orders\": -3}", 8)), "");
}

TEST(Work, PeopleTellOfBothSides) {
    EXPECT_EQ(text(work_in("It did 812,000 orders before and 96,000 orders after.")),
              "812000 -> 96000 order");
    EXPECT_EQ(text(work_in("now 96000 batches after the change; 812000 batches before")),
              "812000 -> 96000 batch");
    EXPECT_EQ(text(work_in("2,000 queries, then 1,000 queries")), "2000 -> 1000 query");
    for (const std::string_view message :
         {"it handles 2,000 orders", "2,000 orders and 1,000 batches", "2 orders before, 3 orders after",
          "since 1.47", "1,000 orders, 2,000 orders, 3,000 orders", ""}) {
        EXPECT_EQ(text(work_in(message)), "") << message;
    }
}

}  // namespace
}  // namespace culprit
