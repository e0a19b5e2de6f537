#include "unit/tools/profile/profile_files.h"

#include <cmath>
#include <random>
#include <set>

#include "tools/profile/formats/unpack.h"

namespace culprit::test {

std::string format_file(std::string_view name) {
    const std::string bytes = must(read_file(source_path("tests/formats") / name));
    std::optional<Unpacked> unpacked = must(unpack(bytes));
    return unpacked ? std::move(unpacked->bytes) : bytes;
}

Profile read_format_file(std::string_view name) { return must(parse_profile(format_file(name), {})); }

Json json_file(std::string_view name) { return must(parse_json(format_file(name), name)); }

void expect_sound(std::string_view bytes) {
    const Result<Profile> profile = parse_profile(bytes, {});
    if (!profile) {
        EXPECT_FALSE(profile.error().what.empty());
        return;
    }
    for (NodeId node = 1; node < profile->nodes.size(); ++node) {
        ASSERT_LT(profile->nodes[node].parent, node);
        ASSERT_LT(profile->nodes[node].frame, profile->frames.size());
    }
    for (const Metric& metric : profile->metrics) {
        for (const Cell& cell : metric.cells) {
            ASSERT_LT(cell.node, profile->nodes.size());
            ASSERT_LT(cell.thread, profile->threads.size());
            ASSERT_LT(cell.detail, profile->strings.size());
        }
        for (const By by : {By::Method, By::Type, By::Thread})
            must(top(*profile, {.metric = metric.name}, by));
    }
}

void expect_sound_when_damaged(std::string_view bytes, std::size_t step, int flips) {
    for (std::size_t size = 0; size < bytes.size(); size += step)
        expect_sound(std::string(bytes.substr(0, size)));
    std::mt19937_64 random(20261121);
    for (int i = 0; i < flips; ++i) {
        std::string damaged(bytes);
        for (int n = 1 + static_cast<int>(random() % 4); n > 0; --n) {
            damaged[random() % damaged.size()] = static_cast<char>(random());
        }
        expect_sound(damaged);
    }
}

std::string folded(const Profile& profile, std::string_view metric) {
    const CallTree tree = must(select(profile, {.metric = std::string(metric), .fold_markers = false}));
    std::vector<std::string> stacks(tree.nodes.size());
    std::set<std::string> lines;
    for (NodeId node = 1; node < tree.nodes.size(); ++node) {
        const auto [parent, frame] = tree.nodes[node];
        stacks[node] = stacks[parent] + (parent == kRootNode ? "" : ";") + profile.full_name(frame);
        if (tree.events[node] > 0) lines.insert(fmt::format("{} {}\n", stacks[node], tree.self[node]));
    }
    std::string text;
    for (const std::string& line : lines) text += line;
    return text;
}

}  // namespace culprit::test
