// Every fixture under tests/formats: what it says of itself (golden), the same tree when it is written as
// another format and read back, and nothing bad when it is damaged. The reader never sees a name: formats are
// told by content.
#include <cmath>

#include "tools/profile/builder.h"
#include "tools/profile/formats/unpack.h"
#include "tools/profile/shape.h"
#include "tools/profile/writers.h"
#include "unit/tools/profile/profile_files.h"
#include "unit/tools/profile/tool_bench.h"

namespace culprit {
namespace {

using test::must;

std::vector<std::string> fixtures() {
    std::vector<std::string> names;
    const fs::path root = test::source_path("tests/formats");
    for (const auto& entry : fs::recursive_directory_iterator(root)) {
        const std::string name = fs::relative(entry.path(), root).string();
        const bool is_truth = name.ends_with(".truth.json") || name.ends_with(".weights.json");
        if (entry.is_regular_file() && !is_truth && !name.starts_with("golden/")) names.push_back(name);
    }
    std::ranges::sort(names);
    return names;
}

class FixtureTest : public ::testing::TestWithParam<std::string> {};

TEST_P(FixtureTest, SaysWhatItIs) {
    test::ToolBench bench;
    std::string text = must(bench.call("profile_summary", {{"file", "files/" + GetParam()}})).text;
    if (const auto top = bench.call("profile_top", {{"file", "files/" + GetParam()}, {"limit", 8}}))
        text += top->text;
    std::string name = GetParam();
    std::ranges::replace(name, '/', '-');
    test::expect_golden(test::source_path("tests/formats/golden") / (name + ".txt"), text);
}

// The weight of each whole stack by names.
std::map<std::string, double> stacks_of(const Profile& profile, const Metric& metric) {
    std::map<std::string, double> stacks;
    for (const Cell& cell : metric.cells) {
        std::string stack;
        for (NodeId node = cell.node; node != kRootNode; node = profile.nodes[node].parent)
            stack = profile.full_name(profile.nodes[node].frame) + "\n" + stack;
        stacks[stack] += cell.weight;
    }
    std::erase_if(stacks, [](const auto& each) { return each.second == 0; });
    return stacks;
}

void expect_same(const std::map<std::string, double>& ours, const std::map<std::string, double>& read,
                 double rounding) {
    ASSERT_EQ(ours.size(), read.size());
    for (auto a = ours.begin(), b = read.begin(); a != ours.end(); ++a, ++b) {
        EXPECT_EQ(a->first, b->first);
        EXPECT_NEAR(a->second, b->second, rounding + std::abs(a->second) * 1e-9) << a->first;
    }
}

// Speedscope has no name for a metric: it is the one that is not the count of its samples.
const Metric& weighed(const Profile& profile) {
    return *std::ranges::max_element(profile.metrics, {},
                                     [](const Metric& m) { return m.name != "samples"; });
}

TEST_P(FixtureTest, ComesBackFromOtherFormats) {
    const Profile profile = test::read_format_file(GetParam());
    for (const Metric& metric : profile.metrics) {
        SCOPED_TRACE(metric.name);
        const Exported exported{profile, metric, metric.cells};
        const auto ours = stacks_of(profile, metric);
        const Profile speedscope = must(parse_profile(to_speedscope(exported, "test"), {}));
        EXPECT_EQ(speedscope.format, "speedscope");
        expect_same(ours, stacks_of(speedscope, weighed(speedscope)), 1e-6);
        const Profile pprof = must(parse_profile(must(to_pprof(exported)), {}));
        EXPECT_EQ(pprof.format, "pprof");
        ASSERT_NE(pprof.metric(metric.name), nullptr);
        const double cells = static_cast<double>(metric.cells.size());  // each is rounded to a whole number
        if (metric.unit != "ns" && metric.unit != "bytes" && metric.unit != "count") continue;
        EXPECT_NEAR(pprof.metric(metric.name)->total, metric.total, cells);
        EXPECT_EQ(pprof.metric(metric.name)->unit, metric.unit);
    }
}

INSTANTIATE_TEST_SUITE_P(Files, FixtureTest, ::testing::ValuesIn(fixtures()), [](const auto& each) {
    std::string name = each.param;
    std::ranges::replace_if(
        name, [](char c) { return !std::isalnum(c); }, '_');
    return name;
});

TEST(Damaged, FilesAreReadOrRefused) {
    for (const char* small :
         {"cpuprofile/checkout-after.cpuprofile", "heapprofile/checkout-after.heapprofile",
          "tables/benchmarks-after-report-full.json", "tables/cpu-before.topn-verbose.txt",
          "tables/cpu-before.topn.txt", "tables/hot-no-children.perf-report.txt",
          "tables/hot.perf-annotate.txt", "tables/hot.perf-report.txt"}) {
        SCOPED_TRACE(small);
        const std::string bytes = test::format_file(small);
        test::expect_sound_when_damaged(bytes, bytes.size() / 100 + 1, 100);
        test::expect_sound_when_damaged(std::string_view(bytes).substr(0, 1500), 1, 200);
    }
    for (const char* large :
         {"perf_script/perf-before.txt.zst", "collapsed/perf-before.txt.zst",
          "chrome_trace/cpu-after.json.zst", "speedscope/cpu-after.speedscope.json.zst"}) {
        SCOPED_TRACE(large);
        const std::string bytes = test::format_file(large);
        test::expect_sound_when_damaged(std::string_view(bytes).substr(0, 4000), 1, 300);
    }
}

TEST(Damaged, PackedFilesAreReadOrRefused) {
    const std::string packed = must(read_file(test::source_path("tests/formats/pprof/checkout-after.pb.gz")));
    test::expect_sound_when_damaged(packed, 1, 300);
    test::expect_sound_when_damaged(must(unpack(packed))->bytes, 1, 1000);
    const std::string zstd = must(read_file(test::source_path("tests/formats/collapsed/perf-after.txt.zst")));
    test::expect_sound_when_damaged(zstd, 97, 100);
}

// Among them are inputs that fuzzing found: times-too-far-apart overflowed.
TEST(Damaged, SeedsOfTheFuzzersAreReadOrRefused) {
    std::size_t seeds = 0;
    for (const auto& entry : fs::recursive_directory_iterator(test::source_path("tests/fuzz/corpus"))) {
        if (!entry.is_regular_file()) continue;
        SCOPED_TRACE(entry.path().string());
        test::expect_sound(must(read_file(entry.path())));
        ++seeds;
    }
    EXPECT_GT(seeds, 20u);
}

std::string utf16(std::string_view text) {
    std::string wide = "\xff\xfe";
    for (const char c : text) wide += c, wide += '\0';
    return wide;
}

TEST(Text, InAnyUsualEncoding) {
    const std::string plain = "main;work;parse 3\nmain;work 4\n";
    const auto stacks = [](std::string_view bytes) {
        return test::folded(must(parse_profile(bytes, {})), "samples");
    };
    const std::string expected = stacks(plain);
    EXPECT_EQ(expected, "main;work 4\nmain;work;parse 3\n");
    EXPECT_EQ(stacks("\xef\xbb\xbf" + plain), expected);
    EXPECT_EQ(stacks("main;work;parse 3\r\nmain;work 4\r\n"), expected);
    EXPECT_EQ(stacks(utf16(plain)), expected);
}

TEST(Deep, AStackOf100000FramesIsRead) {
    std::string line = "f0";
    for (int i = 1; i < 100'000; ++i) line += fmt::format(";f{}", i);
    const Profile profile = must(parse_profile(line + " 7\n", {}));
    EXPECT_EQ(profile.nodes.size(), 100'001u);
    const auto rows = must(top(profile, Selection{}, By::Method));
    EXPECT_EQ(rows.size(), 100'000u);
    EXPECT_EQ(rows[0].name, "f99999");
    EXPECT_EQ(rows[1].inclusive, 7);
    const Profile read = must(
        parse_profile(to_speedscope({profile, profile.metrics[0], profile.metrics[0].cells}, "deep"), {}));
    EXPECT_EQ(read.nodes.size(), 100'001u);
}

#if defined(__SANITIZE_ADDRESS__)
constexpr int kOutermost = 200;  // two million nodes: the sanitizers take minutes for more
#else
constexpr int kOutermost = 1000;
#endif

TEST(Wide, ATreeOfTenMillionNodesIsAsked) {
    ProfileBuilder builder("test");
    const auto metric = builder.metric("samples", "samples");
    const ThreadId thread = builder.thread(0, 1, "main");
    std::vector<FrameId> frames;
    for (int i = 0; i < 1000; ++i)
        frames.push_back(builder.frame({.name = builder.intern(fmt::format("f{}", i))}));
    for (int outer = 0; outer < kOutermost; ++outer) {
        const NodeId parent = builder.child(0, frames[outer]);
        for (int i = 0; i < 100; ++i) {
            const NodeId middle = builder.child(parent, frames[i]);
            for (int j = 0; j < 100; ++j)
                builder.add(metric, builder.child(middle, frames[100 + j]), thread, 0, 1);
        }
    }
    const Profile profile = std::move(builder).finish();
    EXPECT_EQ(profile.nodes.size(), 10'101u * kOutermost + 1);
    const auto rows = must(top(profile, Selection{}, By::Method));
    EXPECT_EQ(rows[0].self, 100 * kOutermost);
    EXPECT_EQ(
        std::ranges::find(rows, "f7", &Row::name)->inclusive,
        10'000 + (kOutermost - 1) * 100);  // all below it as the outermost, and as the middle of the others
    const CallTree tree = must(select(profile, Selection{}));
    EXPECT_EQ(tree.total, 10'000 * kOutermost);
    EXPECT_EQ(prune(tree, 0.0005, 2).lines.size(), static_cast<std::size_t>(kOutermost));
    EXPECT_EQ(must(butterfly(profile, tree, "f150")).inclusive, 10'000 + (kOutermost - 1) * 100);
    EXPECT_EQ(must(hottest_paths(profile, tree, "f150", 3)).size(), 3u);
}

}  // namespace
}  // namespace culprit
