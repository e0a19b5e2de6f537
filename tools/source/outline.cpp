// outline: what a file or a type declares.
#include <algorithm>

#include "base/text.h"
#include "tools/source/answer.h"
#include "tools/source/tools.h"

namespace culprit {
namespace {

std::string range_text(const Definition& d) {
    return d.last_line > d.first_line ? fmt::format("{}-{}", d.first_line, d.last_line)
                                      : fmt::format("{}", d.line);
}

// "method int Get(string key)"; the signature of a type names its kind itself.
std::string declared(const Definition& d) {
    const std::string signature = one_line(d.signature, 160);
    return facts::is_type(d.kind) ? signature : fmt::format("{} {}", to_string(d.kind), signature);
}

// A type's own lines, then its members with their file where that is another part's.
void add_type(Lines& lines, const Roots& roots, const Definition& type,
              const std::vector<Definition>& members) {
    lines.add(fmt::format("{}  {}  ({})", place_text(roots, type.file, type.line),
                          one_line(type.signature, 200), type.qualified));
    for (const Definition& member : members) {
        const std::string other = member.file == type.file ? "" : roots.shown(member.file) + ':';
        lines.add(fmt::format("  {}{:<9} {}", other, range_text(member), declared(member)));
    }
}

Result<Output> outline_of_type(const std::string& name, Workbench& bench) {
    TRY(std::vector<Definition> meant, definitions_meant(bench, name, 50));
    std::erase_if(meant, [](const Definition& d) { return !facts::is_type(d.kind); });
    if (meant.empty())
        return fail(Fault::Invalid,
                    "{} is no type; read_symbol shows a member, outline takes a file or a type", name);
    Lines lines;
    Json types = Json::array();
    std::vector<Definition> shown;
    for (const Definition& type : meant) {
        const bool is_part = std::ranges::any_of(
            shown, [&](const Definition& d) { return d.qualified == type.qualified && d.root == type.root; });
        if (is_part) continue;
        shown.push_back(type);
        const std::vector<Definition> members = bench.source.members(type);
        add_type(lines, bench.roots, type, members);
        Json row = definition_json(bench.roots, type);
        row["bases"] = type.bases;
        row["members"] = Json::array();
        for (const Definition& member : members)
            row["members"].push_back(definition_json(bench.roots, member));
        types.push_back(std::move(row));
    }
    return Output{
        .text = lines.text("name the type with its namespace, or one of its files") + partial_note(bench),
        .data = {{"query", name}, {"types", std::move(types)}}};
}

Result<Output> outline_of_file(const fs::path& file, Workbench& bench) {
    const std::vector<Definition> all = bench.source.definitions_in(file);
    if (all.empty()) {
        return fail(Fault::NotFound,
                    "nothing is declared in {}, or its language is not known; read_file shows it",
                    bench.roots.shown(file));
    }
    Lines lines;
    Json symbols = Json::array();
    for (const Definition& d : all) {
        const auto depth = std::ranges::count_if(all, [&](const Definition& outer) {
            return &outer != &d && outer.first_line <= d.first_line && outer.last_line >= d.last_line &&
                   outer.signature != d.signature && (d.container + '.').starts_with(outer.qualified + '.');
        });
        lines.add(fmt::format("{}{:<9} {}", std::string(static_cast<std::size_t>(depth) * 2, ' '),
                              range_text(d), declared(d)));
        symbols.push_back(definition_json(bench.roots, d));
    }
    return Output{
        .text = fmt::format("{}\n{}", bench.roots.shown(file), lines.text("ask for one of its types")),
        .data = {{"file", bench.roots.shown(file)}, {"symbols", std::move(symbols)}}};
}

Result<Output> run_outline(const Args& args, Workbench& bench) {
    TRY_OK(make_ready(bench));
    const std::string& what = args.text("what");
    if (const auto path = bench.roots.resolve(what); path && fs::is_regular_file(*path))
        return outline_of_file(*path, bench);
    const auto files = bench.source.files_named(what);
    if (files.size() == 1) return outline_of_file(files[0], bench);
    if (files.size() > 1) {
        return fail(Fault::Invalid, "{} is the end of {} paths: say {} or {}", what, files.size(),
                    bench.roots.shown(files[0]), bench.roots.shown(files[1]));
    }
    return outline_of_type(what, bench);
}

}  // namespace

Tool outline_tool() {
    return {"outline",
            "source outline",
            "List what a file declares, or the members and bases of a type (all parts of it), with "
            "signatures and lines.",
            Effect::Reads,
            {{"what", Kind::String, "a file as ROOT/path or the end of its path, or a type's name"}},
            run_outline};
}

}  // namespace culprit
