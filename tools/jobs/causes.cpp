#include "tools/jobs/causes.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <set>

#include "base/text.h"
#include "tools/args.h"
#include "tools/investigate/edits.h"
#include "tools/investigate/states.h"
#include "tools/investigate/tools.h"

namespace culprit {
namespace {

constexpr std::size_t kMostSuspects = 5;
constexpr std::size_t kShortestWord = 3;

struct Versions {
    std::string from, to, root;
};

// As projects tag their versions.
std::string tag_of(const Git& git, const JobInfo& job) {
    if (job.version.empty()) return {};
    for (const char* form : {"{1}", "v{1}", "{0}-{1}", "{0}-v{1}", "{0}/{1}", "{0}/v{1}", "release/{1}"}) {
        const std::string tag = fmt::format(fmt::runtime(form), job.product, job.version);
        if (git.commit("refs/tags/" + tag)) return tag;
    }
    return {};
}

// The first source root that has tags of both versions.
Versions tagged(Workbench& bench, const Comparison& comparison) {
    for (const Root* root : bench.roots.sources()) {
        const auto git = Git::open(root->path, bench.stop);
        if (!git) continue;
        Versions versions{.from = tag_of(*git, comparison.baseline.info),
                          .to = tag_of(*git, comparison.candidate.info),
                          .root = root->name};
        if (!versions.from.empty() && !versions.to.empty()) return versions;
    }
    return {};
}

// "GET /orders/{id}", "OrderStore.ReadAll": get, orders, id, order, store, read, all. A plural counts as one.
std::set<std::string> words_of(std::string_view text) {
    std::set<std::string> words;
    std::string word;
    const auto end_word = [&] {
        if (word.size() > kShortestWord && word.back() == 's') word.pop_back();
        if (word.size() >= kShortestWord) words.insert(word);
        word.clear();
    };
    bool was_lower = false;
    for (const char c : text) {
        const auto letter = static_cast<unsigned char>(c);
        if (!std::isalpha(letter) || (was_lower && std::isupper(letter))) end_word();
        if (std::isalpha(letter)) word += static_cast<char>(std::tolower(letter));
        was_lower = std::islower(letter) != 0;
    }
    end_word();
    return words;
}

// Words that regressed tests have more often than tests in general: by how much.
std::map<std::string, double> telling_words(const Comparison& comparison, const Ruling& ruling) {
    struct Count {
        double tests = 0, regressed = 0;
    };
    std::map<std::string, Count> counts;
    for (const Judged& judged : comparison.detection.judged) {
        for (const std::string& word : words_of(comparison.name(judged))) {
            ++counts[word].tests;
            counts[word].regressed += judged.change == Outcome::Regressed;
        }
    }
    const double usual = static_cast<double>(ruling.regressions.size()) /
                         static_cast<double>(comparison.detection.judged.size());
    std::map<std::string, double> telling;
    for (const auto& [word, count] : counts) {
        const double share = count.regressed / (count.tests + 1);  // one test tells little
        if (share > usual) telling[word] = share - usual;
    }
    return telling;
}

Result<std::vector<Declared>> declared_in(const States& states, std::string ChangedText::*path,
                                          std::string ChangedText::*text, StringTable& texts,
                                          std::stop_token stop) {
    std::vector<Declared> all;
    for (const ChangedText& file : states.files) {
        if ((file.*path).empty()) continue;
        auto declared = read_declared(file.*path, file.*text, texts, stop);
        if (!declared && declared.error().fault == Fault::Cancelled) return std::unexpected(declared.error());
        if (declared) std::ranges::move(*declared, std::back_inserter(all));
    }
    return all;
}

Result<SourceCauses> by_names(Workbench& bench, const Comparison& comparison, const Ruling& ruling,
                              const Versions& versions) {
    TRY(const States states, read_states(bench, versions.from, versions.to, versions.root));
    StringTable texts;
    TRY(const std::vector<Declared> before,
        declared_in(states, &ChangedText::before_path, &ChangedText::before, texts, bench.stop));
    TRY(const std::vector<Declared> after,
        declared_in(states, &ChangedText::after_path, &ChangedText::after, texts, bench.stop));
    SourceCauses causes{.from = states.before, .to = states.after, .suspects = {}, .note = {}};
    const std::map<std::string, double> telling = telling_words(comparison, ruling);
    std::vector<std::pair<double, SuspectedEdit>> found;
    for (const Edit& edit : find_edits(before, after, texts)) {
        if (!edit.is_real()) continue;
        ++causes.edits;
        if (!edit.adds_work) continue;
        const Declared& declared = edit.declared();
        double score = 0;
        std::vector<std::string> shared;
        for (const std::string& word : words_of(declared.definition.qualified + " " + declared.path)) {
            const auto known = telling.find(word);
            if (known == telling.end()) continue;
            score += known->second;
            shared.push_back(word);
        }
        if (shared.empty()) continue;
        found.emplace_back(score, SuspectedEdit{.symbol = declared.definition.qualified,
                                                .file = states.root->name + "/" + declared.path,
                                                .line = declared.definition.line,
                                                .why = fmt::format("{}, names {}", to_string(edit.kind),
                                                                   fmt::join(shared, ", "))});
    }
    std::ranges::stable_sort(found, std::ranges::greater{}, [](const auto& each) { return each.first; });
    if (found.size() > kMostSuspects) found.resize(kMostSuspects);
    for (auto& [score, suspect] : found) causes.suspects.push_back(std::move(suspect));
    return causes;
}

Result<SourceCauses> by_profiles(Workbench& bench, const Versions& versions,
                                 const std::vector<std::string>& profiles) {
    const Tool tool = suspects_tool();
    TRY(const Args args, check_arguments(tool, {{"before", profiles[0]},
                                                {"after", profiles[1]},
                                                {"from", versions.from},
                                                {"to", versions.to},
                                                {"path", versions.root},
                                                {"limit", kMostSuspects}}));
    TRY(const Output output, tool.run(args, bench));
    SourceCauses causes{.from = text_at(output.data, "from"),
                        .to = text_at(output.data, "to"),
                        .is_measured = true,
                        .suspects = {},
                        .note = text_at(output.data, "why")};
    for (const char* kind : {"changed", "added", "removed"})
        causes.edits += static_cast<std::size_t>(integer_at(member(output.data, "edits"), kind));
    for (const Json& row : member(output.data, "rows")) {
        causes.suspects.push_back(
            {.symbol = text_at(row, "symbol"),
             .file = text_at(row, "root") + "/" + text_at(row, "file"),
             .line = static_cast<int>(integer_at(row, "line")),
             .why = fmt::format("{}, explains {} of what costs more: {} {} -> {} of all before",
                                text_at(row, "change"), percent(number_at(row, "explains")),
                                text_at(row, "costs"), percent(number_at(row, "before")),
                                percent(number_at(row, "after")))});
    }
    return causes;
}

}  // namespace

Result<SourceCauses> find_causes(Workbench& bench, const Comparison& comparison, const Ruling& ruling,
                                 const SourceQuestion& question) {
    if (!question.profiles.empty() && question.profiles.size() != 2)
        return fail(Fault::Invalid, "--profiles wants two: of the baseline and of the candidate");
    const bool is_asked = !question.from.empty() || !question.profiles.empty();
    if (ruling.regressions.empty() && !is_asked) return SourceCauses();
    Versions versions{.from = question.from, .to = question.to, .root = {}};
    if (question.from.empty()) versions = tagged(bench, comparison);
    if (versions.from.empty() && !is_asked) {
        SourceCauses causes;
        causes.note =
            "the sources were not looked at: no source root has tags of both versions; --from and --to name "
            "the revisions, --root the sources";
        return causes;
    }
    Result<SourceCauses> causes = question.profiles.empty() ? by_names(bench, comparison, ruling, versions)
                                                            : by_profiles(bench, versions, question.profiles);
    if (causes || is_asked || causes.error().fault == Fault::Cancelled) return causes;
    SourceCauses unknown;
    unknown.note = "the sources could not be looked at: " + causes.error().what;
    return unknown;
}

}  // namespace culprit
