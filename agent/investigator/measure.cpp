#include <algorithm>

#include "agent/investigator/suspects.h"
#include "base/text.h"

namespace culprit {
namespace {

constexpr std::size_t kMostSuspects = 5;
constexpr double kLeastShare = 0.03;  // what explains less is not worth a paragraph

// Every character that RE2 could take for an operator, escaped.
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

std::string description(const std::string& file, const ToolResult& summary) {
    const Json& data = summary.data;
    std::vector<std::string> metrics;
    for (const Json& metric : member(data, "metrics")) {
        metrics.push_back(
            fmt::format("{} {}", grouped(integer_at(metric, "samples")), text_at(metric, "name")));
    }
    return fmt::format("{}: {}, {}, {} threads, {} [{}]", file, text_at(data, "format"),
                       duration_text(number_at(data, "duration_ns")), integer_at(data, "threads"),
                       join(metrics, ", "), summary.evidence);
}

void read_summaries(Conversation& conversation, const Clues& clues, Measurements& found) {
    for (const std::string& file : clues.profiles) {
        const ToolResult* summary = conversation.ask("profile_summary", {{"file", file}});
        if (!summary) continue;
        if (!summary->fault.empty()) {
            found.problems.push_back(fmt::format("{}: {}", file, summary->text));
            continue;
        }
        found.profiles.push_back(file);
        found.descriptions.push_back(description(file, *summary));
        for (const Json& warning : member(summary->data, "warnings")) {
            if (warning.is_string())
                found.problems.push_back(fmt::format("{}: {}", file, warning.get<std::string>()));
        }
    }
}

const ToolResult* rank(Conversation& conversation, const Measurements& found, bool compared, bool own) {
    Json arguments = compared ? Json{{"before", found.profiles[0]}, {"after", found.profiles[1]}}
                              : Json{{"file", found.profiles[0]}};
    if (own) arguments["own"] = true;
    arguments["limit"] = 40;
    return conversation.ask(compared ? "profile_diff" : "profile_top", arguments);
}

bool is_worth_it(const Json& row, bool compared) {
    if (!compared) return number_at(row, "self_share") >= kLeastShare;
    return number_at(row, "explains") >= kLeastShare &&
           number_at(row, "change") > 2 * number_at(row, "noise");
}

Suspect suspect_of(const Json& row, bool compared) {
    Suspect suspect{.name = text_at(row, "shown")};
    if (compared) {
        suspect.before = number_at(row, "before");
        suspect.after = number_at(row, "after");
        suspect.explains = number_at(row, "explains");
    } else {
        suspect.after = suspect.explains = number_at(row, "self_share");
    }
    return suspect;
}

// Lambdas and state machines count for the member in whose text they stand.
void add_suspect(std::vector<Suspect>& suspects, Suspect suspect) {
    const std::string symbol = plain_symbol(suspect.name);
    const auto same =
        std::ranges::find(suspects, symbol, [](const Suspect& each) { return plain_symbol(each.name); });
    if (same != suspects.end()) {
        same->before += suspect.before;
        same->after += suspect.after;
        same->explains += suspect.explains;
    } else if (suspects.size() < kMostSuspects) {
        suspects.push_back(std::move(suspect));
    }
}

void read_leaves(Conversation& conversation, const std::string& file, Suspect& suspect) {
    const ToolResult* result = conversation.ask(
        "profile_top",
        {{"file", file}, {"within", escaped(plain_symbol(suspect.name)) + "\\b"}, {"limit", 12}});
    if (!result || !result->fault.empty()) return;
    suspect.evidence = result->evidence;
    for (const Json& row : member(result->data, "rows")) {
        suspect.leaves.push_back({text_at(row, "shown"), number_at(row, "self_share")});
    }
}

}  // namespace

std::string plain_symbol(std::string_view shown) {
    std::string symbol(shown.substr(0, shown.find('(')));
    const std::size_t lambda = symbol.find(".lambda");
    if (lambda != std::string::npos) symbol.erase(lambda);
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

std::optional<Measurements> measure(Conversation& conversation, const Clues& clues) {
    Measurements found;
    read_summaries(conversation, clues, found);
    if (conversation.is_waiting()) return std::nullopt;
    if (found.profiles.empty()) return found;

    const bool compared = found.profiles.size() >= 2;
    const std::string& file = compared ? found.profiles[1] : found.profiles[0];
    const ToolResult* ranking = rank(conversation, found, compared, true);
    if (ranking && ranking->fault == to_string(Fault::NotFound)) {
        found.problems.push_back(ranking->text);
        ranking = rank(conversation, found, compared, false);  // all code, then
    }
    if (!ranking) return std::nullopt;
    if (!ranking->fault.empty()) {
        found.problems.push_back(ranking->text);
        return found;
    }
    found.evidence = ranking->evidence;
    found.metric = text_at(ranking->data, "metric");
    found.verdict = text_at(ranking->data, "verdict");
    for (const Json& row : member(ranking->data, "rows")) {
        if (is_worth_it(row, compared)) add_suspect(found.suspects, suspect_of(row, compared));
    }
    for (Suspect& suspect : found.suspects) read_leaves(conversation, file, suspect);
    if (conversation.is_waiting()) return std::nullopt;
    return found;
}

}  // namespace culprit
