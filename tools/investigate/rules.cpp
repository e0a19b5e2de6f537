#include "tools/investigate/rules.h"

#include <algorithm>
#include <array>
#include <memory>

#include <re2/re2.h>

#include "base/text.h"
#include "tools/investigate/hypotheses.h"

namespace culprit {
namespace {

constexpr std::size_t kMostRules = 3;  // that are told of one place

struct Topic {
    std::string_view kind, words;
};
constexpr std::array<Topic, 9> kTopics = {{
    {"allocation", R"(allocat\w*|garbage|boxing|\bbox(?:es)?\b|heap)"},
    {"copies", R"(\bcop(?:y|ies|ying)\b|ToArray|buffer copies)"},
    {"contention", R"(\block(?:s|ed|ing)?\b|mutex(?:es)?|contention|\bMonitor\b)"},
    {"starvation",
     R"(\bblock(?:s|ing|ed)?\b|\.Result\b|\.Wait\(|GetAwaiter|sync[- ]over[- ]async|synchronous\w*)"},
    {"exceptions", R"(exceptions?|\bthrow(?:s|n|ing)?\b)"},
    {"io", R"(\bI/O\b|\bdisk\b|file access|\bflush\w*|\blog(?:s|ging)?\b|console)"},
    {"strings",
     R"(string (?:concat\w*|format\w*|interpolat\w*|join\w*|build\w*)|concatenat\w*|string\.Format)"},
    {"linq", R"(\bLINQ\b|closures?|lambdas?)"},
    {"regex", R"(\bregex\w*|regular expressions?)"},
}};

constexpr std::string_view kForbidding =
    R"((?i)\b(?:no|not|never|nothing|none|avoid|avoids|without|zero|don't|doesn't|mustn't|cannot|forbidden|prohibited|must be free of)\b|[a-z]-free\b|\bzero-)";

const std::vector<std::unique_ptr<RE2>>& topics() {
    static const auto kCompiled = [] {
        std::vector<std::unique_ptr<RE2>> all;
        for (const Topic& topic : kTopics)
            all.push_back(std::make_unique<RE2>(fmt::format("(?i){}", topic.words)));
        return all;
    }();
    return kCompiled;
}

// The kinds that a sentence forbids; none if it forbids nothing. A rule is short and says so in the present.
std::vector<std::string_view> forbidden_by(std::string_view sentence) {
    static const RE2 kForbids(kForbidding);
    std::vector<std::string_view> kinds;
    if (sentence.size() > 400 || !RE2::PartialMatch(sentence, kForbids)) return kinds;
    for (std::size_t i = 0; i < kTopics.size(); ++i) {
        if (RE2::PartialMatch(sentence, *topics()[i])) kinds.push_back(kTopics[i].kind);
    }
    return kinds;
}

// A paragraph or an item of a list, and where each of its lines stands in `text`.
struct Block {
    std::string text;
    std::vector<std::pair<std::size_t, int>> lines;  // offset, number
};

bool begins_item(std::string_view line) {
    static const RE2 kItem(R"(^\s*(?:[-*+]|\d+[.)])\s+\S)");
    return RE2::PartialMatch(line, kItem);
}

std::vector<Block> blocks_of(std::string_view text) {
    std::vector<Block> blocks;
    bool in_fence = false, is_open = false;
    int number = 0;
    for (const std::string_view line : split_lines(text)) {
        ++number;
        const std::string_view plain = trim(line);
        if (plain.starts_with("```") || plain.starts_with("~~~")) in_fence = !in_fence;
        const bool says_something =
            !plain.empty() && !in_fence && !plain.starts_with("```") && !plain.starts_with('#');
        if (!says_something) {
            is_open = false;
            continue;
        }
        if (!is_open || begins_item(line)) blocks.emplace_back();
        is_open = true;
        Block& block = blocks.back();
        if (!block.text.empty()) block.text += ' ';
        block.lines.emplace_back(block.text.size(), number);
        std::string_view words = plain;
        if (begins_item(line)) words.remove_prefix(words.find_first_of(" \t"));
        block.text += trim(words);
    }
    return blocks;
}

void add_rules(const Block& block, std::vector<ProjectRule>& rules) {
    for (std::size_t begin = 0; begin < block.text.size();) {
        std::size_t end = block.text.find(". ", begin);
        end = end == std::string::npos ? block.text.size() : end + 1;
        const std::string_view sentence = trim(std::string_view(block.text).substr(begin, end - begin));
        auto forbids = forbidden_by(sentence);
        if (!forbids.empty()) {
            ProjectRule rule{.text = std::string(sentence), .forbids = std::move(forbids)};
            for (const auto& [offset, number] : block.lines) {
                if (offset <= begin) rule.line = number;
            }
            rules.push_back(std::move(rule));
        }
        begin = end + 1;
    }
}

// The text of a file out of read_file's numbered lines.
std::string text_of(const ToolResult& result) {
    std::string text;
    int at = 1;
    for (const SourceLine& line : numbered_lines(result.text)) {
        for (; at < line.number; ++at) text += '\n';
        text += line.text + '\n';
        ++at;
    }
    return text;
}

std::string_view folder_of(std::string_view path) { return path.substr(0, path.rfind('/') + 1); }

}  // namespace

std::vector<ProjectRule> rules_in(std::string_view text) {
    std::vector<ProjectRule> rules;
    for (const Block& block : blocks_of(text)) add_rules(block, rules);
    return rules;
}

std::vector<ProjectRule> rules_for(Inquiry& inquiry, const std::string& file) {
    std::vector<ProjectRule> all;
    const std::string root = file.substr(0, file.find('/'));
    const Json& found = inquiry.data(
        "list_files", {{"path", root}, {"pattern", "{AGENTS,CLAUDE,CONTRIBUTING,copilot-instructions}.md"}});
    std::vector<std::string> guidelines;
    for (const Json& each : member(found, "files")) {
        std::string path = each.is_string() ? each.get<std::string>() : std::string();
        const bool is_on_way = file.starts_with(folder_of(path)) || folder_of(path) == root + "/.github/";
        if (is_on_way) guidelines.push_back(std::move(path));
    }
    std::ranges::sort(guidelines, {}, [](const std::string& path) { return std::pair(path.size(), path); });
    for (const std::string& path : guidelines) {
        const ToolResult* text = inquiry.ask("read_file", {{"path", path}});
        if (!text || !text->fault.empty()) continue;
        for (ProjectRule& rule : rules_in(text_of(*text))) {
            rule.file = path;
            rule.evidence = text->evidence;
            all.push_back(std::move(rule));
        }
    }
    return all;
}

std::vector<ProjectRule> broken_by(std::vector<ProjectRule> rules, const std::vector<std::string>& kinds) {
    std::erase_if(rules, [&](const ProjectRule& rule) {
        return std::ranges::none_of(rule.forbids, [&](std::string_view kind) {
            return std::ranges::find(kinds, kind) != kinds.end();
        });
    });
    if (rules.size() > kMostRules) rules.resize(kMostRules);
    return rules;
}

std::string rules_text(const std::vector<ProjectRule>& broken) {
    std::string text;
    for (const ProjectRule& rule : broken)
        text += fmt::format("A rule of the project is broken here: \"{}\" ({}:line {}) [{}]\n", rule.text,
                            rule.file, rule.line, rule.evidence);
    return text;
}

}  // namespace culprit
