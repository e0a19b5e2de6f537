// Files of several formats against what speedscope's own importer makes of them (*.weights.json): self and
// total weight of every frame.
#include <cmath>
#include <set>

#include "unit/tools/profile/profile_files.h"

namespace culprit {
namespace {

using test::must;

void PrintTo(const struct Case& each, std::ostream* out);

struct Case {
    const char* file;
    const char* metric;
    double unit;              // of speedscope's weights, in ours
    double tolerance = 1e-6;  // relative
};

void PrintTo(const Case& each, std::ostream* out) { *out << each.file; }

class WeightsTest : public ::testing::TestWithParam<Case> {};

struct Weight {
    double self = 0, total = 0;
};

using Weights = std::map<std::pair<std::string, std::string>, Weight>;  // by name and file

// speedscope gives the sample of a thread that has no other a weight of 1, of no unit, and adds it to the
// seconds of the others; we give it no time.
void add_single_samples(const Profile& profile, Weights& weights) {
    std::map<ThreadId, std::uint64_t> samples;
    for (const Cell& cell : profile.metric("samples")->cells) samples[cell.thread] += cell.events;
    for (const Cell& cell : profile.metric("samples")->cells) {
        if (samples[cell.thread] != 1) continue;
        std::set<std::pair<std::string, std::string>> seen;
        for (NodeId node = cell.node; node != kRootNode; node = profile.nodes[node].parent) {
            const Frame& frame = profile.frames[profile.nodes[node].frame];
            const std::pair key(std::string(profile.text(frame.name)), std::string(profile.text(frame.file)));
            if (node == cell.node) weights[key].self += 1;
            if (seen.insert(key).second) weights[key].total += 1;
        }
    }
}

TEST_P(WeightsTest, EqualThoseOfSpeedscope) {
    const auto& [file, metric, unit, tolerance] = GetParam();
    const Profile profile = test::read_format_file(file);
    std::string truth_name = file;
    for (const std::string_view packed : {".json.zst", ".zst"}) {
        if (truth_name.ends_with(packed)) truth_name.resize(truth_name.size() - packed.size());
    }
    const Json truth = test::json_file(truth_name + ".weights.json");
    Weights ours;
    for (const Row& row :
         must(top(profile, Selection{.metric = metric, .fold_markers = false}, By::Method))) {
        const Frame& frame = profile.frames[row.frame];
        Weight& weight = ours[{row.name, std::string(profile.text(frame.file))}];
        weight.self += row.self / unit;
        weight.total += row.inclusive / unit;
    }
    if (profile.format == "perf script") add_single_samples(profile, ours);
    double all = 0;
    for (const Json& each : truth["profiles"]) all += number_at(each, "total_weight");
    std::size_t compared = 0;
    for (const Json& frame : truth["frames"]) {
        if (number_at(frame, "total") == 0) continue;
        const Weight weight = ours[{text_at(frame, "name"), text_at(frame, "file")}];
        EXPECT_NEAR(weight.self, number_at(frame, "self"), all * tolerance) << text_at(frame, "name");
        EXPECT_NEAR(weight.total, number_at(frame, "total"), all * tolerance) << text_at(frame, "name");
        ++compared;
    }
    EXPECT_GT(compared, 10u);
    EXPECT_EQ(ours.size(), compared);
}

INSTANTIATE_TEST_SUITE_P(
    Files, WeightsTest,
    ::testing::Values(Case{"cpuprofile/checkout-before.cpuprofile", "time", 1e3},
                      Case{"cpuprofile/checkout-after.cpuprofile", "time", 1e3},
                      Case{"pprof/checkout-before.pb.gz", "wall", 1},
                      Case{"pprof/checkout-after.pb.gz", "wall", 1},
                      Case{"perf_script/perf-before.txt.zst", "wall_time", 1e9},
                      Case{"perf_script/perf-after.txt.zst", "wall_time", 1e9},
                      Case{"collapsed/perf-before.txt.zst", "samples", 1},
                      Case{"collapsed/perf-after.txt.zst", "samples", 1},
                      Case{"speedscope/all-before.speedscope.json.zst", "thread_time", 1e6},
                      Case{"speedscope/all-after.speedscope.json.zst", "thread_time", 1e6},
                      Case{"speedscope/cpu-before.speedscope.json.zst", "thread_time", 1e6},
                      Case{"speedscope/cpu-after.speedscope.json.zst", "thread_time", 1e6},
                      Case{"speedscope/sampled-before.speedscope.json.zst", "thread_time", 1e6},
                      Case{"speedscope/sampled-after.speedscope.json.zst", "thread_time", 1e6}));

}  // namespace
}  // namespace culprit
