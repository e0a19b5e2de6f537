#include "agent/investigator/clues.h"

#include <algorithm>

#include "agent/grounding/cited_frames.h"
#include "agent/investigator/follow_up.h"
#include "agent/investigator/questions.h"
#include "agent/mentions.h"
#include "base/text.h"
#include "tools/investigate/sides.h"
#include "tools/profile/formats/format.h"
#include "tools/source/languages.h"

namespace culprit {
namespace {

constexpr std::size_t kMostSymbols = 12;

bool is_identifier_char(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
}

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }

// "CartIndex", "Cart.Add", "add_item": more than a word of prose.
bool looks_like_code(std::string_view word) {
    if (word.size() < 3 || !(is_upper(word.front()) || is_lower(word.front()) || word.front() == '_'))
        return false;
    if (word.find('_') != std::string_view::npos) return true;
    const std::size_t dot = word.find('.');
    if (dot != std::string_view::npos && dot + 1 < word.size() && is_upper(word[dot + 1])) return true;
    for (std::size_t i = 1; i < word.size(); ++i) {
        if (is_upper(word[i]) && is_lower(word[i - 1])) return true;
    }
    return false;
}

// Perhaps a profile under a name of its own, "perf.txt": a file that the engineer named, and no source.
bool is_data_file(std::string_view word, const Conversation& conversation) {
    return word.find('.') != std::string_view::npos && !language_of(word) && conversation.has_file(word);
}

// Without quotes, brackets and punctuation around it; the dots of "./a" and "../a" belong to a path.
std::string_view bare(std::string_view word) {
    constexpr std::string_view kAround = "@\"'`()[]{}<>,;:!?.";
    const auto is_path = [&] { return word.starts_with("./") || word.starts_with("../"); };
    while (!word.empty() && !is_path() && kAround.contains(word.front())) word.remove_prefix(1);
    return word.substr(0, word.find_last_not_of(kAround) + 1);
}

template <class T>
void add_once(std::vector<T>& list, T item) {
    if (std::ranges::find(list, item) == list.end()) list.push_back(std::move(item));
}

Clues clues_of(std::string_view message, const Conversation& conversation) {
    Clues clues;
    for (const CitedStack& stack : cited_stacks(message)) {
        for (const CitedFrame& frame : stack) add_once(clues.frames, frame.symbol);
    }
    for (const std::string_view each : message_words(message)) {
        const std::string_view word = bare(each);
        if (is_profile_name(word) || is_data_file(word, conversation)) {
            const std::size_t equals = word.find('=');  // "before=run.nettrace"
            add_once(clues.profiles, conversation.file_name(
                                         equals == std::string_view::npos ? word : word.substr(equals + 1)));
        } else if (looks_like_code(word) && std::ranges::all_of(word, is_identifier_char) &&
                   clues.symbols.size() < kMostSymbols) {
            add_once(clues.symbols, std::string(word));
        }
    }
    if (clues.profiles.size() == 2 && change_side(clues.profiles[0]) > change_side(clues.profiles[1])) {
        std::swap(clues.profiles[0], clues.profiles[1]);
    }
    return clues;
}

// What was recorded meanwhile, the last two at most, in that order.
void add_traces(Clues& clues, const Conversation& conversation) {
    const auto& traces = conversation.traces();
    const std::size_t first = traces.size() - std::min<std::size_t>(traces.size(), 2);
    clues.was_recorded = !traces.empty();
    clues.profiles.assign(traces.begin() + static_cast<std::ptrdiff_t>(first), traces.end());
}

}  // namespace

bool is_profile_name(std::string_view word) {
    std::string lowered = to_lower(word);
    for (const std::string_view packed : {".gz", ".zst"}) {
        if (lowered.ends_with(packed)) lowered.resize(lowered.size() - packed.size());
    }
    return std::ranges::any_of(all_formats(),
                               [&](const Format& format) { return lowered.ends_with(format.suffix); });
}

Clues find_clues(const Conversation& conversation, std::size_t end) {
    const auto& messages = conversation.messages();
    for (std::size_t i = std::min(end, messages.size()); i-- > 0;) {
        // What was asked about an answer tells of no other case.
        if (i > 0 && (follow_up_in(messages[i]) || code_question(messages[i]))) continue;
        Clues clues = clues_of(messages[i], conversation);
        clues.message = i;
        if (!clues.profiles.empty()) return clues;
        add_traces(clues, conversation);
        if (!clues.profiles.empty() || !clues.frames.empty() || !clues.symbols.empty()) return clues;
    }
    return {};
}

}  // namespace culprit
