// suspects: which edit made it slow. The difference of two profiles, laid on the functions that changed
// between two states of the source.
#include <algorithm>
#include <set>

#include "base/text.h"
#include "tools/investigate/blame.h"
#include "tools/investigate/naming.h"
#include "tools/investigate/states.h"
#include "tools/investigate/tools.h"
#include "tools/profile/compare.h"
#include "tools/profile/own_code.h"
#include "tools/profile/render.h"
#include "tools/profile/store.h"
#include "tools/source/answer.h"
#include "tools/source/words.h"

namespace culprit {
namespace {

constexpr double kFewestEvents = 200;
constexpr std::size_t kMostGrown = 10;  // functions that are told as grown

// Both states as declarations, and what was edited between them.
struct Read {
    StringTable texts;
    std::vector<Declared> before, after;
    std::vector<Edit> edits;
    std::vector<std::string> problems;  // files that could not be parsed
};

Result<> read_sides(const States& states, Read& read, std::stop_token stop) {
    const auto add = [&](const std::string& path, const std::string& text,
                         std::vector<Declared>& side) -> Result<> {
        if (path.empty()) return {};
        auto declared = read_declared(path, text, read.texts, stop);
        if (!declared) {
            if (declared.error().fault == Fault::Cancelled) return std::unexpected(declared.error());
            read.problems.push_back(fmt::format("{}: {}", path, declared.error().what));
            return {};
        }
        std::ranges::move(*declared, std::back_inserter(side));
        return {};
    };
    for (const ChangedText& file : states.files) {
        TRY_OK(add(file.before_path, file.before, read.before));
        TRY_OK(add(file.after_path, file.after, read.after));
    }
    read.edits = find_edits(read.before, read.after, read.texts);
    return {};
}

// Which edits a function's text names, though no call of them was measured: they were compiled into it, or
// are fields, constants and types that it relies on.
class Uses {
  public:
    Uses(Workbench& bench, const States& states, const Read& read, const Naming& naming)
        : bench_(bench), root_(*states.root), texts_(read.texts), naming_(naming) {
        for (std::size_t i = 0; i < read.edits.size(); ++i) {
            const Edit& edit = read.edits[i];
            if (edit.is_real() && edit.after) edits_[edit.after->definition.name].push_back(i);
        }
    }

    std::vector<std::size_t> of(const FunctionShift& function) const {
        std::set<std::size_t> used;
        const auto add = [&](std::string_view word) {
            const auto found = edits_.find(word);
            if (found != edits_.end()) used.insert(found->second.begin(), found->second.end());
        };
        const std::vector<const Declared*> declared = naming_.declared(function.name);
        for (const Declared* each : declared) {
            for (const Token& token : each->tokens) {
                if (token.is_name && !std::ranges::binary_search(each->locals, token.text))
                    add(texts_[token.text]);
            }
        }
        if (declared.empty()) {
            for (const Target& target : resolve_frame(bench_.source, function.name, root_.name).targets)
                add_words(target.definition, add);
        }
        for (const std::size_t own : naming_.edits_of(function.name)) used.erase(own);
        return {used.begin(), used.end()};
    }

  private:
    template <class Add>
    static void add_words(const Definition& d, Add add) {
        const auto text = read_file(d.file, 16u << 20);
        if (!text) return;
        const auto lines = split_lines(*text);
        for (int line = d.first_line; line <= d.last_line && line <= static_cast<int>(lines.size()); ++line)
            each_word(lines[static_cast<std::size_t>(line - 1)], add);
    }

    Workbench& bench_;
    const Root& root_;
    const StringTable& texts_;
    const Naming& naming_;
    std::map<std::string, std::vector<std::size_t>, std::less<>> edits_;  // by simple name
};

Result<ShiftSide> side_of(const Profile& profile, const std::string& metric, double work) {
    ShiftSide side{.profile = &profile, .metric = nullptr, .names = {}, .work = work};
    side.metric = metric.empty() ? profile.default_metric() : profile.metric(metric);
    if (!side.metric) {
        return fail(Fault::NotFound,
                    "there is no metric '{}' in this {} file; profile_summary names those it has", metric,
                    profile.format);
    }
    if (side.metric->events < kFewestEvents) {
        return fail(Fault::Invalid,
                    "too few events to tell anything: {} of the metric '{}'; record for longer",
                    side.metric->events, side.metric->name);
    }
    return side;
}

std::string how_text(const Blame& blame, const Shift& shift) {
    const std::string cost = fmt::format("{}: {} -> {} of all before", shift.functions[blame.function].name,
                                         percent(blame.before), percent(blame.after));
    switch (blame.nearness) {
        case Nearness::Itself: return "costs more itself; " + cost;
        case Nearness::Uses: return "is used by what costs more; " + cost;
        case Nearness::Below:
            return fmt::format("calls what costs more, over {} call{}; {}", blame.distance,
                               blame.distance == 1 ? "" : "s", cost);
        case Nearness::Sibling: return "is of the type of what costs more; " + cost;
    }
    return cost;
}

class Answer {
  public:
    Answer(const States& states, const Read& read, const Shift& shift, const Verdicts& verdicts)
        : states_(states), read_(read), shift_(shift), verdicts_(verdicts) {
        for (std::size_t i = 0; i < shift.functions.size(); ++i) {
            if (shift.functions[i].grew >= 0.01) grown_.push_back(i);
        }
        std::ranges::stable_sort(grown_, {}, [&](std::size_t i) { return -shift_.functions[i].grew; });
        if (grown_.size() > kMostGrown) grown_.resize(kMostGrown);
    }

    std::string text(std::string_view profiles, std::string_view metric, std::size_t limit) const {
        Lines lines;
        lines.add(fmt::format("{}: {}, {} -> {}", profiles, metric, states_.before, states_.after));
        lines.add(edits_text());
        lines.add(fmt::format(
            "grew by more than chance: {} of all before{}", percent(verdicts_.grew),
            verdicts_.grew > 0
                ? fmt::format("; near no edit: {} of that", percent(verdicts_.unexplained / verdicts_.grew))
                : ""));
        if (!verdicts_.nobody.empty()) lines.add("nobody is to blame: " + verdicts_.nobody);
        for (std::size_t i = 0; i < std::min(limit, verdicts_.blamed.size()); ++i) {
            const Blame& blame = verdicts_.blamed[i];
            const Definition& d = blame.edit->declared().definition;
            lines.add(fmt::format("{}. {} ({}, +{} -{} tokens)  {}:{}  score {:.2f}, explains {}", i + 1,
                                  d.qualified, to_string(blame.edit->kind), blame.edit->gained,
                                  blame.edit->lost, place(*blame.edit), d.line, blame.score,
                                  percent(blame.explains)));
            lines.add("   " + how_text(blame, shift_));
        }
        if (verdicts_.blamed.size() > limit)
            lines.add(fmt::format("… {} more; `limit` shows them", verdicts_.blamed.size() - limit));
        if (!grown_.empty())
            lines.add(
                "what costs more (own weight; the side after scaled so that what nobody "
                "touched costs the same):");
        for (const std::size_t i : grown_) {
            const FunctionShift& f = shift_.functions[i];
            lines.add(fmt::format("{:>8} -> {:>8}  {}", percent(f.before), percent(f.after), f.name));
        }
        for (const std::string& note : notes()) lines.add("note: " + note);
        return lines.text("`limit` shows fewer");
    }

    Json data(std::string_view metric, std::size_t limit) const {
        Json rows = Json::array(), grown = Json::array();
        for (const Blame& blame : verdicts_.blamed) {
            if (rows.size() == limit) break;
            rows.push_back(blame_json(blame, rows.size() + 1));
        }
        for (const std::size_t i : grown_) {
            const FunctionShift& f = shift_.functions[i];
            grown.push_back({{"symbol", f.name}, {"before", f.before}, {"after", f.after}, {"grew", f.grew}});
        }
        return {{"verdict", verdicts_.blamed.empty() ? "nobody" : "blamed"},
                {"why", verdicts_.nobody},
                {"metric", metric},
                {"from", states_.before},
                {"to", states_.after},
                {"grew", verdicts_.grew},
                {"unexplained", verdicts_.unexplained},
                {"cancelled", shift_.cancelled},
                {"scale", shift_.scale},
                {"rows", std::move(rows)},
                {"grown", std::move(grown)},
                {"edits", counts()},
                {"notes", notes()}};
    }

  private:
    std::string place(const Edit& edit) const {
        return (edit.after ? states_.root->name + "/" : std::string()) + edit.declared().path;
    }

    Json blame_json(const Blame& blame, std::size_t rank) const {
        const Edit& edit = *blame.edit;
        const Definition& d = edit.declared().definition;
        const bool was_renamed = edit.before && edit.before->definition.qualified != d.qualified;
        return {{"rank", rank},
                {"symbol", d.qualified},
                {"signature", d.signature},
                {"root", states_.root->name},
                {"file", edit.declared().path},
                {"line", d.line},
                {"first_line", d.first_line},
                {"end_line", d.last_line},
                {"change", to_string(edit.kind)},
                {"was", was_renamed ? edit.before->definition.qualified : ""},
                {"gained", edit.gained},
                {"lost", edit.lost},
                {"score", blame.score},
                {"explains", blame.explains},
                {"grew", blame.grew},
                {"how", to_string(blame.nearness)},
                {"distance", blame.distance},
                {"costs", shift_.functions[blame.function].name},
                {"before", blame.before},
                {"after", blame.after}};
    }

    Json counts() const {
        std::map<std::string_view, int> counts;
        for (const Edit& edit : read_.edits) ++counts[to_string(edit.kind)];
        Json json = {{"files", states_.files.size() + states_.files_left_out}};
        for (const char* kind : {"changed", "added", "removed", "renamed"}) json[kind] = counts[kind];
        return json;
    }

    std::string edits_text() const {
        const Json all = counts();
        return fmt::format(
            "edited: {} files; declarations: {} changed, {} added, {} removed, {} in name or place alone",
            integer_at(all, "files"), integer_at(all, "changed"), integer_at(all, "added"),
            integer_at(all, "removed"), integer_at(all, "renamed"));
    }

    std::vector<std::string> notes() const {
        std::vector<std::string> notes = read_.problems;
        if (shift_.cancelled >= 0.01) {
            notes.push_back(
                fmt::format("{} of all before moved between functions that call each other, or with "
                            "code that moved, and counts as no growth",
                            percent(shift_.cancelled)));
        }
        if (shift_.idle_before + shift_.idle_after > 0) {
            notes.push_back(
                fmt::format("{} threads before and {} after did nothing but wait, and are left out",
                            shift_.idle_before, shift_.idle_after));
        }
        if (states_.files_left_out > 0)
            notes.push_back(fmt::format("{} files that differ were not looked into", states_.files_left_out));
        return notes;
    }

    const States& states_;
    const Read& read_;
    const Shift& shift_;
    const Verdicts& verdicts_;
    std::vector<std::size_t> grown_;
};

// What is the program's own beyond the files that differ; if nothing is, those have to do.
Result<std::vector<bool>> own_of(const Profile& profile, Workbench& bench) {
    auto own = own_frames(profile, bench.source, bench.stop);
    if (!own && own.error().fault == Fault::NotFound) return std::vector<bool>();
    return own;
}

// True if a function of the sources, by whatever name, carries weight on both sides.
bool shares_functions(const Shift& shift) {
    return std::ranges::any_of(shift.functions, [](const FunctionShift& each) {
        return std::min(each.before_inclusive, each.after_inclusive) > 0.05;
    });
}

// Fails with Invalid, saying why, where no edit can explain how two profiles differ.
Result<> expect_one_program(const Profile& before, const Profile& after, const std::string& metric) {
    TRY(CallTree was, select(before, {.metric = metric}));
    TRY(CallTree is, select(after, {.metric = metric}));
    const std::vector<Run> sides[] = {{{&before, std::move(was)}}, {{&after, std::move(is)}}};
    TRY(const Diff found, diff(sides[0], sides[1], Basis::Share, By::Method));
    const std::string_view why = why_not_comparable(found.verdict);
    if (!why.empty()) return fail(Fault::Invalid, "nobody can be blamed: {}", why);
    return {};
}

Result<Output> run_suspects(const Args& args, Workbench& bench) {
    if (args.integer("limit") < 1) return fail(Fault::Invalid, "limit must be at least 1");
    const auto limit = static_cast<std::size_t>(args.integer("limit"));
    TRY(const fs::path before_file, bench.roots.resolve(args.text("before")));
    TRY(const fs::path after_file, bench.roots.resolve(args.text("after")));
    TRY(const ProfileStore::Pinned before, bench.profiles.open(before_file));
    TRY(const ProfileStore::Pinned after, bench.profiles.open(after_file));
    TRY(ShiftSide was, side_of(*before, args.text("metric"), args.number("work_before")));
    TRY(ShiftSide is, side_of(*after, args.text("metric"), args.number("work_after")));
    if (was.metric->name != is.metric->name) {
        return fail(Fault::Invalid, "before has {}, after has {}: name a metric that both have",
                    was.metric->name, is.metric->name);
    }
    bench.progress("looking at the sources", -1);
    TRY(const std::vector<bool> own_before, own_of(*before, bench));
    TRY(const std::vector<bool> own_after, own_of(*after, bench));
    TRY(const States states, read_states(bench, args.text("from"), args.text("to"), args.text("path")));
    Read read;
    TRY_OK(read_sides(states, read, bench.stop));

    const Naming naming(read.edits);
    was.names = naming.names(*before, false, own_before);
    is.names = naming.names(*after, true, own_after);
    const auto has_moved = [&](std::string_view from, std::string_view to) {
        for (const std::size_t a : naming.edits_of(from)) {
            for (const std::size_t b : naming.edits_of(to)) {
                if (moved_share(read.edits[a], read.edits[b]) >= 0.5) return true;
            }
        }
        return false;
    };
    TRY(const Shift shift,
        find_shift(was, is,
                   {[&](std::string_view name) { return !naming.edits_of(name).empty(); }, has_moved}));
    if (!shares_functions(shift)) TRY_OK(expect_one_program(*before, *after, was.metric->name));
    const Uses uses(bench, states, read, naming);
    const Verdicts verdicts =
        find_blame(shift, read.edits, read.texts,
                   {.edits_of = [&](std::string_view name) { return naming.edits_of(name); },
                    .used = [&](const FunctionShift& function) { return uses.of(function); },
                    .least = args.number("least")});
    const Answer answer(states, read, shift, verdicts);
    const std::string profiles =
        fmt::format("{} -> {}", file_name_of(args.text("before")), file_name_of(args.text("after")));
    return Output{.text = answer.text(profiles, was.metric->name, limit) + partial_note(bench),
                  .data = answer.data(was.metric->name, limit)};
}

}  // namespace

Tool suspects_tool() {
    return {
        "suspects",
        "suspects",
        "Say which edit made a program slower: lay the difference of two profiles on the functions that "
        "changed between two states of the source (revisions of a root, or two roots), across renames and "
        "moves, and rank the edits by the growth that they explain. Blames nobody where only names and "
        "places "
        "changed, or nothing grew by more than chance.",
        Effect::Reads,
        {{"before", Kind::Path, "the profile of the state before"},
         {"after", Kind::Path, "the profile of the state after, under the same load"},
         {"from", Kind::String,
          "the source before: a tag, branch or hash, or the name of a source root; empty: of two roots "
          "that whose name says so",
          ""},
         {"to", Kind::String, "the source after, likewise; empty with a revision: the files as they are", ""},
         {"path", Kind::String,
          "the root, as ROOT or ROOT/path, whose revisions are meant, if there are several", ""},
         {"metric", Kind::String, "samples, cpu, allocations, contention, …; empty: the profile's own", ""},
         {"work_before", Kind::Number,
          "units of work done before (orders, requests): then costs are per unit", 0.0},
         {"work_after", Kind::Number, "units of work done after", 0.0},
         {"least", Kind::Number,
          "growth, as a share of all that was spent before, below which nobody is blamed", 0.04},
         {"limit", Kind::Integer, "most edits to name", std::int64_t{5}}},
        run_suspects,
        "suspects before.nettrace after.nettrace --root . --from v1.4 --to v1.5"};
}

}  // namespace culprit
