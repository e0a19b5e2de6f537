// What bench/source/compare cannot measure from outside: the least that parsing a tree can cost, and
// questions to an index that is ready.
//
//   source_bench walk FOLDER THREADS         parses each file that the index reads, visits each node, no more
//   source_bench stat FOLDER                 looks at time and size of each of those files
//   source_bench index FOLDER STATE          brings the index up to date
//   source_bench questions FOLDER STATE N    asks about N names spread over the tree
//   source_bench exact FOLDER STATE TRUTH    how many calls and callers of a ground truth are found
#include <algorithm>
#include <atomic>
#include <map>
#include <set>
#include <thread>

#include <nlohmann/json.hpp>
#include <sys/stat.h>

#include "base/json.h"
#include "base/process.h"
#include "base/text.h"
#include "tools/source/index.h"
#include "tools/source/languages.h"
#include "tools/source/patterns.h"

namespace culprit {
namespace {

using Clock = std::chrono::steady_clock;

double ms_since(Clock::time_point begin) {
    return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}

std::vector<fs::path> files_of(const fs::path& folder) {
    std::vector<fs::path> files;
    const auto listed =
        run({.argv = {"rg", "--files", "--null", "--no-config"}, .folder = folder, .most_output = 512u << 20},
            {});
    if (!listed) return files;
    for (const std::string_view path : split(listed->out, '\0')) {
        if (const Language* language = path.empty() ? nullptr : language_of(path);
            language && language->grammar)
            files.push_back(folder / path);
    }
    return files;
}

Result<> walk(const fs::path& folder, std::size_t count) {
    const std::vector<fs::path> files = files_of(folder);
    const auto begin = Clock::now();
    std::atomic<std::size_t> next = 0, nodes = 0, bytes = 0;
    const auto work = [&] {
        std::map<const Language*, std::unique_ptr<Parser>> parsers;
        for (std::size_t i = next++; i < files.size(); i = next++) {
            const auto text = read_file(files[i]);
            const Language* language = language_of(files[i].native());
            if (!text) continue;
            std::unique_ptr<Parser>& parser = parsers[language];
            if (!parser) parser = std::make_unique<Parser>(language->grammar());
            const auto tree = parser->parse(*text);
            if (!tree) continue;
            bytes += text->size();
            TSTreeCursor cursor = ts_tree_cursor_new(tree->root());
            for (bool more = true; more;) {
                ++nodes;
                more = ts_tree_cursor_goto_first_child(&cursor);
                while (!more && !(more = ts_tree_cursor_goto_next_sibling(&cursor))) {
                    if (!ts_tree_cursor_goto_parent(&cursor)) break;
                }
            }
            ts_tree_cursor_delete(&cursor);
        }
    };
    {
        std::vector<std::jthread> threads;
        for (std::size_t i = 0; i < count; ++i) threads.emplace_back(work);
    }
    fmt::print("{{\"files\":{},\"bytes\":{},\"nodes\":{},\"ms\":{:.1f}}}\n", files.size(), bytes.load(),
               nodes.load(), ms_since(begin));
    return {};
}

Result<> stat_all(const fs::path& folder) {
    const std::vector<fs::path> files = files_of(folder);
    const auto begin = Clock::now();
    std::size_t sum = 0;
    for (const fs::path& file : files) {
        struct stat status {};
        if (::lstat(file.c_str(), &status) == 0) sum += static_cast<std::size_t>(status.st_size);
    }
    fmt::print("{{\"files\":{},\"bytes\":{},\"ms\":{:.1f}}}\n", files.size(), sum, ms_since(begin));
    return {};
}

// Medians and the worst of what was measured.
class Times {
  public:
    template <class Ask>
    void measure(Ask ask) {
        const auto begin = Clock::now();
        ask();
        ms_.push_back(ms_since(begin));
    }
    Json json() {
        std::ranges::sort(ms_);
        if (ms_.empty()) return nullptr;
        return {{"median_ms", ms_[ms_.size() / 2]},
                {"p95_ms", ms_[ms_.size() * 95 / 100]},
                {"worst_ms", ms_.back()}};
    }

  private:
    std::vector<double> ms_;
};

Result<> bring_up_to_date(SourceIndex& index) {
    const auto begin = Clock::now();
    TRY(const IndexState state, index.update());
    fmt::print("{{\"files\":{},\"parsed\":{},\"broken\":{},\"definitions\":{},\"calls\":{},\"ms\":{:.1f}}}\n",
               state.files, state.parsed, state.broken_files, state.definitions, state.calls,
               ms_since(begin));
    return {};
}

Result<> questions(SourceIndex& index, std::size_t count) {
    TRY_OK(index.update());
    std::vector<Definition> methods;
    for (const fs::path& file : index.files_named("")) {
        for (Definition& d : index.definitions_in(file)) {
            if (d.kind == SymbolKind::Method && d.has_body) methods.push_back(std::move(d));
        }
    }
    Times first, find, callers, callees, implementations, references, patterns;
    if (methods.empty()) return fail(Fault::NotFound, "no method in this tree has a body");
    first.measure([&] { (void)index.calls_in(methods.front()); });
    PatternFinder finder({});
    for (std::size_t i = 0; i < count; ++i) {
        const Definition& method = methods[i * (methods.size() - 1) / std::max<std::size_t>(1, count - 1)];
        find.measure([&] { (void)index.find({.name = method.qualified}); });
        callers.measure([&] { (void)index.callers(method); });
        callees.measure([&] { (void)index.calls_in(method); });
        implementations.measure([&] { (void)index.implementations(method); });
        references.measure([&] { (void)index.references(method, 100); });
        if (i % 10 != 0) continue;
        patterns.measure([&] {  // ten hot methods
            for (std::size_t k = 0; k < 10; ++k)
                (void)finder.find_in(methods[(i * 31 + k * 977) % methods.size()]);
        });
    }
    const Json result{{"first", first.json()},
                      {"find_symbol", find.json()},
                      {"callers", callers.json()},
                      {"callees", callees.json()},
                      {"implementations", implementations.json()},
                      {"references", references.json()},
                      {"find_patterns of 10 methods", patterns.json()}};
    fmt::print("{}\n", dump_json(result));
    return {};
}

// ---- against a ground truth: calls, external_calls, callers_of and the projects that it was made of

fs::path file_of(const fs::path& root, const Json& row, const char* key) {
    return root / row[key].get<std::string>();
}

const CallSite* site_of(const std::vector<CallSite>& sites, const Json& call) {
    const auto found = std::ranges::find(sites, call["col"].get<int>(), &CallSite::column);
    return found == sites.end() ? nullptr : &*found;
}

bool was_compiled(const Json& truth, std::string_view path) {
    for (const Json& project : truth["projects"]) {
        for (const Json& folder : project["dirs"]) {
            if (path.starts_with(folder.get<std::string>() + "/")) return true;
        }
    }
    return false;
}

Json callers_score(SourceIndex& index, const fs::path& root, const Json& truth) {
    double recall = 0, precision = 0;
    for (const Json& row : truth["callers_of"]) {
        std::multiset<std::pair<std::string, int>> wanted, found, both;
        for (const Json& site : row["sites"]) wanted.insert({site[0].get<std::string>(), site[1].get<int>()});
        for (const Definition& d : index.definitions_in(file_of(root, row, "def_file"))) {
            if (d.line != row["def_line"].get<int>() || d.name != row["name"].get<std::string>()) continue;
            for (const Caller& caller : index.callers(d)) {
                const std::string path = caller.site.file.lexically_relative(root).string();
                if (!caller.through_base && was_compiled(truth, path)) found.insert({path, caller.site.line});
            }
        }
        std::ranges::set_intersection(wanted, found, std::inserter(both, both.end()));
        const auto share = [&](std::size_t of) { return of ? double(both.size()) / double(of) : 1.0; };
        recall += share(wanted.size());
        precision += share(found.size());
    }
    const double count = double(truth["callers_of"].size());
    if (count == 0) return nullptr;
    return {{"definitions", count}, {"recall", recall / count}, {"precision", precision / count}};
}

Result<> exact(SourceIndex& index, const fs::path& root, const fs::path& truth_file) {
    TRY(const std::string text, read_file(truth_file, 1u << 30));
    const Json truth = Json::parse(text, nullptr, false);
    if (!truth.is_object()) return fail(Fault::Invalid, "{} is no JSON object", truth_file.string());
    std::size_t right = 0, none = 0, wrong = 0, surely_wrong = 0, invented = 0;
    for (const Json& call : truth["calls"]) {
        const auto sites = index.calls_at(file_of(root, call, "file"), call["line"]);
        const CallSite* site = site_of(sites, call);
        if (!site || site->targets.empty()) {
            ++none;
            continue;
        }
        const Target& target = site->targets[0];
        const bool is_right = target.definition.file == file_of(root, call, "def_file") &&
                              target.definition.line == call["def_line"].get<int>();
        ++(is_right ? right : wrong);
        surely_wrong += !is_right && target.certainty == Certainty::Exact;
    }
    for (const Json& call : truth["external_calls"]) {
        const auto sites = index.calls_at(file_of(root, call, "file"), call["line"]);
        const CallSite* site = site_of(sites, call);
        invented += site && !site->targets.empty();
    }
    const Json result{{"calls", truth["calls"].size()},
                      {"right", right},
                      {"not found", none},
                      {"wrong", wrong},
                      {"wrong, but called exact", surely_wrong},
                      {"external calls", truth["external_calls"].size()},
                      {"edges invented", invented},
                      {"callers", callers_score(index, root, truth)}};
    fmt::print("{}\n", dump_json(result));
    return {};
}

Result<> start(std::span<const std::string> args) {
    if (args.size() < 2) return fail(Fault::Invalid, "see the head of source_bench.cpp for the arguments");
    TRY(const fs::path folder, real_path(args[1]));
    if (args[0] == "walk" && args.size() == 3) return walk(folder, std::stoul(args[2]));
    if (args[0] == "stat") return stat_all(folder);
    if (args.size() < 3) return fail(Fault::Invalid, "see the head of source_bench.cpp for the arguments");
    Roots roots;
    TRY_OK(roots.add_source("src", folder));
    SourceIndex index(roots, args[2]);
    if (args[0] == "index") return bring_up_to_date(index);
    if (args.size() < 4) return fail(Fault::Invalid, "see the head of source_bench.cpp for the arguments");
    if (args[0] == "questions") return questions(index, std::stoul(args[3]));
    if (args[0] == "exact") return exact(index, folder, args[3]);
    return fail(Fault::Invalid, "there is no {}", args[0]);
}

}  // namespace
}  // namespace culprit

int main(int argc, char** argv) {
    const std::vector<std::string> args(argv + 1, argv + argc);
    const auto done = culprit::start(args);
    if (done) return 0;
    fmt::print(stderr, "source_bench: {}\n", done.error().what);
    return 1;
}
