// annotate: what a profile measured, laid over the methods of a file or the lines of a method.
//
// A profile knows the methods of a stack, not their lines. What a method spends in a callee is put on the
// lines that call it; what is its own stays with the method.
#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "tools/profile/analysis.h"
#include "tools/profile/render.h"
#include "tools/profile/store.h"
#include "tools/source/answer.h"
#include "tools/source/frames.h"
#include "tools/source/tools.h"

namespace culprit {
namespace {

struct Cost {
    double self = 0, inclusive = 0;
};

// What one definition spent: itself, with all below, and in each callee by name.
struct Measured {
    Definition definition;
    Cost cost;
    std::map<std::string, double> callees;
};

class Annotator {
  public:
    Annotator(const Profile& profile, CallTree tree, SourceIndex& index)
        : profile_(profile), tree_(std::move(tree)), inclusive_(inclusive_weights(tree_)), index_(index) {}

    const CallTree& tree() const { return tree_; }

    // The definitions among `wanted` that the profile has frames of.
    std::vector<Measured> measure(const std::vector<Definition>& wanted) {
        std::map<FrameId, std::size_t> of_frame;
        std::vector<Measured> result;
        for (const Definition& d : wanted) result.push_back({.definition = d, .cost = {}, .callees = {}});
        for (FrameId frame = 0; frame < profile_.frames.size(); ++frame) {
            if (const auto place = place_of(frame, wanted)) of_frame[frame] = *place;
        }
        std::vector<std::set<std::size_t>> above(
            tree_.nodes.size());  // of the wanted ones, those on the way to the root
        for (NodeId node = 1; node < tree_.nodes.size(); ++node) {
            const Node& n = tree_.nodes[node];
            above[node] = above[n.parent];
            if (const auto parent = of_frame.find(tree_.nodes[n.parent].frame);
                n.parent != kRootNode && parent != of_frame.end()) {
                result[parent->second].callees[callee_name(n.frame)] += inclusive_[node];
            }
            const auto own = of_frame.find(n.frame);
            if (own == of_frame.end()) continue;
            result[own->second].cost.self += tree_.self[node];
            if (above[node].insert(own->second).second)
                result[own->second].cost.inclusive += inclusive_[node];
        }
        std::erase_if(result, [](const Measured& m) { return m.cost.inclusive == 0; });
        return result;
    }

  private:
    // Asks for a frame's definition only where its name speaks for one of the wanted.
    std::optional<std::size_t> place_of(FrameId frame, const std::vector<Definition>& wanted) {
        const std::string name = profile_.full_name(frame);
        const FrameName read = read_frame(name);
        const bool may_be = std::ranges::any_of(wanted, [&](const Definition& d) {
            return d.name == read.method || d.name == read.inner || read.method.starts_with('.') ||
                   (read.line > 0 && d.first_line <= read.line && read.line <= d.last_line);
        });
        if (!may_be) return std::nullopt;
        for (const Target& target : resolve_frame(index_, name).targets) {
            const auto found = std::ranges::find(wanted, target.definition);
            if (found != wanted.end()) return static_cast<std::size_t>(found - wanted.begin());
        }
        return std::nullopt;
    }

    // As a call of it is written: "Resolve"; of a constructor the type's name.
    std::string callee_name(FrameId frame) const {
        const FrameName read = read_frame(profile_.full_name(frame));
        if (!read.inner.empty()) return read.inner;
        return read.method.starts_with('.') && !read.path.empty() ? read.path.back() : read.method;
    }

    const Profile& profile_;
    CallTree tree_;
    std::vector<double> inclusive_;
    SourceIndex& index_;
};

Json cost_json(const CallTree& tree, const Cost& cost) {
    return {{"self", cost.self},
            {"inclusive", cost.inclusive},
            {"self_share", tree.share(cost.self)},
            {"inclusive_share", tree.share(cost.inclusive)}};
}

std::string cost_text(const CallTree& tree, const Cost& cost) {
    return fmt::format("{:>8} self {:>8} with callees", percent(tree.share(cost.self)),
                       percent(tree.share(cost.inclusive)));
}

// The lines of one method, with what they spend in what they call.
Result<void> add_lines(Workbench& bench, const CallTree& tree, const Measured& measured, Lines& lines,
                       Json& rows) {
    const Definition& d = measured.definition;
    std::map<int, double> by_line;
    std::map<std::string, double> left = measured.callees;
    std::map<std::string, std::set<int>> lines_of;
    for (const CallSite& call : bench.source.calls_in(d)) lines_of[call.name].insert(call.line);
    for (const auto& [name, places] : lines_of) {
        const auto spent = left.find(name);
        if (spent == left.end()) continue;
        for (const int line : places) by_line[line] += spent->second / static_cast<double>(places.size());
        left.erase(spent);
    }
    TRY(const std::string text, read_file(d.file, 64u << 20));
    const auto all = split_lines(text);
    for (int line = d.first_line; line <= d.last_line && line <= static_cast<int>(all.size()); ++line) {
        const auto cost = by_line.find(line);
        lines.add(fmt::format("{:>8} {:>5}  {}",
                              cost == by_line.end() ? "" : percent(tree.share(cost->second)), line,
                              one_line(all[static_cast<std::size_t>(line - 1)], 160)));
        if (cost != by_line.end())
            rows.push_back(
                {{"line", line}, {"inclusive", cost->second}, {"inclusive_share", tree.share(cost->second)}});
    }
    for (const auto& [name, weight] : left) {
        if (tree.share(weight) >= 0.001)
            lines.add(fmt::format("{:>8}        in {}, which no line calls by that name",
                                  percent(tree.share(weight)), name));
    }
    return {};
}

Result<std::vector<Definition>> wanted_definitions(Workbench& bench, const std::string& what) {
    if (const auto path = bench.roots.resolve(what); path && fs::is_regular_file(*path))
        return bench.source.definitions_in(*path);
    const auto files = bench.source.files_named(what);
    if (files.size() == 1) return bench.source.definitions_in(files[0]);
    TRY(std::vector<Definition> meant, definitions_meant(bench, what, 20));
    std::vector<Definition> result;
    for (const Definition& d : meant) {
        if (!facts::is_type(d.kind))
            result.push_back(d);
        else
            std::ranges::move(bench.source.members(d), std::back_inserter(result));
    }
    return result;
}

Result<Output> run_annotate(const Args& args, Workbench& bench) {
    TRY(const fs::path file, bench.roots.resolve(args.text("profile")));
    TRY_OK(make_ready(bench));
    TRY(std::vector<Definition> wanted, wanted_definitions(bench, args.text("what")));
    std::erase_if(wanted, [](const Definition& d) {
        return facts::is_type(d.kind) || d.kind == SymbolKind::Field || d.kind == SymbolKind::EnumMember;
    });
    TRY(const ProfileStore::Pinned profile, bench.profiles.open(file));
    TRY(CallTree tree, select(*profile, {.metric = args.text("metric")}));
    Annotator annotator(*profile, std::move(tree), bench.source);
    std::vector<Measured> measured = annotator.measure(wanted);
    const CallTree& counted = annotator.tree();
    Json methods = Json::array();
    Lines lines(16000);
    lines.add(fmt::format("{} of {}", counted.metric->name, bench.roots.shown(file)));
    const bool show_lines = measured.size() == 1;
    for (const Measured& m : measured) {
        Json rows = Json::array();
        lines.add(fmt::format("{}  {}  {}", cost_text(counted, m.cost),
                              place_text(bench.roots, m.definition.file, m.definition.line),
                              m.definition.qualified));
        if (show_lines) TRY_OK(add_lines(bench, counted, m, lines, rows));
        Json row = definition_json(bench.roots, m.definition);
        row.update(cost_json(counted, m.cost));
        row["lines"] = std::move(rows);
        methods.push_back(std::move(row));
    }
    if (measured.empty())
        lines.add(fmt::format("the profile has no frame of {}; source_resolve tells what a frame means",
                              args.text("what")));
    return Output{.text = lines.text("name one method"),
                  .data = {{"metric", counted.metric->name},
                           {"unit", counted.metric->unit},
                           {"total", counted.total},
                           {"methods", std::move(methods)}}};
}

}  // namespace

Tool annotate_tool() {
    return {
        "annotate",
        "source annotate",
        "Lay what a profile measured over the methods of a file or type, or over the lines of one method: "
        "each line that "
        "calls something gets what was spent in there.",
        Effect::Reads,
        {{"profile", Kind::Path, "the profile's file"},
         {"what", Kind::String,
          "a file as ROOT/path or the end of its path, a type, or a method as Type.Method"},
         {"metric", Kind::String, "samples, cpu, allocations, contention, …; empty: the profile's own", ""}},
        run_annotate};
}

}  // namespace culprit
