#include "tools/source/answer.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"

namespace culprit {

void Lines::add(std::string line) {
    if (left_out_ > 0 || text_.size() + line.size() > most_bytes_)
        ++left_out_;
    else
        text_ += std::move(line) + '\n';
}

std::string Lines::text(std::string_view how_to_see_them) const {
    return left_out_ == 0 ? text_ : fmt::format("{}… {} more: {}\n", text_, left_out_, how_to_see_them);
}

std::string place_text(const Roots& roots, const fs::path& file, int line) {
    return fmt::format("{}:{}", roots.shown(file), line);
}

namespace {

// The root's name, and the path below it.
std::pair<std::string, std::string> below_root(const Roots& roots, const fs::path& file) {
    const Root* best = nullptr;
    for (const Root* root : roots.sources()) {
        if (lies_within(file, root->path) &&
            (!best || best->path.native().size() < root->path.native().size()))
            best = root;
    }
    if (!best) return {"", file.string()};
    return {best->name, file.lexically_relative(best->path).string()};
}

}  // namespace

Json target_json(const Roots& roots, std::string_view symbol, const fs::path& file, int line,
                 Certainty certainty) {
    const auto [root, path] = below_root(roots, file);
    return {{"symbol", symbol},
            {"file", path},
            {"line", line},
            {"certainty", to_string(certainty)},
            {"root", root}};
}

Json definition_json(const Roots& roots, const Definition& definition) {
    const auto [root, path] = below_root(roots, definition.file);
    return {{"symbol", definition.qualified},
            {"kind", to_string(definition.kind)},
            {"signature", definition.signature},
            {"file", path},
            {"line", definition.line},
            {"first_line", definition.first_line},
            {"end_line", definition.last_line},
            {"root", root},
            {"generated", definition.is_generated}};
}

Result<std::optional<PlaceQuery>> read_place(const Roots& roots, std::string_view text) {
    const auto colon = text.find(':');
    if (colon == text.npos || colon + 1 >= text.size() || text[colon + 1] < '0' || text[colon + 1] > '9')
        return std::nullopt;
    PlaceQuery place;
    const std::string_view rest = text.substr(colon + 1);
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), place.line);
    const std::string_view behind(end, static_cast<std::size_t>(rest.data() + rest.size() - end));
    if (error != std::errc() || (!behind.empty() && behind.front() != ':')) return std::nullopt;
    if (!behind.empty()) place.name = behind.substr(1);
    TRY(place.file, roots.resolve(text.substr(0, colon)));
    return place;
}

Result<std::string> numbered_lines(const fs::path& file, int first, int last) {
    TRY(const std::string text, read_file(file, 64u << 20));
    const std::vector<std::string_view> all = split_lines(text);
    std::string out;
    int line = std::max(first, 1);
    last = std::min(last, static_cast<int>(all.size()));
    for (; line <= last && out.size() < 16000; ++line) {
        out += fmt::format("{:>5}  {}\n", line, one_line(all[static_cast<std::size_t>(line - 1)], 500));
    }
    if (line <= last)
        out += fmt::format("… lines {} to {} left out: read_file with first={} reads on\n", line, last, line);
    return out;
}

std::string certainty_mark(Certainty certainty) {
    return certainty == Certainty::Exact ? "" : fmt::format("  [{}]", to_string(certainty));
}

Result<> make_ready(Workbench& bench) {
    bench.progress("looking at the sources", -1);
    return bench.source.make_current(bench.stop);
}

std::string partial_note(const Workbench& bench) {
    if (!bench.source.is_partial()) return "";
    return "(The index is still being made: this rests on the files that hold these names. Asked again "
           "later, the answer "
           "is surer.)\n";
}

namespace {

Result<std::vector<Definition>> definitions_at_place(Workbench& bench, const PlaceQuery& place) {
    std::vector<Definition> found;
    for (Definition& d : bench.source.definitions_in(place.file)) {
        if (d.line == place.line && (place.name.empty() || d.name == place.name))
            found.push_back(std::move(d));
    }
    if (found.empty()) {
        if (auto around = bench.source.definition_at(place.file, place.line))
            found.push_back(*std::move(around));
    }
    if (!found.empty()) return found;
    return fail(Fault::Invalid,
                "no definition holds {}; read_file shows the lines, find_symbol finds by name",
                place_text(bench.roots, place.file, place.line));
}

}  // namespace

Result<std::vector<Definition>> definitions_meant(Workbench& bench, const std::string& query,
                                                  std::size_t limit) {
    TRY(const std::optional<PlaceQuery> place, read_place(bench.roots, query));
    if (place) return definitions_at_place(bench, *place);
    std::vector<Definition> found = bench.source.find({.name = query, .limit = limit});
    if (!found.empty()) return found;
    std::vector<std::string> alike;
    const auto dot = query.rfind('.');
    const std::string last = dot == query.npos ? query : query.substr(dot + 1);
    for (const Match match : {Match::Exact, Match::Prefix, Match::Part}) {
        for (const Definition& d : bench.source.find({.name = last, .match = match, .limit = 5})) {
            if (alike.size() < 5) alike.push_back(d.qualified);
        }
    }
    return fail(Fault::NotFound, "nothing is called {} in the sources; {}", query,
                alike.empty() ? "grep searches the text, list_files shows what there is"
                              : "there is " + join(alike, ", "));
}

}  // namespace culprit
