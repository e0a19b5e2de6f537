#include "memory/entries.h"

#include <algorithm>
#include <array>
#include <set>

#include "base/text.h"

namespace culprit {
namespace {

constexpr std::size_t kLongest = 1000;  // code points of an entry
constexpr double kSame = 0.8, kAlike = 0.5;

// "(2026-11-21; E3 of 20261121-…)" at the end says when and why, not what.
std::string_view without_origin(std::string_view text) {
    text = trim(text);
    const std::size_t open = text.rfind(" (20");
    return open != std::string_view::npos && text.ends_with(')') ? text.substr(0, open) : text;
}

std::set<std::string> words_of(std::string_view text) {
    static constexpr std::array<std::string_view, 24> kSayLittle = {
        "a",  "an", "and", "are", "as", "at", "be",   "by",  "for",  "from", "has", "in",
        "is", "it", "its", "of",  "on", "or", "that", "the", "this", "to",   "we",  "with"};
    std::set<std::string> words;
    std::string word;
    const auto take = [&] {
        if (!word.empty() && !std::ranges::binary_search(kSayLittle, std::string_view(word)))
            words.insert(word);
        word.clear();
    };
    const std::string lowered = to_lower(without_origin(text));
    for (const char c : lowered) {
        const bool is_word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
                             static_cast<unsigned char>(c) >= 0x80;
        if (is_word)
            word += c;
        else
            take();
    }
    take();
    // The stop of a sentence is no part of its last word.
    std::set<std::string> plain;
    for (std::string each : words) {
        while (each.ends_with('.')) each.pop_back();
        if (!each.empty()) plain.insert(std::move(each));
    }
    return plain;
}

bool is_figure(const std::string& word) { return word.find_first_of("0123456789") == 0; }

std::set<std::string> figures_of(const std::set<std::string>& words) {
    std::set<std::string> figures;
    std::ranges::copy_if(words, std::inserter(figures, figures.end()), is_figure);
    return figures;
}

bool denies(const std::set<std::string>& words) {
    return std::ranges::any_of(std::array<const char*, 5>{"not", "no", "never", "cannot", "don"},
                               [&](const char* word) { return words.contains(word); });
}

std::string candidates(const std::vector<MemoryEntry>& entries) {
    std::string text;
    for (const MemoryEntry& each : entries)
        text += fmt::format("\n  {}:{} {}", each.file, each.line, one_line(each.text, 120));
    return text;
}

}  // namespace

std::vector<MemoryEntry> memory_entries(const ProjectMemory& memory) {
    std::vector<MemoryEntry> entries;
    for (const std::string& file : memory.files()) {
        if (!file.ends_with(".md")) continue;
        const auto text = memory.view(file);
        std::size_t number = 0;
        for (const std::string_view line : text ? split_lines(*text) : std::vector<std::string_view>()) {
            ++number;
            const std::string_view item = trim(line);
            if (item.starts_with("- ") || item.starts_with("* "))
                entries.push_back({file, number, valid_utf8(trim(item.substr(2)))});
        }
    }
    return entries;
}

double likeness(std::string_view a, std::string_view b) {
    const std::set<std::string> left = words_of(a), right = words_of(b);
    if (left.empty() || right.empty()) return 0;
    const auto both = static_cast<double>(
        std::ranges::count_if(left, [&](const std::string& word) { return right.contains(word); }));
    return both / (static_cast<double>(left.size() + right.size()) - both);
}

bool may_contradict(std::string_view a, std::string_view b) {
    const std::set<std::string> left = words_of(a), right = words_of(b);
    std::set<std::string> left_words = left, right_words = right;
    std::erase_if(left_words, is_figure);
    std::erase_if(right_words, is_figure);
    const auto both = static_cast<double>(std::ranges::count_if(
        left_words, [&](const std::string& word) { return right_words.contains(word); }));
    const auto least = static_cast<double>(std::min(left_words.size(), right_words.size()));
    if (least == 0 || both / least < kAlike) return false;
    return figures_of(left) != figures_of(right) || denies(left) != denies(right);
}

Result<Remembered> remember(ProjectMemory& memory, std::string_view text, std::string_view date,
                            std::string_view evidence, std::string_view file) {
    const std::string entry = one_line(trim(text), kLongest + 1);
    if (entry.empty()) return fail(Fault::Invalid, "there is nothing to remember: say it in a sentence");
    if (count_of_code_points(entry) > kLongest)
        return fail(Fault::Invalid,
                    "an entry has at most {} letters: keep the sentence that matters here, and the rest in a "
                    "topic file",
                    kLongest);
    Remembered remembered;
    for (MemoryEntry& known : memory_entries(memory)) {
        if (may_contradict(known.text, entry))
            remembered.against.push_back(std::move(known));
        else if (likeness(known.text, entry) >= kSame)
            return Remembered{std::move(known), false, {}};
    }
    remembered.entry = {std::string(file), 0,
                        fmt::format("{} ({}{}{})", entry, date, evidence.empty() ? "" : "; ", evidence)};
    TRY(remembered.entry.line, memory.append(file, "- " + remembered.entry.text));
    return remembered;
}

Result<MemoryEntry> forget(ProjectMemory& memory, std::string_view words) {
    const std::set<std::string> wanted = words_of(words);
    if (wanted.empty()) return fail(Fault::Invalid, "say what to forget: some words of the entry");
    std::vector<MemoryEntry> meant, alike;
    double best = 0;
    for (MemoryEntry& each : memory_entries(memory)) {
        const std::set<std::string> have = words_of(each.text);
        if (std::ranges::all_of(wanted, [&](const std::string& word) { return have.contains(word); })) {
            meant.push_back(std::move(each));
        } else if (const double now = likeness(each.text, words); now >= kAlike && now > best) {
            best = now;
            alike = {std::move(each)};
        }
    }
    if (meant.empty()) meant = std::move(alike);
    if (meant.empty()) return fail(Fault::NotFound, "memory has no entry about '{}'", one_line(words, 80));
    if (meant.size() > 1)
        return fail(Fault::Invalid, "several entries are about that; say more of the one that is meant:{}",
                    candidates(meant));
    TRY_OK(memory.remove_line(meant.front().file, meant.front().line, meant.front().text));
    return std::move(meant.front());
}

}  // namespace culprit
