// The traces of tests/formats/nettrace against what Microsoft's TraceEvent library reads out of them
// (*.truth.json).
#include <algorithm>

#include "base/text.h"
#include "unit/tools/profile/profile_files.h"

namespace culprit {
namespace {

using test::must;

// TraceEvent writes some modules in lower case: names are compared with their module in lower case.
std::string comparable(std::string_view name) {
    const std::size_t mark = name.find('!');
    if (mark == std::string_view::npos) return std::string(name);
    return to_lower(name.substr(0, mark)) + std::string(name.substr(mark));
}

using Counts = std::map<std::string, double>;

class TruthTest : public ::testing::TestWithParam<const char*> {
  protected:
    TruthTest()
        : profile_(test::read_format_file(fmt::format("nettrace/{}.nettrace.zst", GetParam()))),
          truth_(test::json_file(fmt::format("nettrace/{}.truth.json", GetParam()))) {}

    // Holds for each name of the truth's list, which may have been cut, and for nothing that is not in it if
    // it is whole.
    static void expect_counts(const Json& truth, const Counts& ours, std::string_view what) {
        for (const Json& row : truth) {
            const std::string name = comparable(text_at(row, "name"));
            const auto found = ours.find(name);
            EXPECT_EQ(found == ours.end() ? -1 : found->second, number_at(row, "count"))
                << what << ": " << name;
        }
        const double least = truth.empty() ? 0 : number_at(truth.back(), "count");
        const auto more = std::ranges::count_if(ours, [&](const auto& row) { return row.second > least; });
        EXPECT_LE(static_cast<std::size_t>(more), truth.size()) << what;
    }

    Counts counts(const std::vector<Row>& rows, double Row::*field) const {
        Counts counts;
        for (const Row& row : rows) {
            if (row.*field > 0) counts[comparable(row.name)] += row.*field;
        }
        return counts;
    }

    Profile profile_;
    Json truth_;
};

TEST_P(TruthTest, SamplesByMethod) {
    const Json& truth = member(truth_, "samples");
    if (truth.is_null()) return;
    ASSERT_NE(profile_.metric("samples"), nullptr);
    EXPECT_EQ(profile_.metric("samples")->events, static_cast<std::uint64_t>(integer_at(truth, "total")));
    const std::vector<Row> rows = must(top(profile_, Selection{.metric = "samples"}, By::Method));
    expect_counts(member(truth, "exclusive_all"), counts(rows, &Row::self), "exclusive");
    expect_counts(member(truth, "inclusive_all"), counts(rows, &Row::inclusive), "inclusive");
}

TEST_P(TruthTest, SamplesByThreadAndState) {
    const Json& truth = member(truth_, "samples");
    if (truth.is_null()) return;
    Counts threads;
    double managed = 0, external = 0;
    for (const Cell& cell : profile_.metric("samples")->cells) {
        threads[std::to_string(profile_.threads[cell.thread].id)] += cell.weight;
        if (profile_.text(cell.detail) == "managed") managed += cell.weight;
        if (profile_.text(cell.detail) == "external") external += cell.weight;
    }
    expect_counts(member(truth, "by_thread"), threads, "thread");
    EXPECT_EQ(threads.size(), static_cast<std::size_t>(integer_at(truth, "threads")));
    EXPECT_EQ(managed, number_at(truth, "type_managed"));
    EXPECT_EQ(external, number_at(truth, "type_external"));
}

TEST_P(TruthTest, Duration) {
    EXPECT_NEAR(profile_.duration_ns / 1e6, number_at(member(truth_, "session"), "duration_ms"), 0.0011);
}

INSTANTIATE_TEST_SUITE_P(Version4, TruthTest,
                         ::testing::Values("all-after", "all-before", "alloc-after", "alloc-before",
                                           "contention-after", "contention-before", "cpu-after",
                                           "cpu-after-norundown", "cpu-after-pgo", "cpu-before",
                                           "default-after", "sampled-after", "sampled-before"));

TEST(Nettrace, DamagedFilesAreReadOrRefused) {
    test::expect_sound_when_damaged(test::format_file("nettrace/broken-ctrlc-no-names.nettrace.zst"), 997,
                                    100);
    test::expect_sound_when_damaged(test::format_file("nettrace/linux-threadtime-after.v6.nettrace.zst"),
                                    9973, 60);
    const std::string whole = test::format_file("nettrace/cpu-after-norundown.nettrace.zst");
    test::expect_sound_when_damaged(std::string_view(whole).substr(0, 3000), 1, 300);
}

TEST(Nettrace, ACutFileSaysHowMuchOfItIsThere) {
    const std::string whole = test::format_file("nettrace/cpu-after.nettrace.zst");
    const Profile profile = must(parse_profile(std::string_view(whole).substr(0, 100000), {}));
    ASSERT_FALSE(profile.warnings.empty());
    EXPECT_TRUE(profile.warnings[0].starts_with("the file has no end mark: 100,000 of 100,000 bytes"))
        << profile.warnings[0];
    EXPECT_GT(profile.metric("samples")->events, 1000u);
}

TEST(Nettrace, AskedForAPartOfTheTimeItCountsThatAlone) {
    const std::string bytes = test::format_file("nettrace/cpu-after.nettrace.zst");
    const Profile whole = must(parse_profile(bytes, {}));
    const Profile first = must(parse_profile(bytes, {.to_ns = 3e9}));
    const Profile second = must(parse_profile(bytes, {.from_ns = 3e9}));
    EXPECT_EQ(first.metric("samples")->events + second.metric("samples")->events,
              whole.metric("samples")->events);
    EXPECT_NEAR(first.metric("samples")->total / whole.metric("samples")->total, 3.0 / 8.1, 0.02);
}

// The rounds of samples together last as long as the recording, for each thread that runs all the time.
TEST(Nettrace, ThreadTimeIsTheTimeThatThreadsWereThere) {
    const Profile profile = test::read_format_file("nettrace/cpu-after.nettrace.zst");
    const std::vector<Row> rows = must(top(profile, Selection{.metric = "thread_time"}, By::Thread));
    ASSERT_EQ(rows.size(), 6u);
    for (std::size_t i = 0; i < 5; ++i) EXPECT_NEAR(rows[i].self, 8.02e9, 0.05e9) << rows[i].name;
    EXPECT_LT(rows[5].self, 0.2e9) << rows[5].name;  // sampled 34 times in all
}

}  // namespace
}  // namespace culprit
