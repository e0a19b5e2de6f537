#include "tools/investigate/blame.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace culprit {
namespace {

constexpr double kSure = 4;             // standard errors: samples of a thread are not independent
constexpr double kSureOfYardstick = 3;  // times the uncertainty of the scale
constexpr double kDoubled = 0.5;        // growth, as a share of what it is now, that is none of the scale
constexpr double kLeastGrown = 0.01;    // of all before, in one function
constexpr double kLeastRatio = 1.08;    // of a function's cost after by that before
constexpr double kUses = 0.8;
constexpr double kUsesSeen = 0.3;        // the profile has it, so its cost shows there
constexpr double kCameAlong = 0.1;       // it was added for an edit of the function that uses it
constexpr double kBelow = 0.7;           // a call that the edit touches, and each call beyond
constexpr double kBelowElsewhere = 0.2;  // the edit touches other lines than the call
constexpr double kSibling = 0.25;
constexpr double kFromElsewhere = 0.5;  // a function that came with code of another: pulled out
constexpr double kNoMoreWork = 0.6;     // the edit adds no call, loop, object, lock or number
constexpr double kMovedGrowth = 0.3;    // of what a function and those its code came from cost together
constexpr std::size_t kFarthest = 6;    // calls

bool grew_surely(const FunctionShift& f, double uncertainty) {
    return f.grew >= kLeastGrown && f.after - f.before > kSure * f.noise &&
           f.after > kLeastRatio * f.before &&
           f.grew > std::min(kSureOfYardstick * uncertainty, kDoubled) * f.after;
}

// The name of a function as calls have it: the last part.
std::string_view simple_name(std::string_view name) { return name.substr(name.rfind('.') + 1); }

class Judge {
  public:
    Judge(const Shift& shift, const std::vector<Edit>& edits, const StringTable& texts,
          const BlameRules& rules)
        : shift_(shift), edits_(edits), rules_(rules), blames_(edits.size()), shown_(edits.size()) {
        for (StringId id = 0; id < texts.size(); ++id) ids_.emplace(texts[id], id);
        for (const FunctionShift& f : shift.functions) {
            edits_of_.push_back(rules.edits_of(f.name));
            for (const std::size_t edit : edits_of_.back()) shown_[edit] = f.after_inclusive;
        }
    }

    Verdicts judge() {
        Verdicts verdicts;
        std::vector<bool> counts(shift_.functions.size());
        for (std::size_t i = 0; i < counts.size(); ++i) {
            counts[i] = grew_surely(shift_.functions[i], shift_.uncertainty) && grew_with_its_origin(i);
            if (counts[i]) verdicts.grew += shift_.functions[i].grew;
        }
        if (verdicts.grew <= 0) return verdicts;
        std::map<std::size_t, std::vector<std::size_t>> used;
        for (std::size_t i = 0; i < counts.size(); ++i) {
            if (counts[i]) used[i] = rules_.used(shift_.functions[i]);
        }
        for (std::size_t node = 1; node < shift_.nodes.size(); ++node) {
            const ShiftNode& n = shift_.nodes[node];
            if (!counts[n.function] || n.grew <= 0) continue;
            if (!lay(node, used[n.function])) verdicts.unexplained += n.grew;
        }
        for (Blame& blame : blames_) {
            if (!blame.edit) continue;
            const double grew = blame.score;  // weighted growth so far
            blame.score = grew / verdicts.grew;
            blame.explains = blame.grew / verdicts.grew;
            if (grew >= rules_.least) verdicts.blamed.push_back(blame);
        }
        std::ranges::stable_sort(verdicts.blamed, [](const Blame& a, const Blame& b) {
            return std::pair(-a.score, -a.edit->gained) < std::pair(-b.score, -b.edit->gained);
        });
        return verdicts;
    }

  private:
    // Lays the growth of one path on the edits near it. False if there are none.
    bool lay(std::size_t node, const std::vector<std::size_t>& used) {
        const ShiftNode& n = shift_.nodes[node];
        std::map<std::size_t, std::pair<double, Blame>> found;  // by edit: how near, and how
        const auto add = [&](std::size_t edit, double factor, Nearness nearness, std::size_t distance) {
            factor *= edits_[edit].adds_work ? 1 : kNoMoreWork;
            auto& [most, blame] = found[edit];
            if (factor <= most) return;
            most = factor;
            blame.nearness = nearness;
            blame.distance = distance;
        };
        for (const std::size_t edit : edits_of_[n.function])
            add(edit, is_from_elsewhere(edit) ? kFromElsewhere : 1, Nearness::Itself, 0);
        // What came with the function's own edit is told by that.
        const bool is_edited = !edits_of_[n.function].empty();
        for (const std::size_t edit : used) {
            const bool came_along = is_edited && edits_[edit].kind == Edit::Kind::Added;
            const bool is_seen = shown_[edit] > shift_.functions[n.function].grew / 2;
            add(edit, came_along ? kCameAlong : is_seen ? kUsesSeen : kUses, Nearness::Uses, 1);
        }
        std::size_t below = node;
        for (std::size_t distance = 1; distance <= kFarthest; ++distance) {
            const std::size_t above = shift_.nodes[below].parent;
            if (above == 0) break;
            for (const std::size_t edit : edits_of_[shift_.nodes[above].function]) {
                const bool touches =
                    touches_call(edits_[edit], shift_.functions[shift_.nodes[below].function].name);
                const double near = touches ? kBelow : kBelowElsewhere;
                add(edit, near * std::pow(kBelow, static_cast<double>(distance - 1)), Nearness::Below,
                    distance);
            }
            below = above;
        }
        add_siblings(shift_.functions[n.function].name, is_edited ? kCameAlong : kSibling, add);
        for (const auto& [edit, how] : found) {
            Blame& blame = blames_[edit];
            const double weighted = n.grew * how.first;
            blame.edit = &edits_[edit];
            blame.score += weighted;
            blame.grew += n.grew;
            if (weighted <= heaviest_[edit]) continue;
            heaviest_[edit] = weighted;
            const FunctionShift& f = shift_.functions[n.function];
            blame.nearness = how.second.nearness;
            blame.distance = how.second.distance;
            blame.function = n.function;
            blame.before = f.before;
            blame.after = f.after;
        }
        return !found.empty();
    }

    // The edits from which most of the code of a new function came.
    const std::vector<std::size_t>& origins_of(std::size_t edit) {
        const auto [known, is_new] = origins_.try_emplace(edit);
        if (!is_new || edits_[edit].kind != Edit::Kind::Added) return known->second;
        for (std::size_t from = 0; from < edits_.size(); ++from) {
            if (edits_[from].before && edits_[from].is_real() &&
                moved_share(edits_[from], edits_[edit]) >= 0.5)
                known->second.push_back(from);
        }
        return known->second;
    }
    // Whether a function is new, but most of its code is not.
    bool is_from_elsewhere(std::size_t edit) { return !origins_of(edit).empty(); }

    // Code that was pulled out of another function costs what it did there. That it now runs a little faster
    // or slower, beside a yardstick of other code, is no one's fault: both must have grown together, and by
    // much.
    bool grew_with_its_origin(std::size_t function) {
        std::set<std::size_t> family = {function};
        for (const std::size_t edit : edits_of_[function]) {
            if (!is_from_elsewhere(edit)) return true;
            for (std::size_t i = 0; i < edits_of_.size(); ++i) {
                const bool is_origin = std::ranges::any_of(edits_of_[i], [&](std::size_t each) {
                    return std::ranges::find(origins_of(edit), each) != origins_of(edit).end();
                });
                if (is_origin) family.insert(i);
            }
        }
        if (family.size() == 1) return true;
        double before = 0, after = 0;
        for (const std::size_t i : family) {
            before += shift_.functions[i].before;
            after += shift_.functions[i].after;
        }
        return after - before > kMovedGrowth * after;
    }

    // Constructors, fields and the head of the type that the function is a member of.
    template <class Add>
    void add_siblings(std::string_view name, double factor, Add add) {
        const std::size_t dot = name.rfind('.');
        if (dot == std::string_view::npos) return;
        if (siblings_.empty()) {
            for (std::size_t i = 0; i < edits_.size(); ++i) {
                const Definition& d = edits_[i].declared().definition;
                if (edits_[i].kind != Edit::Kind::Changed) continue;
                const bool is_type = facts::is_type(d.kind);
                if (is_type || d.kind == SymbolKind::Constructor || d.kind == SymbolKind::Field)
                    siblings_[is_type ? d.qualified : d.container].push_back(i);
            }
            siblings_[""];
        }
        const auto found = siblings_.find(std::string(name.substr(0, dot)));
        if (found == siblings_.end()) return;
        for (const std::size_t edit : found->second) add(edit, factor, Nearness::Sibling, 1);
    }

    bool touches_call(const Edit& edit, std::string_view name) const {
        const auto id = ids_.find(simple_name(name));
        return id != ids_.end() && std::ranges::binary_search(edit.touched, id->second);
    }

    const Shift& shift_;
    const std::vector<Edit>& edits_;
    const BlameRules& rules_;
    std::vector<Blame> blames_;  // by edit
    std::vector<double> shown_;  // by edit: what the profile after shows of it, with all that it calls
    std::vector<std::vector<std::size_t>> edits_of_;  // by function
    std::map<std::size_t, double> heaviest_;          // by edit: its heaviest path so far
    std::map<std::string, std::vector<std::size_t>> siblings_;
    std::map<std::size_t, std::vector<std::size_t>> origins_;  // of the edits that were asked for
    std::map<std::string_view, StringId> ids_;
};

}  // namespace

std::string_view to_string(Nearness nearness) {
    switch (nearness) {
        case Nearness::Itself: return "itself";
        case Nearness::Uses: return "uses";
        case Nearness::Below: return "below";
        case Nearness::Sibling: return "sibling";
    }
    return "";
}

Verdicts find_blame(const Shift& shift, const std::vector<Edit>& edits, const StringTable& texts,
                    const BlameRules& rules) {
    Verdicts verdicts;
    if (std::ranges::none_of(edits, &Edit::is_real)) {
        verdicts.nobody = "no function differs in more than names, places and comments";
        return verdicts;
    }
    verdicts = Judge(shift, edits, texts, rules).judge();
    if (!verdicts.blamed.empty()) return verdicts;
    if (verdicts.grew <= 0)
        verdicts.nobody = "no function grew by more than chance";
    else if (verdicts.unexplained >= verdicts.grew * 0.5)
        verdicts.nobody = "what grew neither was edited, nor uses or is called by what was";
    else
        verdicts.nobody = "what grew near an edit is too little to blame it";
    return verdicts;
}

}  // namespace culprit
