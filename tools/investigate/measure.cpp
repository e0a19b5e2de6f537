#include <algorithm>
#include <cmath>
#include <set>

#include "base/text.h"
#include "tools/investigate/hypotheses.h"

namespace culprit {
namespace {

constexpr std::size_t kMostOfTime = 5, kMostOfOthers = 3;  // suspects
constexpr double kLeastShare = 0.03;                       // what explains less is not worth a paragraph
constexpr double kLeastGrowth = 1.25;                      // of a dimension, before its methods are suspected
constexpr double kLeastRise = 0.1,
                 kRise = 1.5;          // of a share, from the first third of a recording to the last
constexpr double kShortest = 1.5;      // seconds of a recording whose thirds say something
constexpr double kLeastPauses = 0.02;  // of the time

std::string description(const std::string& file, const ToolResult& summary) {
    const Json& data = summary.data;
    std::vector<std::string> metrics;
    for (const Json& metric : member(data, "metrics")) {
        metrics.push_back(
            fmt::format("{} in {} events", text_at(metric, "name"), grouped(integer_at(metric, "samples"))));
    }
    return fmt::format("{}: {}, {}, {} threads, {} [{}]", file, text_at(data, "format"),
                       duration_text(number_at(data, "duration_ns")), integer_at(data, "threads"),
                       join(metrics, ", "), summary.evidence);
}

// The metrics of a profile that can be asked for, by name.
using Metrics = std::set<std::string, std::less<>>;

Metrics metrics_of(const Json& summary) {
    Metrics names;
    for (const Json& metric : member(summary, "metrics")) names.insert(text_at(metric, "name"));
    return names;
}

// Fills profiles, descriptions and problems; the metrics that all of the profiles have.
Metrics read_summaries(Inquiry& inquiry, const std::vector<std::string>& profiles, Measurements& found) {
    Metrics shared;
    for (const std::string& file : profiles) {
        const ToolResult* summary = inquiry.ask("profile_summary", {{"file", file}});
        if (!summary) continue;
        if (!summary->fault.empty()) {
            found.problems.push_back(fmt::format("{}: {}", file, summary->text));
            continue;
        }
        const Metrics metrics = metrics_of(summary->data);
        if (found.profiles.empty()) shared = metrics;
        std::erase_if(shared, [&](const std::string& name) { return !metrics.contains(name); });
        found.profiles.push_back(file);
        found.descriptions.push_back(description(file, *summary));
        for (const Json& warning : member(summary->data, "warnings")) {
            if (warning.is_string())
                found.problems.push_back(fmt::format("{}: {}", file, warning.get<std::string>()));
        }
    }
    return shared;
}

const ToolResult* ask_rows(Inquiry& inquiry, const Measurements& found, const Dimension& dimension, bool own,
                           int limit) {
    const bool compared = found.is_compared();
    Json arguments = compared ? Json{{"before", found.profiles[0]}, {"after", found.profiles[1]}}
                              : Json{{"file", found.profiles[0]}};
    if (!is_time(dimension)) {
        arguments["metric"] = dimension.metric;
        if (compared) arguments["per"] = "second";
    }
    if (dimension.without_waits) arguments["waits"] = "drop";
    if (own) arguments["own"] = true;
    arguments["limit"] = limit;
    return inquiry.ask(compared ? "profile_diff" : "profile_top", arguments);
}

Cost::Part cost_of(const Json& row, const Dimension& dimension, bool compared, double seconds) {
    if (compared) {
        return {.before = number_at(row, "before"),
                .after = number_at(row, "after"),
                .explains = number_at(row, "explains")};
    }
    const double share = number_at(row, "self_share");
    return {.after = is_time(dimension) ? share : number_at(row, "self") / seconds, .explains = share};
}

bool is_worth_it(const Json& row, const Cost::Part& cost, double least, bool compared) {
    if (cost.explains < kLeastShare || cost.after < least) return false;
    return !compared || number_at(row, "change") > 2 * number_at(row, "noise");
}

// Lambdas and state machines count for the member in whose text they stand. What is suspected already gets
// one more cost.
void add_suspect(std::vector<Suspect>& suspects, const std::string& name, const Ranking& ranking,
                 const Cost::Part& part, std::size_t& room) {
    const std::string symbol = plain_symbol(name);
    auto suspect =
        std::ranges::find(suspects, symbol, [](const Suspect& each) { return plain_symbol(each.name); });
    if (suspect == suspects.end()) {
        if (room == 0) return;
        --room;
        suspect = suspects.insert(suspects.end(), Suspect{.name = name});
    }
    auto cost = std::ranges::find(suspect->costs, ranking.dimension, &Cost::dimension);
    if (cost == suspect->costs.end()) {
        cost = suspect->costs.insert(
            cost, Cost{.dimension = ranking.dimension, .parts = {}, .evidence = ranking.evidence});
    }
    cost->parts.push_back(part);
}

double seconds_of(Inquiry& inquiry, const Measurements& found) {
    const Json& summary = inquiry.data("profile_summary", {{"file", found.profile_in_question()}});
    return std::max(number_at(summary, "duration_ns") / 1e9, 1e-9);
}

// Whether a dimension is a suspect as a whole: there is enough of it, and with two profiles clearly more.
bool is_suspicious(const Ranking& ranking, bool compared) {
    if (is_time(*ranking.dimension)) return true;
    if (ranking.after < ranking.dimension->least) return false;
    return !compared || ranking.after > kLeastGrowth * ranking.before;
}

// Ranks the methods in one dimension. False while the answer is missing.
bool rank(Inquiry& inquiry, const Dimension& dimension, Measurements& found) {
    const bool compared = found.is_compared();
    const ToolResult* own = ask_rows(inquiry, found, dimension, true, 40);
    if (own && own->fault == to_string(Fault::NotFound) && is_time(dimension))
        found.problems.push_back(own->text);
    const ToolResult* result = ask_ranking(inquiry, found, dimension);
    if (!result) return false;
    if (!result->fault.empty()) {
        if (is_time(dimension)) found.problems.push_back(result->text);
        return true;
    }
    const double seconds = seconds_of(inquiry, found);
    Ranking ranking{.dimension = &dimension,
                    .before = number_at(result->data, "before_total"),
                    .after = compared ? number_at(result->data, "after_total")
                                      : number_at(result->data, "total") / seconds,
                    .verdict = text_at(result->data, "verdict"),
                    .evidence = result->evidence};
    for (const Json& row : member(result->data, "rows")) {
        if (flag_at(row, "unnamed")) ranking.unnamed += cost_of(row, dimension, compared, seconds).explains;
    }
    found.rankings.push_back(ranking);
    if (ranking.verdict == "unrelated" || ranking.verdict == "no_names") return true;
    if (!found.only && !is_suspicious(ranking, compared)) return true;
    std::size_t room = is_time(dimension) || found.only ? kMostOfTime : kMostOfOthers;
    for (const Json& row : member(result->data, "rows")) {
        const Cost::Part part = cost_of(row, dimension, compared, seconds);
        if (!flag_at(row, "unnamed") && is_worth_it(row, part, found.only ? 0 : dimension.least, compared))
            add_suspect(found.suspects, text_at(row, "shown"), ranking, part, room);
    }
    return true;
}

// What a suspect spends it in: code below it for time, types for what it allocates or throws.
void read_leaves(Inquiry& inquiry, const std::string& file, Suspect& suspect) {
    const std::string_view metric = suspect.costs.front().dimension->metric;
    const std::string symbol = plain_symbol(suspect.name);
    const std::string within = escaped(symbol) + (symbol.ends_with(')') ? "" : "\\b");  // "(anonymous)"
    const ToolResult* result = nullptr;
    std::string_view list = "rows", name = "shown", share = "self_share";
    if (metric.empty()) {
        Json arguments = {{"file", file}, {"within", within}, {"limit", 12}};
        if (suspect.costs.front().dimension->without_waits) arguments["waits"] = "drop";
        result = inquiry.ask("profile_top", arguments);
    } else if (metric == "allocations" || metric == "exceptions") {
        result = inquiry.ask(fmt::format("profile_{}", metric),
                             {{"file", file}, {"within", within}, {"limit", 6}});
        list = "types", name = "type", share = "share";
    }
    if (!result || !result->fault.empty()) return;
    suspect.evidence = result->evidence;
    for (const Json& row : member(result->data, list)) {
        suspect.leaves.push_back({text_at(row, name), number_at(row, share)});
    }
}

// The pauses of the collector: a sampling profiler does not see them.
void read_pauses(Inquiry& inquiry, Measurements& found) {
    std::vector<std::string> sides;
    std::string evidence;
    double most = 0;
    for (const std::string& file : found.profiles) {
        const ToolResult* result = inquiry.ask("profile_gc", {{"file", file}});
        if (!result || !result->fault.empty() || number_at(result->data, "collections") == 0) return;
        const double share = number_at(result->data, "pause_share");
        most = std::max(most, share);
        sides.push_back(fmt::format("{} of the time in {} collections", percent(share),
                                    grouped(integer_at(result->data, "collections"))));
        evidence += (evidence.empty() ? "" : ", ") + result->evidence;
        if (sides.size() == 2) break;
    }
    if (most < kLeastPauses) return;
    found.signs.push_back(fmt::format("All threads stood still for garbage collections: {} [{}]",
                                      join(sides, " -> "), evidence));
}

// Threads that wait for each other, a pool that starves.
void read_waits(Inquiry& inquiry, Measurements& found) {
    const ToolResult* result = inquiry.ask("profile_contention", {{"file", found.profile_in_question()}});
    if (!result || !result->fault.empty()) return;
    const Json& circle = member(result->data, "deadlock");
    if (circle.is_array() && !circle.empty()) {
        found.signs.push_back(fmt::format("A deadlock: threads {} wait for each other's locks [{}]",
                                          dump_json(circle), result->evidence));
    }
    for (const Json& each : member(result->data, "pool_adjustments")) {
        if (text_at(each, "reason") != "Starvation") continue;
        found.signs.push_back(
            fmt::format("The thread pool starved {} times: its threads are blocked while work waits [{}]",
                        integer_at(each, "count"), result->evidence));
    }
}

// The shares of the program's methods in a stretch of the recording.
const ToolResult* ask_stretch(Inquiry& inquiry, const std::string& file, double from, double to) {
    return inquiry.ask("profile_top",
                       {{"file", file}, {"own", true}, {"from", from}, {"to", to}, {"limit", 40}});
}

double share_in(const ToolResult& top, const Suspect& suspect) {
    double share = 0;
    for (const Json& row : member(top.data, "rows")) {
        if (plain_symbol(text_at(row, "shown")) == plain_symbol(suspect.name))
            share += number_at(row, "self_share");
    }
    return share;
}

// Whether a suspect costs the more the longer the program runs: it works on what piles up.
void read_rises(Inquiry& inquiry, Measurements& found) {
    const double seconds = seconds_of(inquiry, found);
    const bool any = std::ranges::any_of(found.suspects, [](const Suspect& suspect) {
        return is_time(*suspect.costs.front().dimension) && suspect.costs.front().sum().after >= kLeastRise;
    });
    if (!any || seconds < kShortest) return;
    const double third = std::round(seconds / 3 * 100) / 100;
    const std::string& file = found.profile_in_question();
    const ToolResult* first = ask_stretch(inquiry, file, 0, third);
    const ToolResult* last = ask_stretch(inquiry, file, 2 * third, 0);
    if (!first || !last || !first->fault.empty() || !last->fault.empty()) return;
    for (Suspect& suspect : found.suspects) {
        const double early = share_in(*first, suspect), late = share_in(*last, suspect);
        if (late - early < kLeastRise || late < kRise * early) continue;
        suspect.rise = Rise{early, late, fmt::format("{}, {}", first->evidence, last->evidence)};
    }
}

// Time and allocations per unit of work, where both recordings tell how much they saw.
void read_work(Inquiry& inquiry, const Metrics& metrics, const Work& work, Measurements& found) {
    if (!found.is_compared() || work.before <= 0 || work.after <= 0) return;
    found.unit = work.unit;
    for (const std::string_view metric : {"cpu", "thread_time", "allocations"}) {
        const bool is_time = metric != "allocations";
        if (!metrics.contains(metric) || (metric == "thread_time" && metrics.contains("cpu"))) continue;
        const ToolResult* result = inquiry.ask("profile_diff", {{"before", found.profiles[0]},
                                                                {"after", found.profiles[1]},
                                                                {"metric", metric},
                                                                {"own", true},
                                                                {"work_before", work.before},
                                                                {"work_after", work.after},
                                                                {"limit", 40}});
        if (!result || !result->fault.empty()) continue;
        const auto text = [&](double amount) { return is_time ? duration_text(amount) : bytes_text(amount); };
        found.signs.push_back(fmt::format("Per {}: {} -> {} {} [{}]", work.unit,
                                          text(number_at(result->data, "before_total")),
                                          text(number_at(result->data, "after_total")),
                                          is_time ? "of time" : "allocated", result->evidence));
        for (Suspect& suspect : found.suspects) {
            for (const Json& row : member(result->data, "rows")) {
                if (plain_symbol(text_at(row, "shown")) != plain_symbol(suspect.name)) continue;
                suspect.per_unit.push_back(
                    {number_at(row, "before"), number_at(row, "after"), is_time, result->evidence});
                break;
            }
        }
    }
}

std::string missing_metric(const Dimension& dimension) {
    return fmt::format(
        "{} were not recorded, or there were none; collect_trace with purpose \"all\" records them",
        dimension.metric);
}

}  // namespace

std::string escaped(std::string_view text) {
    std::string pattern;
    for (const char c : text) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                           c == '_' || static_cast<unsigned char>(c) >= 0x80;
        if (!plain) pattern += '\\';
        pattern += c;
    }
    return pattern;
}

std::string plain_symbol(std::string_view shown) {
    // Parameters; what begins with one is all name: "(anonymous:L#9:C#49)".
    std::string symbol(shown.substr(0, shown.find('(', 1)));
    const std::size_t lambda = symbol.find(".lambda");
    if (lambda != std::string::npos) symbol.erase(lambda);
    const std::size_t tag = symbol.find("[abi:");  // of C++: "folded[abi:cxx11]"
    if (tag != std::string::npos) symbol.erase(tag);
    // Type arguments are of the run; the source has parameters.
    int depth = 0;
    std::string plain;
    for (const char c : symbol) {
        if (c == '<') ++depth;
        if (depth == 0) plain += c;
        if (c == '>' && depth > 0) --depth;
    }
    return plain;
}

const ToolResult* ask_ranking(Inquiry& inquiry, const Measurements& measured, const Dimension& dimension,
                              int limit) {
    const ToolResult* result = ask_rows(inquiry, measured, dimension, true, limit);
    const bool none_is_own = result && result->fault == to_string(Fault::NotFound);
    return none_is_own ? ask_rows(inquiry, measured, dimension, false, limit) : result;
}

Cost::Part cost_of_row(Inquiry& inquiry, const Measurements& measured, const Dimension& dimension,
                       const Json& row) {
    return cost_of(row, dimension, measured.is_compared(), seconds_of(inquiry, measured));
}

std::optional<Measurements> measure(Inquiry& inquiry, const std::vector<std::string>& profiles,
                                    const Dimension* only, const Work& work) {
    Measurements found{.only = only};
    const Metrics metrics = read_summaries(inquiry, profiles, found);
    if (inquiry.is_waiting()) return std::nullopt;
    if (found.profiles.empty()) return found;

    bool complete = true;
    for (const Dimension& dimension : only ? std::span(only, 1) : dimensions()) {
        if (is_time(dimension) || metrics.contains(dimension.metric))
            complete = rank(inquiry, dimension, found) && complete;
        else if (only)
            found.problems.push_back(missing_metric(dimension));
    }
    const auto is_in_question = [&](std::string_view metric) {
        return metrics.contains(metric) && (!only || only->metric == metric);
    };
    if (is_in_question("allocations")) read_pauses(inquiry, found);
    if (is_in_question("contention")) read_waits(inquiry, found);
    if (!complete || inquiry.is_waiting()) return std::nullopt;
    for (Suspect& suspect : found.suspects) read_leaves(inquiry, found.profile_in_question(), suspect);
    read_rises(inquiry, found);
    read_work(inquiry, metrics, work, found);
    if (inquiry.is_waiting()) return std::nullopt;
    return found;
}

}  // namespace culprit
