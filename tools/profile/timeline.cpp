// profile_timeline: a metric over time, to find the slow stretch.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "tools/profile/ask.h"
#include "tools/profile/render.h"
#include "tools/profile/tools.h"

namespace culprit {
namespace {

constexpr std::int64_t kMostBuckets = 200;

// The timeline in about so many buckets, each the sum of a few.
std::vector<double> coarser(const Timeline& timeline, std::size_t wanted, double& bucket_ns) {
    const std::size_t step = (timeline.weight.size() + wanted - 1) / wanted;
    std::vector<double> buckets;
    for (std::size_t i = 0; i < timeline.weight.size(); ++i) {
        if (i % step == 0) buckets.push_back(0);
        buckets.back() += timeline.weight[i];
    }
    bucket_ns = timeline.bucket_ns * static_cast<double>(step);
    return buckets;
}

std::string bar(double share) {
    return std::string(static_cast<std::size_t>(std::clamp(share, 0.0, 1.0) * 40 + 0.5), '#');
}

// Where the metric is far from its median: "quiet" or "busy".
std::string_view mark(double value, double median) {
    if (median <= 0) return "";
    return value > 2 * median ? "  busy" : value < median / 2 ? "  quiet" : "";
}

double median_of(std::vector<double> values) {
    if (values.empty()) return 0;
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::ranges::nth_element(values, middle);
    return *middle;
}

Result<Output> run_timeline(const Args& args, Workbench& bench) {
    const std::int64_t wanted = args.integer("buckets");
    if (wanted < 1 || wanted > kMostBuckets)
        return fail(Fault::Invalid, "'buckets' must be from 1 to {}", kMostBuckets);
    TRY(const ProfileStore::Pinned profile, open_profile(args.text("file"), args, bench));
    TRY(const CallTree tree, select(*profile, {.metric = args.text("metric")}));
    const Metric& metric = *tree.metric;
    const std::string file = file_name_of(args.text("file"));
    if (metric.timeline.weight.empty()) {
        return fail(Fault::NotFound, "{} does not say when '{}' was measured: it has no times", file,
                    metric.name);
    }
    double bucket_ns = 0;
    const std::vector<double> buckets = coarser(metric.timeline, static_cast<std::size_t>(wanted), bucket_ns);
    const double most = *std::ranges::max_element(buckets), median = median_of(buckets);
    Page page;
    page.line(
        fmt::format("{}: {} in stretches of {}, {} in all; from and to of the other questions look into one",
                    file, metric.name, duration_text(bucket_ns), weight_text(metric.total, metric.unit)));
    Json json = Json::array();
    for (std::size_t i = 0; i < buckets.size(); ++i) {
        const double start_s = static_cast<double>(i) * bucket_ns / 1e9;
        page.row(fmt::format("{:>9.3f} s {:>9}  {:<40}{}", start_s, weight_text(buckets[i], metric.unit),
                             bar(most > 0 ? buckets[i] / most : 0), mark(buckets[i], median)));
        json.push_back({{"start_s", start_s}, {"weight", buckets[i]}});
    }
    page.notes(profile->warnings);
    return Output{.text = std::move(page).take(),
                  .data = {{"metric", metric.name},
                           {"unit", metric.unit},
                           {"bucket_s", bucket_ns / 1e9},
                           {"median", median},
                           {"buckets", std::move(json)}}};
}

}  // namespace

Tool profile_timeline_tool() {
    return {
        "profile_timeline",
        "profile timeline",
        "Show a metric over the time of the recording, to find the stretch that is slow, busy or quiet.",
        Effect::Reads,
        {
            {"file", Kind::Path, "the profile"},
            {"metric", Kind::String, "which metric; the default is samples where there are samples", ""},
            {"buckets", Kind::Integer, "how many stretches", std::int64_t{40}},
            {"from", Kind::Number, "seconds since the start of the recording: only what happened after", 0.0},
            {"to", Kind::Number,
             "seconds since the start of the recording: only what happened before; 0 is the end", 0.0},
        },
        run_timeline,
        "profile timeline trace.nettrace --metric allocations"};
}

}  // namespace culprit
