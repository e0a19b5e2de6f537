#include "agent/investigator/walk.h"

#include <algorithm>
#include <array>
#include <set>

#include "base/text.h"
#include "tools/investigate/sides.h"

namespace culprit {
namespace {

constexpr std::int64_t kSeconds = 8;  // of each recording
constexpr std::int64_t kRounds = 6;   // the fewest that carry a verdict: a run may take long

bool has_word(std::string_view message, std::initializer_list<std::string_view> words) {
    const std::string lowered = to_lower(message);
    return std::ranges::any_of(words, [&](std::string_view word) { return contains_word(lowered, word); });
}

bool is_stress_test(std::string_view path) {
    return std::ranges::any_of(std::array<std::string_view, 4>{"stress", "bench", "load", "perf"},
                               [&](std::string_view part) { return contains_ignoring_case(path, part); });
}

std::string_view root_of(std::string_view path) { return path.substr(0, path.find('/')); }

// The first lines of a result, up to the table.
std::string first_line(const ToolResult& result) {
    const auto lines = split_lines(result.text);
    return fmt::format("{} [{}]", lines.empty() ? "" : lines.front(), result.evidence);
}

class Walker {
  public:
    Walker(Conversation& conversation, std::string_view message)
        : conversation_(conversation), message_(message) {}

    std::optional<Walk> walk() {
        program_ = find_program(conversation_, Wanted::StressTest);
        if (conversation_.is_waiting()) return waiting("Looking for a stress test.");
        if (program_.empty()) return std::nullopt;
        arguments_ = find_arguments();
        if (conversation_.is_waiting()) return waiting("Reading how the stress test is told what to do.");
        if (!start_services()) return waiting("Starting what it needs.");
        if (!find_before()) return waiting("Looking for the state before the change.");
        if (!compare()) return waiting("Measuring before and after in turn.");
        if (!record()) return waiting("Recording it.");
        if (!clean_up()) return waiting("Stopping what was started.");
        if (!remember()) return waiting("Keeping how it is measured here for the next time.");
        return std::move(walk_);
    }

  private:
    Walk waiting(std::string doing) { return {.doing = std::move(doing), .traces = {}, .signs = {}}; }

    // A call whose failure is told and does not end the walk. False while its result is missing.
    bool step(std::string_view tool, const Json& arguments, const ToolResult*& result) {
        result = conversation_.ask(tool, arguments);
        if (result && !result->fault.empty())
            walk_.signs.push_back(
                fmt::format("Could not be done: {} [{}]", one_line(result->text, 300), result->evidence));
        return result != nullptr;
    }
    static bool is_good(const ToolResult* result) { return result && result->fault.empty(); }

    // Words of the message that stand as texts in the program: the names of its modes.
    std::string find_arguments() {
        std::set<std::string> words;
        const std::string line = replace_all(std::string(message_), "\n", " ");
        for (const std::string_view word : split(line, ' ')) {
            const bool is_plain =
                word.size() > 3 && std::ranges::all_of(word, [](char c) { return c >= 'a' && c <= 'z'; });
            if (is_plain) words.insert(std::string(word));
        }
        if (words.empty()) return {};
        const std::vector<std::string> list(words.begin(), words.end());
        const Json& found = conversation_.data("grep", {{"pattern", fmt::format("\"({})\"", join(list, "|"))},
                                                        {"path", std::string(root_of(program_))},
                                                        {"glob", "*.cs"}});
        for (const Json& match : member(found, "matches")) {
            for (const std::string& word : list) {
                if (text_at(match, "text").contains('"' + word + '"')) return word;
            }
        }
        return {};
    }

    bool start_services() {
        const ToolResult* found = nullptr;
        if (!step("container", {{"action", "find"}}, found)) return false;
        if (!is_good(found)) return true;
        const Json& files = member(found->data, "compose");
        if (!files.is_array() || files.size() != 1) return true;
        const ToolResult* up = nullptr;
        services_ = text_at(files[0], "file");
        if (!step("container", {{"action", "up"}, {"file", services_}}, up)) return false;
        has_started_ = is_good(up);
        for (const std::string_view line : split_lines(has_started_ ? std::string_view(up->text) : ""))
            if (line.contains("answers")) walk_.signs.push_back(fmt::format("{} [{}]", line, up->evidence));
        return true;
    }

    // The same project in another root, of the state before the change.
    std::string baseline() const {
        const std::string root(root_of(program_));
        for (const std::string& each : conversation_.sources()) {
            if (each != root && change_side(each) < 0) return each + program_.substr(root.size());
        }
        return {};
    }

    // What it was before: the other root, or a commit. That is the last one, or, where nothing was changed
    // since, the one before it.
    bool find_before() {
        before_ = baseline();
        if (!before_.empty()) return true;
        const ToolResult* changes = nullptr;
        if (!step("changes", {{"from", "HEAD"}, {"path", std::string(root_of(program_))}}, changes))
            return false;
        if (is_good(changes)) commit_ = member(changes->data, "files").empty() ? "HEAD~1" : "HEAD";
        return true;
    }

    bool compare() {
        if (before_.empty() && commit_.empty()) return true;
        Json arguments = {
            {"program", program_}, {"before", before_.empty() ? commit_ : before_}, {"rounds", kRounds}};
        if (!arguments_.empty()) arguments["arguments"] = arguments_;
        const ToolResult* result = nullptr;
        if (!step("compare_runs", arguments, result)) return false;
        if (!is_good(result)) return true;
        walk_.signs.push_back("Measured in turn: " + first_line(*result));
        measured_ = result->evidence;
        return true;
    }

    bool record() {
        const Json usual = {{"program", program_}, {"purpose", "all"}, {"seconds", kSeconds}};
        std::vector<Json> calls = {usual};
        if (!before_.empty() || !commit_.empty()) calls.insert(calls.begin(), usual);
        if (!before_.empty()) calls.front()["program"] = before_;
        if (!commit_.empty()) calls.front()["commit"] = commit_;
        bool is_complete = true;
        for (Json& arguments : calls) {
            if (!arguments_.empty()) arguments["arguments"] = arguments_;
            const ToolResult* result = nullptr;
            is_complete = step("collect_trace", arguments, result) && is_complete;
            if (is_good(result)) walk_.traces.push_back(text_at(result->data, "file"));
        }
        return is_complete;
    }

    bool clean_up() {
        if (!has_started_) return true;
        const ToolResult* result = nullptr;
        if (!step("container", {{"action", "down"}}, result)) return false;
        if (is_good(result)) walk_.signs.push_back("Cleaned up: " + first_line(*result));
        return true;
    }

    // How the program is measured here is as true tomorrow.
    bool remember() {
        if (measured_.empty()) return true;
        std::string fact = fmt::format("The stress test is `{}`", program_);
        if (!arguments_.empty()) fact += fmt::format(", run with `{}`", arguments_);
        if (has_started_) fact += fmt::format("; what it needs is started with `{}`", services_);
        const ToolResult* result = nullptr;
        return step("remember", {{"text", fact + "."}, {"evidence", measured_}}, result);
    }

    Conversation& conversation_;
    std::string_view message_;
    std::string program_, arguments_;
    std::string before_, commit_;      // the state before: a program, or a commit of this one
    std::string services_, measured_;  // the compose file; the evidence of the comparison
    bool has_started_ = false;
    Walk walk_;
};

}  // namespace

bool is_about_speed(std::string_view message) {
    return has_word(message, {"slow", "slower", "slowed", "regressed", "regression", "throughput", "latency",
                              "performance", "trace", "faster", "allocates", "cpu"});
}

std::string find_program(Conversation& conversation, Wanted wanted) {
    std::vector<std::string> projects, tests;
    for (const std::string& root : conversation.sources()) {
        const Json& found = conversation.data("list_files", {{"path", root}, {"pattern", "*.csproj"}});
        for (const Json& file : member(found, "files")) {
            const std::string path = file.is_string() ? file.get<std::string>() : std::string();
            projects.push_back(path);
            if (is_stress_test(path)) tests.push_back(path);
        }
    }
    if (conversation.is_waiting()) return {};
    // Of the same project before and after a change, the one after.
    const auto newest = [](std::vector<std::string>& paths) {
        std::ranges::stable_sort(paths, {},
                                 [](const std::string& path) { return change_side(root_of(path)); });
        const bool differ = paths.size() > 1 && paths.back().substr(root_of(paths.back()).size()) !=
                                                    paths.front().substr(root_of(paths.front()).size());
        return paths.empty() || differ ? std::string() : paths.back();
    };
    if (!tests.empty() || wanted == Wanted::StressTest) return newest(tests);
    return newest(projects);
}

std::optional<Walk> walk_stress_test(Conversation& conversation) {
    // The last one may be a request to repair the write-up.
    const auto& messages = conversation.messages();
    const auto message = std::ranges::find_if(messages.rbegin(), messages.rend(), is_about_speed);
    if (message == messages.rend()) return std::nullopt;
    return Walker(conversation, *message).walk();
}

}  // namespace culprit
