#include "tools/investigate/scout.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <deque>
#include <map>
#include <set>

#include "base/text.h"
#include "tools/investigate/marks.h"

namespace culprit {
namespace {

constexpr std::size_t kMostEntries = 5, kMostLeads = 6, kMostFunctions = 400, kMostHops = 9;
constexpr double kNearBest = 0.55;  // of the best entry's score: what fits less is not walked from

constexpr double kOwn = 1;  // the weight of a function's own name

// The stems of a function's names, and how much one of each place counts.
struct Named {
    Definition definition;
    std::vector<std::string> own, type, space, arguments;
};

template <class Visit>  // visit(stem, weight)
void each_stem(const Named& named, Visit visit) {
    for (const std::string& stem : named.own) visit(stem, kOwn);
    for (const std::string& stem : named.type) visit(stem, 0.7);
    for (const std::string& stem : named.arguments) visit(stem, 0.5);
    for (const std::string& stem : named.space) visit(stem, 0.25);
}

Named named(Definition definition) {
    Named named;
    const std::size_t dot = definition.container.rfind('.');
    // A constructor's name says no more than its type's.
    if (definition.kind != SymbolKind::Constructor) named.own = name_stems(definition.name);
    named.type = name_stems(definition.container.substr(dot == std::string::npos ? 0 : dot + 1));
    if (dot != std::string::npos) named.space = name_stems(definition.container.substr(0, dot));
    for (const SourceParameter& parameter : definition.parameters) {
        for (const std::string& text : {parameter.type, parameter.name}) {
            std::ranges::move(name_stems(text), std::back_inserter(named.arguments));
            if (text.ends_with("[]")) named.arguments.push_back(stem("array"));
        }
    }
    named.definition = std::move(definition);
    return named;
}

std::vector<Named> functions_in(SourceIndex& source, const std::string& root, std::stop_token stop) {
    std::vector<Named> all;
    for (const fs::path& file : source.files_named("")) {
        if (stop.stop_requested()) break;
        for (Definition& each : source.definitions_in(file)) {
            const bool counts =
                facts::is_callable(each.kind) && each.has_body && !each.is_generated && !each.is_test;
            if (counts && (root.empty() || each.root == root)) all.push_back(named(std::move(each)));
        }
    }
    return all;
}

// How rare each stem is among the functions: the logarithm of one in how many.
std::map<std::string, double, std::less<>> rarities(const std::vector<Named>& functions) {
    std::map<std::string, double, std::less<>> counts;
    for (const Named& function : functions) {
        std::set<std::string_view> stems;
        each_stem(function, [&](const std::string& stem, double) { stems.insert(stem); });
        for (const std::string_view stem : stems) ++counts[std::string(stem)];
    }
    for (auto& [stem, count] : counts) count = std::log(1 + static_cast<double>(functions.size()) / count);
    return counts;
}

// A name that stands in the description as it is: "Cart.Add", "AddItem".
double literal_score(const Definition& definition, std::string_view about) {
    const std::size_t dot = definition.container.rfind('.');
    const std::string type = definition.container.substr(dot == std::string::npos ? 0 : dot + 1);
    if (about.find(type + "." + definition.name) != about.npos ||
        about.find(type + "::" + definition.name) != about.npos)
        return 20;
    const auto is_code = [](std::string_view name) {
        return name.size() > 3 &&
               std::ranges::any_of(name.substr(1), [](char c) { return (c >= 'A' && c <= 'Z') || c == '_'; });
    };
    double score = 0;
    if (is_code(definition.name) && contains_word(about, definition.name)) score += 10;
    if (is_code(type) && contains_word(about, type)) score += 6;
    return score;
}

// In a folder of what only uses the program.
bool is_beside(const Definition& definition) {
    static constexpr std::array<std::string_view, 7> kBeside = {"bench", "sample", "example", "tool",
                                                                "demo",  "test",   "stress"};
    const std::string folder = to_lower(definition.file.parent_path().string());
    return std::ranges::any_of(kBeside, [&](std::string_view word) {
        const std::size_t at = folder.rfind(word);
        return at != std::string::npos && at > 0 && std::string_view("/.-_").contains(folder[at - 1]);
    });
}

std::vector<Entry> find_entries(const std::vector<Named>& functions, std::string_view about) {
    const std::vector<DescribedWord> wanted = described_words(about);
    const auto rarity = rarities(functions);
    std::vector<Entry> entries;
    for (const Named& function : functions) {
        std::map<std::string, double> found;
        each_stem(function, [&](const std::string& stem, double weight) {
            const auto word = std::ranges::find(wanted, stem, &DescribedWord::stem);
            if (word == wanted.end()) return;
            const double deed = word->is_deed && weight == kOwn ? 2 : 1;
            double& most = found[stem];
            most = std::max(most, deed * weight * rarity.find(stem)->second);
        });
        Entry entry{.definition = function.definition, .score = literal_score(function.definition, about)};
        for (const auto& [stem, weight] : found) {
            entry.words.push_back(std::ranges::find(wanted, stem, &DescribedWord::stem)->text);
            entry.score += weight;
        }
        if (entry.score == 0) continue;
        // A name that says more than the description is about something else, too.
        const auto beside = std::ranges::count_if(
            function.own, [&](const std::string& stem) { return !found.contains(stem); });
        entry.score /= 1 + 0.25 * static_cast<double>(beside);
        if (is_beside(entry.definition)) entry.score /= 2;
        if (entry.definition.kind == SymbolKind::Constructor) entry.score /= 1.5;
        entries.push_back(std::move(entry));
    }
    std::ranges::stable_sort(entries, std::greater(), &Entry::score);
    if (entries.size() > kMostEntries) entries.resize(kMostEntries);
    const double best = entries.empty() ? 0 : entries.front().score;
    std::erase_if(entries, [&](const Entry& entry) { return entry.score < kNearBest * best; });
    return entries;
}

// The text of a function without blanks at the ends of its lines, to be compared.
std::string body_of(const Definition& definition) {
    const std::string text = read_file(definition.file).value_or("");
    const auto lines = split_lines(text);
    std::string body;
    for (int i = definition.first_line; i <= definition.last_line && i <= static_cast<int>(lines.size()); ++i)
        body += std::string(trim(lines[static_cast<std::size_t>(i) - 1])) + '\n';
    return body;
}

class Walk {
  public:
    Walk(const ScoutOrder& order, Scouted& found, SourceIndex& source, std::stop_token stop)
        : order_(order), found_(found), source_(source), stop_(std::move(stop)) {}

    Result<> go() {
        for (const Entry& entry : found_.entries) add(entry.definition, kNoParent, 0, entry.score, 0);
        for (std::size_t at = 0; at < visited_.size(); ++at) {
            if (stop_.stop_requested()) return std::unexpected(cancelled());
            const std::vector<CallSite> calls = source_.calls_in(visited_[at].definition);
            TRY_OK(look_at(at, calls));
            follow(at, calls);
        }
        found_.functions = visited_.size();
        std::ranges::stable_sort(found_.leads, std::greater(), &Lead::score);
        if (found_.leads.size() > kMostLeads) found_.leads.resize(kMostLeads);
        return {};
    }

  private:
    static constexpr std::size_t kNoParent = ~std::size_t{0};
    struct Visited {
        Definition definition;
        std::size_t parent;
        int call_line;       // in the parent
        double entry_score;  // of the one it was reached from
        std::size_t hops;
    };

    void add(const Definition& definition, std::size_t parent, int call_line, double score,
             std::size_t hops) {
        if (!seen_.insert({definition.file.string(), definition.line}).second) return;
        if (visited_.size() == kMostFunctions) {
            found_.is_partial = true;
            return;
        }
        visited_.push_back({definition, parent, call_line, score, hops});
    }

    void follow(std::size_t at, const std::vector<CallSite>& calls) {
        const Visited from = visited_[at];
        if (from.hops == kMostHops) return;
        for (const CallSite& site : calls) {
            if (site.targets.empty() || site.targets.front().certainty == Certainty::ByName) continue;
            const Definition& target = site.targets.front().definition;
            if (target.is_test || target.is_generated || target.root != from.definition.root) continue;
            if (target.has_body) add(target, at, site.line, from.entry_score, from.hops + 1);
            for (const Definition& each : source_.implementations(target)) {
                if (each.has_body && !each.is_test) add(each, at, site.line, from.entry_score, from.hops + 1);
            }
        }
    }

    Result<> look_at(std::size_t at, const std::vector<CallSite>& calls) {
        const Visited& here = visited_[at];
        TRY(std::vector<Mark> marks, marks_in(here.definition, calls, found_.symptom, finder_));
        const bool changed = has_changed(here.definition);
        if (marks.empty() && !(changed && here.hops > 0)) return {};
        Lead lead{.definition = here.definition, .marks = std::move(marks), .has_changed = changed};
        for (std::size_t i = 0; i < lead.marks.size(); ++i)
            lead.score += weight_of(lead.marks[i]) / static_cast<double>(i + 1);
        lead.score = (lead.score + 0.2) * here.entry_score / (1 + 0.15 * static_cast<double>(here.hops));
        if (changed) lead.score *= 3;
        if (changed && !lead.marks.empty()) lead.sureness = Lead::Sureness::Medium;
        int line = here.call_line;
        for (std::size_t step = here.parent; step != kNoParent; step = visited_[step].parent) {
            lead.path.insert(lead.path.begin(), {visited_[step].definition, line});
            line = visited_[step].call_line;
        }
        found_.leads.push_back(std::move(lead));
        return {};
    }

    bool has_changed(const Definition& definition) {
        if (order_.baseline.empty()) return false;
        const auto before =
            source_.find({.name = definition.qualified, .kinds = {definition.kind}, .root = order_.baseline});
        if (before.empty()) return true;
        const std::string body = body_of(definition);
        return std::ranges::none_of(before, [&](const Definition& each) { return body_of(each) == body; });
    }

    const ScoutOrder& order_;
    Scouted& found_;
    SourceIndex& source_;
    std::stop_token stop_;
    PatternFinder finder_{{}};
    std::deque<Visited> visited_;
    std::set<std::pair<std::string, int>> seen_;
};

}  // namespace

Result<Scouted> scout(const ScoutOrder& order, SourceIndex& source, std::stop_token stop) {
    TRY_OK(source.make_current(stop));
    Scouted found;
    found.symptom = order.symptom == Symptom::Unknown ? symptom_in(order.about) : order.symptom;
    const std::vector<Named> functions = functions_in(source, order.root, stop);
    if (stop.stop_requested()) return std::unexpected(cancelled());
    found.entries = find_entries(functions, order.about);
    TRY_OK(Walk(order, found, source, stop).go());
    found.is_partial |= source.is_partial();
    return found;
}

}  // namespace culprit
