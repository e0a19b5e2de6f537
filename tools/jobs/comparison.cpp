#include "tools/jobs/comparison.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>
#include <unordered_map>

#include "base/text.h"

namespace culprit {

std::vector<std::string> test_names(const Job& job) {
    std::vector<std::string> names;
    std::unordered_map<std::string, int> count;
    for (const Test& test : job.tests) {
        const bool tells = test.group.empty() || test.name.starts_with(test.group);
        names.push_back(tells ? test.name : fmt::format("{} / {}", test.group, test.name));
        ++count[names.back()];
    }
    for (std::size_t i = 0; i < names.size(); ++i) {
        const Test& test = job.tests[i];
        if (count[names[i]] > 1) names[i] += fmt::format(" over {} ({})", test.load, test.group);
    }
    return names;
}

namespace {

constexpr std::size_t kMostNamed = 5;
constexpr double kNoisy = 0.05;

// "N tests WHAT: a, b, c, ..." of those that `is_one`; nothing if there are none.
template <class Predicate>
void note_tests(Comparison& comparison, std::string_view what, Predicate is_one) {
    std::vector<std::string> named;
    std::size_t count = 0;
    for (const Judged& judged : comparison.detection.judged) {
        if (!is_one(judged)) continue;
        if (++count <= kMostNamed) named.push_back(comparison.name(judged));
    }
    if (count == 0) return;
    comparison.notes.push_back(fmt::format("{} test{} {}: {}{}", count, count == 1 ? "" : "s", what,
                                           join(named, ", "), count > kMostNamed ? ", ..." : ""));
}

}  // namespace

Comparison compare(Job baseline, Job candidate, std::vector<Job> history, const DetectSettings& settings) {
    Comparison comparison{
        .baseline = std::move(baseline), .candidate = std::move(candidate), .history = std::move(history)};
    comparison.detection = detect(comparison.baseline, comparison.candidate, comparison.history, settings);
    comparison.names = test_names(comparison.candidate);
    if (comparison.history.empty())
        comparison.notes.emplace_back(
            "there are no earlier jobs to tell noise from change: confidence is Medium at most");
    note_tests(comparison, "noisy (5 % or more between jobs), so that small changes say little",
               [](const Judged& judged) { return judged.noise >= kNoisy; });
    if (std::abs(comparison.detection.shift) >= 0.002)
        comparison.notes.push_back(
            fmt::format("the whole candidate is shifted by {:+.1f} %: taken off each test",
                        100 * comparison.detection.shift));
    for (const Job* job : {&comparison.baseline, &comparison.candidate}) {
        for (const std::string& warning : job->warnings)
            comparison.notes.push_back(fmt::format("job {}: {}", job->info.id, warning));
    }
    const JobInfo &before = comparison.baseline.info, &after = comparison.candidate.info;
    if (before.hardware != after.hardware)
        comparison.notes.push_back(
            fmt::format("the jobs ran on different hardware ({} and {})", before.hardware, after.hardware));
    return comparison;
}

std::string_view to_string(GateVerdict decision) {
    switch (decision) {
        case GateVerdict::Approve: return "APPROVE";
        case GateVerdict::Review: return "REVIEW";
        case GateVerdict::Block: return "BLOCK";
    }
    return "";
}

namespace {

// What a test may have in common with others: its group, its metric, what it counts, each word of its name.
std::vector<std::pair<std::string, std::string>> traits_of(const Test& test) {
    std::vector<std::pair<std::string, std::string>> traits;
    if (!test.group.empty()) traits.emplace_back("group", test.group);
    if (!test.metric.empty()) traits.emplace_back("metric", test.metric);
    if (!test.load.empty()) traits.emplace_back("load", test.load);
    std::string word;
    std::set<std::string> words;
    for (const char c : test.name + " ") {
        const bool in_word = std::isalpha(static_cast<unsigned char>(c)) || c == '_' || c == '-';
        if (in_word) {
            word += c;
        } else {
            if (word.size() > 2 && word != test.group && word != test.metric) words.insert(word);
            word.clear();
        }
    }
    for (const std::string& each : words) traits.emplace_back("word", each);
    return traits;
}

double log_choose(std::size_t n, std::size_t k) {
    const auto of = [](std::size_t value) { return std::lgamma(static_cast<double>(value) + 1); };
    return of(n) - of(k) - of(n - k);
}

// -log10 of the chance to draw `hits` or more marked ones, `drawn` at once from `all` of which `marked` are.
double surprise(std::size_t all, std::size_t marked, std::size_t drawn, std::size_t hits) {
    double chance = 0;
    for (std::size_t k = hits; k <= std::min(marked, drawn); ++k) {
        if (drawn - k > all - marked) continue;
        chance +=
            std::exp(log_choose(marked, k) + log_choose(all - marked, drawn - k) - log_choose(all, drawn));
    }
    return chance > 0 ? -std::log10(chance) : 300;
}

constexpr double kSurprising = 3;  // one in a thousand
constexpr std::size_t kMostTraits = 8;

std::vector<CommonTrait> common_traits(const Comparison& comparison,
                                       const std::vector<const Judged*>& regressions) {
    struct Count {
        std::size_t tests = 0, regressed = 0;
    };
    std::map<std::pair<std::string, std::string>, Count> counts;
    for (const Judged& judged : comparison.detection.judged) {
        for (auto& trait : traits_of(comparison.test(judged))) ++counts[std::move(trait)].tests;
    }
    for (const Judged* judged : regressions) {
        for (const auto& trait : traits_of(comparison.test(*judged))) ++counts[trait].regressed;
    }
    const std::size_t all = comparison.detection.judged.size();
    std::vector<CommonTrait> common;
    for (const auto& [trait, count] : counts) {
        if (count.regressed < 2 || count.tests == all) continue;
        const double usual = static_cast<double>(regressions.size()) / static_cast<double>(all);
        const double share = static_cast<double>(count.regressed) / static_cast<double>(count.tests);
        const double log_odds = surprise(all, count.tests, regressions.size(), count.regressed);
        if (log_odds < kSurprising || share < 2 * usual) continue;
        common.push_back({trait.first, trait.second, count.regressed, count.tests, share / usual, log_odds});
    }
    std::ranges::stable_sort(common, std::ranges::greater{}, &CommonTrait::log_odds);
    if (common.size() > kMostTraits) common.resize(kMostTraits);
    return common;
}

bool is_grave(const Judged& judged) { return judged.severity >= Severity::Severe; }

bool is_sure(const Judged& judged) {
    return judged.confidence == Confidence::High ||
           (judged.confidence == Confidence::Medium && judged.history == 0);
}

void decide(const Comparison& comparison, Ruling& ruling) {
    std::size_t blocking = 0, doubtful = 0;
    for (const Judged* judged : ruling.regressions) {
        if (comparison.is_acknowledged(*judged)) continue;
        if (is_grave(*judged) && is_sure(*judged))
            ++blocking;
        else if (is_grave(*judged) || judged->confidence == Confidence::High)
            ++doubtful;
    }
    const Detection& detection = comparison.detection;
    const std::size_t lost = detection.not_judged.size() + detection.vanished.size();
    if (blocking > 0) {
        ruling.verdict = GateVerdict::Block;
        ruling.why = fmt::format("{} test{} regressed by {:.0f} % or more beyond doubt", blocking,
                                 blocking == 1 ? "" : "s", 100 * DetectSettings{}.severe);
    } else if (detection.judged.empty()) {
        ruling.verdict = GateVerdict::Review;
        ruling.why = "no test could be judged";
    } else if (doubtful > 0) {
        ruling.verdict = GateVerdict::Review;
        ruling.why = fmt::format("{} regression{} too small or too uncertain to block for", doubtful,
                                 doubtful == 1 ? " is" : "s are");
    } else if (lost * 10 > comparison.baseline.tests.size()) {
        ruling.verdict = GateVerdict::Review;
        ruling.why = fmt::format("{} of {} tests vanished or could not be judged", lost,
                                 comparison.baseline.tests.size());
    } else {
        ruling.why = ruling.regressions.empty()
                         ? "no regression was found"
                         : "the regressions found are small, uncertain or acknowledged";
    }
}

}  // namespace

Ruling rule(const Comparison& comparison) {
    Ruling ruling;
    for (const Judged& judged : comparison.detection.judged) {
        if (judged.change == Outcome::Regressed) ruling.regressions.push_back(&judged);
        if (judged.change == Outcome::Improved) ruling.improvements.push_back(&judged);
    }
    std::ranges::stable_sort(ruling.regressions, [](const Judged* a, const Judged* b) {
        return std::tuple(a->severity, a->confidence, a->slowdown) >
               std::tuple(b->severity, b->confidence, b->slowdown);
    });
    std::ranges::stable_sort(ruling.improvements, {}, &Judged::slowdown);
    if (!ruling.regressions.empty()) ruling.common = common_traits(comparison, ruling.regressions);
    decide(comparison, ruling);
    return ruling;
}

}  // namespace culprit
