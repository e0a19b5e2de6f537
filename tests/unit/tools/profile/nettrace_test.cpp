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

TEST_P(TruthTest, Recording) {
    const Json& session = member(truth_, "session");
    const Recording& recording = profile_.recording;
    EXPECT_NEAR(profile_.duration_ns / 1e6, number_at(session, "duration_ms"), 0.0011);
    EXPECT_EQ(recording.start_utc.substr(0, 23), text_at(session, "start_utc").substr(0, 23));
    EXPECT_EQ(recording.processors, static_cast<std::uint32_t>(integer_at(session, "processors")));
    EXPECT_EQ(recording.events, static_cast<std::uint64_t>(integer_at(truth_, "events_total")));
    EXPECT_EQ(recording.dropped, static_cast<std::uint64_t>(integer_at(truth_, "events_lost")));
}

// TraceEvent gives the events that the garbage collector defines itself names of its own and an id that is in
// no file.
std::string comparable_event(std::string name) {
    return replace_all(name, "GC/CommittedUsage id=65524", "GC/DynamicEvent id=39");
}

TEST_P(TruthTest, Events) {
    std::map<std::string, std::int64_t> ours, theirs;
    for (const EventCount& count : profile_.recording.counts) {
        ours[fmt::format("{}/{} id={} v={}", count.provider, count.name, count.id, count.version)] +=
            static_cast<std::int64_t>(count.count);
    }
    for (const auto& [name, count] : truth_["events"].items()) {
        theirs[replace_all(comparable_event(name), "EventID(200)", "Event 200")] += count.get<std::int64_t>();
    }
    EXPECT_EQ(ours, theirs);
}

// The innermost frame of the program itself, as the truth has it.
std::string app_frame(const Profile& profile, NodeId node) {
    for (; node != kRootNode; node = profile.nodes[node].parent) {
        const FrameId frame = profile.nodes[node].frame;
        if (profile.text(profile.frames[frame].module) == "OrderPipeline") return profile.full_name(frame);
    }
    return "(none)";
}

std::string stack_of(const Profile& profile, NodeId node) {
    std::string stack;
    for (; node != kRootNode; node = profile.nodes[node].parent) {
        stack = comparable(profile.full_name(profile.nodes[node].frame)) + (stack.empty() ? "" : ";") + stack;
    }
    return stack;
}

std::string comparable_stack(std::string_view stack) {
    std::vector<std::string> frames;
    for (const std::string_view frame : split(stack, ';')) frames.push_back(comparable(frame));
    return join(frames, ";");
}

TEST_P(TruthTest, SampleStacks) {
    const Json& truth = member(truth_, "samples");
    if (truth.is_null()) return;
    Counts stacks, app_frames;
    double frames = 0, unresolved = 0;
    for (const Cell& cell : profile_.metric("samples")->cells) {
        const std::string_view state = profile_.text(cell.detail);
        stacks[fmt::format("{};{}", state.empty() ? "managed" : state, stack_of(profile_, cell.node))] +=
            cell.weight;
        if (state != "external") app_frames[comparable(app_frame(profile_, cell.node))] += cell.weight;
        for (NodeId node = cell.node; node != kRootNode; node = profile_.nodes[node].parent) {
            frames += cell.weight;
            const Frame& frame = profile_.frames[profile_.nodes[node].frame];
            if (frame.kind == FrameKind::Unresolved) unresolved += cell.weight;
        }
    }
    EXPECT_EQ(frames, number_at(truth, "frames_total"));
    EXPECT_EQ(unresolved, number_at(truth, "frames_unresolved"));
    EXPECT_EQ(stacks.size(), static_cast<std::size_t>(integer_at(truth, "distinct_stacks")));
    expect_counts(member(truth, "innermost_app_frame_managed"), app_frames, "innermost frame of the program");
    for (const Json& row : member(truth, "top_stacks_root_first")) {
        EXPECT_EQ(stacks[comparable_stack(text_at(row, "name"))], number_at(row, "count"))
            << text_at(row, "name");
    }
}

struct Sum {
    double count = 0, weight = 0;
};

// Every row of the truth's list has this count and weight with us.
void expect_sums(const Json& truth, const std::map<std::string, Sum>& ours, const char* weight, double unit) {
    for (const Json& row : truth) {
        const auto found = ours.find(comparable_stack(text_at(row, "name")));
        ASSERT_NE(found, ours.end()) << text_at(row, "name");
        EXPECT_EQ(found->second.count, number_at(row, "count")) << text_at(row, "name");
        EXPECT_NEAR(found->second.weight / unit, number_at(row, weight), 0.001) << text_at(row, "name");
    }
}

TEST_P(TruthTest, Allocations) {
    const Json& truth = member(truth_, "allocation_ticks");
    const Metric* const metric = profile_.metric("allocations");
    ASSERT_EQ(truth.is_null(), metric == nullptr);
    if (!metric) return;
    EXPECT_EQ(metric->total, number_at(truth, "bytes"));
    EXPECT_EQ(metric->events, static_cast<std::uint64_t>(integer_at(truth, "count")));
    const Runtime& runtime = profile_.recording.dotnet;
    EXPECT_EQ(runtime.allocations_without_stack,
              static_cast<std::uint64_t>(integer_at(truth, "without_stack")));
    std::map<std::string, Sum> types, frames, both, stacks, kinds;
    for (const Cell& cell : metric->cells) {
        const std::string type(profile_.text(cell.detail));
        const std::string frame = comparable(app_frame(profile_, cell.node));
        const auto add = [&](Sum& sum) {
            sum = {sum.count + static_cast<double>(cell.events), sum.weight + cell.weight};
        };
        add(types[type]);
        if (cell.node == kRootNode) continue;  // without a stack: in none of the lists
        add(frames[frame]);
        add(both[comparable(type + " @ " + app_frame(profile_, cell.node))]);
        add(stacks[stack_of(profile_, cell.node)]);
    }
    for (const AllocationKind& kind : runtime.allocation_kinds) {
        kinds[std::string(kind.name)] = {static_cast<double>(kind.count), kind.bytes};
    }
    expect_sums(member(truth, "by_type"), types, "bytes", 1);
    expect_sums(member(truth, "by_innermost_app_frame"), frames, "bytes", 1);
    expect_sums(member(truth, "by_type_and_app_frame"), both, "bytes", 1);
    expect_sums(member(truth, "top_stacks_root_first"), stacks, "bytes", 1);
    expect_sums(member(truth, "by_kind"), kinds, "bytes", 1);
}

TEST_P(TruthTest, Contention) {
    const Json& truth = member(truth_, "contention");
    const Metric* const metric = profile_.metric("contention");
    ASSERT_EQ(truth.is_null(), metric == nullptr);
    if (!metric) return;
    EXPECT_EQ(metric->events, static_cast<std::uint64_t>(integer_at(truth, "stops")));
    EXPECT_NEAR(metric->total / 1e6, number_at(truth, "duration_ms_from_stop_events"), 0.001);
    EXPECT_TRUE(profile_.recording.dotnet.open_waits.empty());
    std::map<std::string, Sum> frames, stacks;
    for (const Cell& cell : metric->cells) {
        const auto add = [&](Sum& sum) {
            sum = {sum.count + static_cast<double>(cell.events), sum.weight + cell.weight};
        };
        add(frames[comparable(app_frame(profile_, cell.node))]);
        add(stacks[stack_of(profile_, cell.node)]);
    }
    expect_sums(member(truth, "by_innermost_app_frame"), frames, "ms", 1e6);
    expect_sums(member(truth, "top_stacks_root_first"), stacks, "ms", 1e6);
}

TEST_P(TruthTest, Collections) {
    const Json& truth = member(truth_, "gc");
    const Runtime& runtime = profile_.recording.dotnet;
    ASSERT_EQ(truth.is_null(), runtime.collections.empty() && runtime.suspensions.empty());
    if (truth.is_null()) return;
    EXPECT_EQ(runtime.collections.size(), static_cast<std::size_t>(integer_at(truth, "starts")));
    Counts generations, reasons, types;
    double pauses = 0;
    for (const Collection& collection : runtime.collections) {
        ++generations[fmt::format("gen{}", collection.generation)];
        ++reasons[std::string(collection.reason)];
        ++types[std::string(collection.type)];
        pauses += collection.pause_ns;
        EXPECT_GT(collection.duration_ns, 0) << collection.number;
        EXPECT_TRUE(collection.has_heap) << collection.number;
    }
    expect_counts(member(truth, "by_generation"), generations, "generation");
    expect_counts(member(truth, "by_reason"), reasons, "reason");
    expect_counts(member(truth, "by_type"), types, "type");
    std::map<std::string, Sum> latest;
    double ours = 0, for_gc = 0;
    for (const Suspension& suspension : runtime.suspensions) {
        latest[std::string(suspension.reason)] = {static_cast<double>(suspension.latest_count),
                                                  suspension.latest_ns};
        ours += suspension.ns;
        if (suspension.reason.starts_with("SuspendForGC")) for_gc += suspension.ns;
    }
    expect_sums(member(truth, "ee_suspended_by_reason"), latest, "ms", 1e6);
    // Ours loses no pause and counts no time twice, so it is never less than TraceEvent's pairing.
    EXPECT_GE(ours / 1e6, number_at(truth, "ee_suspended_ms") - 0.001);
    EXPECT_NEAR(pauses, for_gc, 1) << "every pause for a collection is charged to one";
}

constexpr const char* kTraces[] = {"all-after",           "all-before",
                                   "alloc-after",         "alloc-before",
                                   "contention-after",    "contention-before",
                                   "cpu-after",           "cpu-after-norundown",
                                   "cpu-after-pgo",       "cpu-before",
                                   "default-after",       "linux-cpu-after.v6",
                                   "linux-cpu-before.v6", "linux-threadtime-after.v6",
                                   "sampled-after",       "sampled-before"};
INSTANTIATE_TEST_SUITE_P(Traces, TruthTest, ::testing::ValuesIn(kTraces));

// Of a file without an end TraceEvent hands out the events up to the last point at which it is sure of their
// order, then gives up; we read all that are whole. Up to that point both count the same.
class BrokenTest : public TruthTest {};

TEST_P(BrokenTest, CountsWhatTraceEventCountsAndMore) {
    const std::string bytes = test::format_file(fmt::format("nettrace/{}.nettrace.zst", GetParam()));
    const double end_ns = number_at(member(truth_, "session"), "duration_ms") * 1e6 + 1000;
    const Profile cut = must(parse_profile(bytes, {.to_ns = end_ns}));
    const Json& truth = member(truth_, "samples");
    EXPECT_EQ(cut.metric("samples")->events, static_cast<std::uint64_t>(integer_at(truth, "total")));
    EXPECT_GT(profile_.metric("samples")->events, cut.metric("samples")->events);
    EXPECT_GT(profile_.recording.events, static_cast<std::uint64_t>(integer_at(truth_, "events_total")));
    EXPECT_GT(profile_.duration_ns, end_ns);
    Counts threads;
    double managed = 0, frames = 0, unresolved = 0;
    for (const Cell& cell : cut.metric("samples")->cells) {
        threads[std::to_string(cut.threads[cell.thread].id)] += cell.weight;
        if (cut.text(cell.detail) == "managed") managed += cell.weight;
        for (NodeId node = cell.node; node != kRootNode; node = cut.nodes[node].parent) {
            frames += cell.weight;
            if (cut.frames[cut.nodes[node].frame].kind == FrameKind::Unresolved) unresolved += cell.weight;
        }
    }
    expect_counts(member(truth, "by_thread"), threads, "thread");
    EXPECT_EQ(managed, number_at(truth, "type_managed"));
    EXPECT_EQ(frames, number_at(truth, "frames_total"));
    EXPECT_LE(unresolved, number_at(truth, "frames_unresolved"));
    expect_counts(member(truth, "exclusive_all"), counts(must(top(cut, Selection{}, By::Method)), &Row::self),
                  "exclusive");
    EXPECT_TRUE(profile_.warnings.at(0).starts_with("the file has no end mark")) << profile_.warnings.at(0);
}

constexpr const char* kBroken[] = {"broken-ctrlc-no-names", "broken-killed-with-jit-events",
                                   "broken-unhandled-exception"};
INSTANTIATE_TEST_SUITE_P(Traces, BrokenTest, ::testing::ValuesIn(kBroken));

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
    EXPECT_TRUE(profile.warnings[0].starts_with("the file has no end mark: ")) << profile.warnings[0];
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
