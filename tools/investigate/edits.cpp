#include "tools/investigate/edits.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <unordered_map>

#include "base/text.h"

namespace culprit {
namespace {

constexpr std::size_t kRun = 3;          // tokens that are compared together
constexpr std::size_t kBeside = 4;       // tokens around a change that belong to it
constexpr std::size_t kLeastShape = 12;  // tokens: what is shorter is alike by chance
constexpr double kLeastLikeness = 0.6;   // of a function under another name that was changed as well
constexpr std::size_t kMostLiked = 400;  // functions of a side that are compared each with each

constexpr std::array<std::string_view, 5> kLoops = {"for", "foreach", "while", "do", "loop"};
constexpr std::array<std::string_view, 8> kWork = {"new",   "lock",       "await",        "throw",
                                                   "yield", "stackalloc", "synchronized", "go"};

using Pairs = std::set<std::pair<StringId, StringId>>;  // a name before, the same after

bool is_local(const Declared& d, StringId text) { return std::ranges::binary_search(d.locals, text); }

// The tokens with each name as the number of its first place: equal for two texts that differ in names alone.
std::uint64_t shape_of(const Declared& d) {
    std::unordered_map<StringId, std::uint32_t> first;
    std::uint64_t hash = static_cast<std::uint64_t>(d.definition.kind);
    for (const Token& token : d.tokens) {
        const std::uint64_t value =
            token.is_name
                ? (std::uint64_t{1} << 40) +
                      first.try_emplace(token.text, static_cast<std::uint32_t>(first.size())).first->second
                : token.text;
        hash = hash_of(hash, value);
    }
    return hash;
}

std::string name_key(const Declared& d) {
    std::string key = fmt::format("{}|{}", static_cast<int>(d.definition.kind), d.definition.qualified);
    for (const SourceParameter& p : d.definition.parameters) key += '|' + p.type;
    return key;
}

// Whether two texts are the same but for names: those of locals, and pairs that are known to be one.
bool same_but_names(const Declared& before, const Declared& after, const Pairs& renamed) {
    if (before.tokens.size() != after.tokens.size()) return false;
    std::unordered_map<StringId, StringId> there, back;
    for (std::size_t i = 0; i < before.tokens.size(); ++i) {
        const Token &b = before.tokens[i], &a = after.tokens[i];
        if (b.is_name != a.is_name) return false;
        const bool local_before = b.is_name && is_local(before, b.text);
        if (local_before != (a.is_name && is_local(after, a.text))) return false;
        if (local_before) {
            if (there.try_emplace(b.text, a.text).first->second != a.text ||
                back.try_emplace(a.text, b.text).first->second != b.text)
                return false;
        } else if (b.text != a.text && !(b.is_name && renamed.contains({b.text, a.text}))) {
            return false;
        }
    }
    return true;
}

// The words of a declaration, each once: what likeness is measured by.
std::vector<StringId> words_of(const Declared& d) {
    std::vector<StringId> words;
    for (const Token& token : d.tokens) words.push_back(token.text);
    std::ranges::sort(words);
    words.erase(std::ranges::unique(words).begin(), words.end());
    return words;
}

double likeness(const std::vector<StringId>& a, const std::vector<StringId>& b) {
    std::vector<StringId> shared;
    std::ranges::set_intersection(a, b, std::back_inserter(shared));
    const std::size_t larger = std::max(a.size(), b.size());
    return larger == 0 ? 0 : static_cast<double>(shared.size()) / static_cast<double>(larger);
}

// Finds for each declaration of one side the same on the other.
class Matcher {
  public:
    Matcher(std::span<const Declared> before, std::span<const Declared> after, const StringTable& texts)
        : before_(before), after_(after), texts_(texts), mate_(after.size()), taken_(before.size()) {}

    void match() {
        by([](const Declared& d, bool) { return name_key(d); });
        by([](const Declared& d, bool) { return d.definition.qualified; });
        by([](const Declared& d, bool) {
            return d.tokens.size() < kLeastShape ? std::string() : fmt::format("{:x}", shape_of(d));
        });
        const std::map<std::string, std::string> containers = renamed_containers();
        by([&](const Declared& d, bool is_before) {
            const auto renamed = containers.find(d.definition.container);
            const bool moved = is_before && renamed != containers.end();
            return (moved ? renamed->second : d.definition.container) + '.' + d.definition.name;
        });
        by([&](const Declared& d, bool is_before) { return nameless_key(d, is_before, containers); });
        by_likeness();
    }

    const Declared* mate(std::size_t after) const { return mate_[after]; }
    bool is_taken(std::size_t before) const { return taken_[before]; }

    // The names that those which are one have on both sides.
    Pairs renamed() const {
        std::map<std::string_view, StringId> ids;
        for (StringId id = 0; id < texts_.size(); ++id) ids.emplace(texts_[id], id);
        Pairs pairs;
        for (std::size_t i = 0; i < after_.size(); ++i) {
            if (!mate_[i] || mate_[i]->definition.name == after_[i].definition.name) continue;
            const auto was = ids.find(mate_[i]->definition.name), is = ids.find(after_[i].definition.name);
            if (was != ids.end() && is != ids.end()) pairs.emplace(was->second, is->second);
        }
        return pairs;
    }

  private:
    // Pairs what has the same key, if it is the only one left of each side; several in the order of the text
    // if there are as many on both sides.
    template <class Key>
    void by(Key key) {
        std::map<std::string, std::pair<std::vector<std::size_t>, std::vector<std::size_t>>> groups;
        for (std::size_t i = 0; i < before_.size(); ++i) {
            if (!taken_[i]) groups[key(before_[i], true)].first.push_back(i);
        }
        for (std::size_t i = 0; i < after_.size(); ++i) {
            if (!mate_[i]) groups[key(after_[i], false)].second.push_back(i);
        }
        for (const auto& [text, group] : groups) {
            const auto& [was, is] = group;
            if (text.empty() || was.size() != is.size()) continue;
            for (std::size_t i = 0; i < was.size(); ++i) pair(was[i], is[i]);
        }
    }

    void pair(std::size_t before, std::size_t after) {
        taken_[before] = true;
        mate_[after] = &before_[before];
    }

    // What most members of a type went to is the type under another name.
    std::map<std::string, std::string> renamed_containers() const {
        std::map<std::string, std::map<std::string, int>> votes;
        for (std::size_t i = 0; i < after_.size(); ++i) {
            if (mate_[i]) ++votes[mate_[i]->definition.container][after_[i].definition.container];
        }
        std::map<std::string, std::string> renamed;
        for (const auto& [was, counts] : votes) {
            const auto most =
                std::ranges::max_element(counts, {}, [](const auto& each) { return each.second; });
            if (most->first != was) renamed.emplace(was, most->first);
        }
        return renamed;
    }

    // The container and all tokens but the name: of a field or type that got another one.
    std::string nameless_key(const Declared& d, bool is_before,
                             const std::map<std::string, std::string>& containers) const {
        const auto renamed = containers.find(is_before ? d.definition.qualified : "");
        if (facts::is_type(d.definition.kind) && renamed != containers.end()) return renamed->second;
        if (facts::is_type(d.definition.kind) && !is_before) return d.definition.qualified;
        const auto around = containers.find(is_before ? d.definition.container : "");
        std::string key = around == containers.end() ? d.definition.container : around->second;
        for (const Token& token : d.tokens) {
            const std::string_view text = texts_[token.text];
            key += text == d.definition.name ? " \x01" : fmt::format(" {}", token.text);
        }
        return key;
    }

    // Functions that got another name and another text: what is likest, in the same file or type.
    void by_likeness() {
        std::vector<std::pair<std::size_t, std::vector<StringId>>> was, is;
        const auto is_function = [](const Declared& d) {
            return facts::is_callable(d.definition.kind) && d.tokens.size() >= kLeastShape;
        };
        for (std::size_t i = 0; i < before_.size() && was.size() < kMostLiked; ++i) {
            if (!taken_[i] && is_function(before_[i])) was.emplace_back(i, words_of(before_[i]));
        }
        for (std::size_t i = 0; i < after_.size() && is.size() < kMostLiked; ++i) {
            if (!mate_[i] && is_function(after_[i])) is.emplace_back(i, words_of(after_[i]));
        }
        for (const auto& [now, words] : is) {
            double most = kLeastLikeness;
            std::size_t best = before_.size();
            for (const auto& [then, old_words] : was) {
                const Declared &b = before_[then], &a = after_[now];
                const bool is_near = b.path == a.path || b.definition.container == a.definition.container;
                if (taken_[then] || !is_near || b.definition.kind != a.definition.kind) continue;
                const double alike = likeness(old_words, words);
                if (alike > most) most = alike, best = then;
            }
            if (best < before_.size()) pair(best, now);
        }
    }

    std::span<const Declared> before_, after_;
    const StringTable& texts_;
    std::vector<const Declared*> mate_;  // of each of after
    std::vector<bool> taken_;            // of each of before
};

// Runs of tokens of one side, names that were given others as they are called now.
struct Runs {
    std::vector<StringId> tokens;
    std::vector<std::pair<std::uint64_t, std::size_t>> hashes;  // sorted: hash, where it begins

    Runs(const Declared* d, const std::map<StringId, StringId>& renamed) {
        if (!d) return;
        for (const Token& token : d->tokens) {
            const auto now = token.is_name ? renamed.find(token.text) : renamed.end();
            tokens.push_back(now == renamed.end() ? token.text : now->second);
        }
        for (std::size_t i = 0; i < tokens.size(); ++i) {
            std::uint64_t hash = 0;
            for (std::size_t k = i; k < std::min(i + kRun, tokens.size()); ++k)
                hash = hash_of(hash, tokens[k]);
            hashes.emplace_back(hash, i);
        }
        std::ranges::sort(hashes);
    }

    // Those that `other` does not have, each as often as it is missing there.
    std::vector<std::pair<std::uint64_t, std::size_t>> without(const Runs& other) const {
        std::vector<std::pair<std::uint64_t, std::size_t>> rest;
        auto theirs = other.hashes.begin();
        for (const auto& mine : hashes) {
            while (theirs != other.hashes.end() && theirs->first < mine.first) ++theirs;
            if (theirs != other.hashes.end() && theirs->first == mine.first)
                ++theirs;
            else
                rest.push_back(mine);
        }
        return rest;
    }
};

using Counts = std::map<StringId, int>;

Counts counts_of(const std::vector<StringId>& tokens) {
    Counts counts;
    for (const StringId token : tokens) ++counts[token];
    return counts;
}

// A number or text that may make a difference: 0 and 1 are in every guard.
bool is_literal(std::string_view text) {
    if (text == "0" || text == "1") return false;
    return !text.empty() && ((text[0] >= '0' && text[0] <= '9') || text[0] == '"' || text[0] == '\'');
}

bool is_one_of(std::span<const std::string_view> words, std::string_view text) {
    return std::ranges::find(words, text) != words.end();
}

// What of that which costs there is more of than there was.
struct MoreWork {
    bool any = false, loops = false;
};
MoreWork more_work(const Runs& before, const Runs& after, const Declared& now, const StringTable& texts) {
    const Counts was = counts_of(before.tokens), is = counts_of(after.tokens);
    std::set<StringId> called;
    for (std::size_t i = 0; i + 1 < now.tokens.size(); ++i) {
        if (now.tokens[i].is_name && texts[now.tokens[i + 1].text] == "(") called.insert(after.tokens[i]);
    }
    MoreWork more;
    for (const auto& [token, count] : is) {
        const auto then = was.find(token);
        if (then != was.end() && then->second >= count) continue;
        const std::string_view text = texts[token];
        const bool is_loop = is_one_of(kLoops, text);
        more.loops = more.loops || is_loop;
        more.any =
            more.any || is_loop || called.contains(token) || is_literal(text) || is_one_of(kWork, text);
    }
    return more;
}

void describe(Edit& edit, const std::map<StringId, StringId>& renamed, const StringTable& texts) {
    const Runs before(edit.before, renamed), after(edit.after, {});
    const auto mark = [&](const Runs& mine, const Runs& other, std::vector<std::uint64_t>& hashes,
                          int& tokens) {
        for (const auto& [hash, at] : mine.without(other)) {
            hashes.push_back(hash);
            ++tokens;
            const std::size_t first = at - std::min(at, kBeside);
            const std::size_t last = std::min(at + kRun + kBeside, mine.tokens.size());
            for (std::size_t i = first; i < last; ++i) edit.touched.push_back(mine.tokens[i]);
        }
    };
    mark(after, before, edit.came, edit.gained);
    mark(before, after, edit.went, edit.lost);
    if (edit.after) {
        const MoreWork more = more_work(before, after, *edit.after, texts);
        edit.adds_work = more.any;
        // All that stands in a loop may be done more often.
        if (more.loops) std::ranges::copy(after.tokens, std::back_inserter(edit.touched));
    }
    std::ranges::sort(edit.touched);
    edit.touched.erase(std::ranges::unique(edit.touched).begin(), edit.touched.end());
}

}  // namespace

std::string_view to_string(Edit::Kind kind) {
    switch (kind) {
        case Edit::Kind::Same: return "same";
        case Edit::Kind::Renamed: return "renamed";
        case Edit::Kind::Changed: return "changed";
        case Edit::Kind::Added: return "added";
        case Edit::Kind::Removed: return "removed";
    }
    return "";
}

std::vector<Edit> find_edits(std::span<const Declared> before, std::span<const Declared> after,
                             const StringTable& texts) {
    Matcher matcher(before, after, texts);
    matcher.match();
    const Pairs renamed = matcher.renamed();
    const std::map<StringId, StringId> now(renamed.begin(), renamed.end());

    std::vector<Edit> edits;
    for (std::size_t i = 0; i < after.size(); ++i) {
        Edit edit{.before = matcher.mate(i), .after = &after[i], .touched = {}, .came = {}, .went = {}};
        if (!edit.before) {
            edit.kind = Edit::Kind::Added;
        } else if (!same_but_names(*edit.before, after[i], renamed)) {
            edit.kind = Edit::Kind::Changed;
        } else if (edit.before->definition.qualified != after[i].definition.qualified ||
                   edit.before->path != after[i].path) {
            edit.kind = Edit::Kind::Renamed;
        }
        if (edit.is_real()) describe(edit, now, texts);
        edits.push_back(std::move(edit));
    }
    for (std::size_t i = 0; i < before.size(); ++i) {
        if (matcher.is_taken(i)) continue;
        Edit edit{.kind = Edit::Kind::Removed, .before = &before[i], .touched = {}, .came = {}, .went = {}};
        describe(edit, now, texts);
        edits.push_back(std::move(edit));
    }
    return edits;
}

double moved_share(const Edit& from, const Edit& to) {
    std::vector<std::uint64_t> shared;
    std::ranges::set_intersection(from.went, to.came, std::back_inserter(shared));
    const std::size_t smaller = std::min(from.went.size(), to.came.size());
    return smaller < 2 * kRun ? 0 : static_cast<double>(shared.size()) / static_cast<double>(smaller);
}

}  // namespace culprit
