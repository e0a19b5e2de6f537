// grep: ripgrep over the roots.
#include <algorithm>

#include "base/process.h"
#include "base/secrets.h"
#include "base/text.h"
#include "tools/source/answer.h"
#include "tools/source/tools.h"

namespace culprit {
namespace {

constexpr std::size_t kLongestLine = 240;  // code points shown of a matching line

struct Search {
    const Roots& roots;
    std::size_t limit;
    Lines lines = Lines();
    Json matches = Json::array();
    std::size_t total = 0, files = 0;
    std::string file = {};
    bool is_denied = false;  // a glob can lead rg to files of keys

    // One line of `rg --json`: begin, match, context, end or summary.
    void take(std::string_view line) {
        const auto event = parse_json(line, "rg");
        if (!event) return;
        const std::string type = text_at(*event, "type");
        const Json& data = member(*event, "data");
        if (type == "begin") {
            file = text_at(member(data, "path"), "text");
            is_denied = is_secret_file(fs::path(file).filename().native()) && !roots.resolve(file);
            files += !is_denied;
        } else if (is_denied) {
            return;
        } else if (type == "match" || type == "context") {
            show(type == "match", integer_at(data, "line_number"), text_at(member(data, "lines"), "text"));
        }
    }

    void show(bool is_match, std::int64_t line, std::string_view text) {
        if (is_match && ++total > limit) return;
        if (total > limit) return;
        const std::string_view first = text.substr(0, text.find('\n'));
        const std::string shown = roots.shown(file);
        lines.add(fmt::format("{}{}{}{} {}", shown, is_match ? ':' : '-', line, is_match ? ':' : '-',
                              one_line(first, kLongestLine)));
        if (is_match)
            matches.push_back({{"file", shown}, {"line", line}, {"text", one_line(first, kLongestLine)}});
    }
};

Result<Output> run_grep(const Args& args, Workbench& bench) {
    Command command{.argv = {"rg", "--json", "--no-config", "--sort", "path"}, .most_output = 32u << 20};
    if (args.flag("literal")) command.argv.push_back("--fixed-strings");
    if (args.flag("ignore_case")) command.argv.push_back("--ignore-case");
    if (args.flag("word")) command.argv.push_back("--word-regexp");
    if (!args.text("glob").empty()) command.argv.push_back("--glob=" + args.text("glob"));
    command.argv.push_back(
        fmt::format("--context={}", std::clamp<std::int64_t>(args.integer("context"), 0, 20)));
    command.argv.insert(command.argv.end(), {"-e", args.text("pattern"), "--"});
    if (!args.text("path").empty()) {
        TRY(const fs::path path, bench.roots.resolve(args.text("path")));
        command.argv.push_back(path.string());
    } else {
        for (const Root* root : bench.roots.sources()) command.argv.push_back(root->path.string());
        if (bench.roots.sources().empty()) {
            return fail(Fault::NotFound, "there is no source root to search; name a file in `path`");
        }
    }
    TRY(const Finished finished, run(command, bench.stop));
    const bool timed_out = finished.end == Finished::End::TimedOut;
    if (timed_out && finished.out.empty())
        return fail(Fault::TimedOut,
                    "no match for {} within {} s, and not all was searched: name `path` or `glob`",
                    one_line(args.text("pattern"), 80), command.limit / std::chrono::seconds(1));
    if (!timed_out && finished.exit_code > 1 && finished.out.empty()) {
        return fail(Fault::Invalid, "rg cannot search for {}: {}; with `literal` it is searched as it stands",
                    one_line(args.text("pattern"), 80), one_line(trim(finished.err), 300));
    }
    Search search{
        .roots = bench.roots,
        .limit = static_cast<std::size_t>(std::clamp<std::int64_t>(args.integer("limit"), 1, 2000))};
    for (const std::string_view line : split_lines(finished.out)) search.take(line);
    if (search.total == 0) {
        return Output{
            .text = fmt::format("no match for {} {}\n", args.text("pattern"),
                                args.flag("ignore_case") ? "" : "(case counts; ignore_case turns that off)"),
            .data = {{"total", 0}, {"matches", Json::array()}}};
    }
    std::string text = fmt::format("{} matches in {} files\n{}", search.total, search.files,
                                   search.lines.text("narrow the pattern, or give `path` or `glob`"));
    if (search.total > search.limit)
        text += fmt::format("… {} matches more: raise `limit` or narrow the search\n",
                            search.total - search.limit);
    const bool partial = timed_out || finished.out_bytes > finished.out.size();
    if (partial) text += "… not all was searched, there may be more: name `path` or `glob`\n";
    Json data = {{"total", search.total}, {"matches", std::move(search.matches)}};
    if (partial) data["partial"] = true;
    return Output{.text = std::move(text), .data = std::move(data)};
}

}  // namespace

Tool grep_tool() {
    return {"grep",
            "source grep",
            "Search the text of files (ripgrep). For definitions and calls find_symbol and callers are "
            "exact; this finds the "
            "rest: comments, strings, settings.",
            Effect::Reads,
            {{"pattern", Kind::String, "a regular expression as ripgrep has them"},
             {"path", Kind::Path, "a file or folder, as ROOT/path; empty: all source roots", ""},
             {"glob", Kind::String, "e.g. *.cs", ""},
             {"literal", Kind::Boolean, "take the pattern as plain text", false},
             {"ignore_case", Kind::Boolean, "case does not count", false},
             {"word", Kind::Boolean, "whole words only", false},
             {"context", Kind::Integer, "lines to show around each match", std::int64_t{0}},
             {"limit", Kind::Integer, "most rows", std::int64_t{60}}},
            run_grep};
}

}  // namespace culprit
