#include "agent/investigator/suspicions.h"

#include <algorithm>

#include <re2/re2.h>

#include "base/text.h"
#include "tools/investigate/kinds.h"

namespace culprit {
namespace {

constexpr Suspicion kSuspicions[] = {
    {"gc", "gcs?|garbage collect(?:ions?|or)|collector|gc pauses?|collections", "allocations", "", "memory"},
    {"allocation", "(?:memory )?allocations?|allocating|memory|heap", "allocations", "allocates", "memory"},
    {"contention", "(?:lock )?contention|locks?|locking|mutex(?:es)?|synchroni[sz]ation", "contention",
     "waits for a lock", "latency"},
    {"exceptions", "exceptions?|throwing", "exceptions", "throws and catches exceptions", "cpu"},
    {"io", "i/?o|disks?|file system|files?|network|sockets?|logging|writing|reading", "",
     "reads or writes, call by call", "latency"},
    {"starvation", "(?:thread ?)?pool(?: starvation)?|starvation|blocked threads|blocking|sync over async",
     "", "blocks a thread on work that runs elsewhere", "latency"},
    {"deadlock", "deadlocks?", "contention", "", "latency"},
    {"strings", "strings?|string (?:building|formatting|concatenation)|formatting|concatenation", "",
     "builds strings", "memory"},
    {"regex", "regex(?:es)?|regexps?|regular expressions?", "", "matches regular expressions", "cpu"},
    {"copies", "copies|copying|memcpy|memmove|memory copies", "", "copies memory", "memory"},
};

const CostKind* kind_of(const Suspicion& suspicion) {
    const auto kind = std::ranges::find(cost_kinds(), suspicion.what, &CostKind::what);
    return suspicion.what.empty() || kind == cost_kinds().end() ? nullptr : &*kind;
}

// The parts of what grew that suspects of the kind explain, in time or in the suspicion's own dimension.
std::string explained_text(const Measurements& measured, const Dimension& dimension, const CostKind* kind,
                           bool& any) {
    std::string text;
    for (std::size_t i = 0; i < measured.suspects.size(); ++i) {
        const Suspect& suspect = measured.suspects[i];
        if (is_time(dimension) && cost_kind(suspect) != kind) continue;
        const auto cost = std::ranges::find(suspect.costs, &dimension, &Cost::dimension);
        if (cost == suspect.costs.end()) continue;
        text += fmt::format("- {} (number {}): {} [{}]\n", plain_symbol(suspect.name), i + 1,
                            cost_text(*cost, measured.is_compared()), cost->evidence);
        any = true;
    }
    return text;
}

// How much there is of the suspicion's own dimension, in all.
std::string total_text(const Measurements& measured, const Dimension& dimension, bool& grew) {
    const auto ranking = std::ranges::find(measured.rankings, &dimension, &Ranking::dimension);
    if (ranking == measured.rankings.end())
        return fmt::format(
            "- No events of it stand in {}: it was not recorded, or did not happen. collect_trace with "
            "purpose \"all\" would tell.\n",
            measured.is_compared() ? "both recordings" : "the recording");
    const std::string now = amount_text(dimension, ranking->after);
    grew = ranking->after > dimension.least &&
           (!measured.is_compared() || ranking->after > 1.25 * ranking->before);
    if (!measured.is_compared())
        return fmt::format("- In all {} {} [{}].\n", now, dimension.of, ranking->evidence);
    return fmt::format("- In all {} -> {} {} [{}].\n", amount_text(dimension, ranking->before), now,
                       dimension.of, ranking->evidence);
}

// What of the samples is of the kind, by the code on top of their stacks: the heaviest three.
std::string leaves_text(Inquiry& inquiry, const Measurements& measured, const CostKind& kind, bool& any) {
    std::string text;
    for (const std::string& file : measured.profiles) {
        const ToolResult* top = inquiry.ask("profile_top", {{"file", file}, {"limit", 60}});
        if (!top || !top->fault.empty()) continue;
        std::vector<std::string> parts;
        for (const Json& row : member(top->data, "rows")) {
            const double share = number_at(row, "self_share");
            if (parts.size() == 3 || share < 0.001 || !is_of_kind(kind, text_at(row, "shown"))) continue;
            parts.push_back(fmt::format("{} in {}", percent(share), text_at(row, "shown")));
            any |= share >= 0.03 && &file == &measured.profile_in_question();
        }
        text += fmt::format(
            "- {}: {} [{}].\n", file,
            parts.empty() ? "none of its sixty heaviest methods is of that kind" : join(parts, ", "),
            top->evidence);
    }
    return text;
}

// `any` stays without a value where collections were not recorded.
std::string pauses_text(Inquiry& inquiry, const Measurements& measured, std::optional<bool>& any) {
    std::vector<std::string> sides, evidence;
    std::vector<double> shares;
    for (const std::string& file : measured.profiles) {
        const ToolResult* result = inquiry.ask("profile_gc", {{"file", file}});
        if (!result || !result->fault.empty()) continue;
        if (!flag_at(result->data, "recorded", true)) {
            any = std::nullopt;
            return fmt::format("- {} [{}]\n", text_at(result->data, "why"), result->evidence);
        }
        shares.push_back(number_at(result->data, "pause_share"));
        sides.push_back(fmt::format("{} of the time in {} collections", percent(shares.back()),
                                    grouped(integer_at(result->data, "collections"))));
        evidence.push_back(result->evidence);
    }
    if (shares.empty()) return "- No collections were recorded.\n";
    any = shares.back() >= 0.02 && (shares.size() < 2 || shares.back() > shares.front());
    return fmt::format("- All threads stood still for collections: {} [{}].\n", join(sides, " -> "),
                       join(evidence, ", "));
}

std::string deadlock_text(Inquiry& inquiry, const Measurements& measured, bool& any) {
    const ToolResult* result = inquiry.ask("profile_contention", {{"file", measured.profile_in_question()}});
    if (!result) return {};
    if (!result->fault.empty())
        return fmt::format("- {} [{}]\n", one_line(result->text, 200), result->evidence);
    const Json& circle = member(result->data, "deadlock");
    any = circle.is_array() && !circle.empty();
    if (any)
        return fmt::format("- Threads {} wait for each other's locks [{}].\n", dump_json(circle),
                           result->evidence);
    return fmt::format(
        "- No threads wait for each other's locks when the recording ends [{}]; of a program that "
        "still hangs, thread_stacks tells more.\n",
        result->evidence);
}

}  // namespace

const Suspicion* suspicion_called(std::string_view words) {
    for (const Suspicion& each : kSuspicions) {
        if (RE2::FullMatch(words, fmt::format("(?i)(?:the |a )?(?:{}|{})", each.name, each.words)))
            return &each;
    }
    return nullptr;
}

std::string suspicion_words() {
    std::vector<std::string> words;
    for (const Suspicion& each : kSuspicions) words.emplace_back(each.words);
    return join(words, "|");
}

std::optional<std::string> test_suspicion(Inquiry& inquiry, const Measurements& measured,
                                          const Suspicion& suspicion) {
    std::string facts;
    bool any = false, grew = false;
    std::optional<bool> paused = false;
    const Dimension& time = *dimension_named("time");
    if (suspicion.name == "gc") {
        facts += pauses_text(inquiry, measured, paused);
        any = paused.value_or(false);
    }
    if (suspicion.name == "deadlock") {
        facts += deadlock_text(inquiry, measured, any);
    } else if (const Dimension* dimension = dimension_named(suspicion.dimension)) {
        facts += total_text(measured, *dimension, grew);
        bool listed = false;
        facts += explained_text(measured, *dimension, nullptr, listed);
        if (suspicion.name != "gc") any |= listed && grew;
    }
    if (const CostKind* kind = kind_of(suspicion)) {
        bool listed = false;
        const std::string in_time = explained_text(measured, time, kind, listed);
        facts += listed ? "Of the time:\n" + in_time
                        : "- No method that explains some of the time is of that kind.\n";
        facts += leaves_text(inquiry, measured, *kind, any);
        any |= listed;
    }
    if (inquiry.is_waiting()) return std::nullopt;
    const std::string_view verdict = any      ? "yes, that is a part of it."
                                     : paused ? "no, the measurements speak against it."
                                              : "it cannot be told: it was not recorded.";
    return fmt::format("{}: {}\n{}", suspicion.name, verdict, facts);
}

}  // namespace culprit
