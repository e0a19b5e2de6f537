// list_files: what there is, folder by folder where it is much.
#include <algorithm>
#include <map>

#include "base/process.h"
#include "base/text.h"
#include "tools/source/answer.h"
#include "tools/source/tools.h"

namespace culprit {
namespace {

Result<std::vector<fs::path>> files_below(const fs::path& folder, const std::string& glob,
                                          std::stop_token stop) {
    Command command{.argv = {"rg", "--files", "--null", "--no-messages", "--no-config", "--sort", "path"},
                    .folder = folder,
                    .most_output = 64u << 20};
    if (!glob.empty()) command.argv.push_back("--glob=" + glob);
    TRY(Finished listed, run(command, stop));
    if (listed.end == Finished::End::TimedOut || listed.out_bytes > listed.out.size())
        return fail(Fault::Invalid, "{} holds too many files to list: name a folder in it", folder.string());
    if (listed.exit_code > 1)
        return fail(Fault::Invalid, "rg cannot list {}: {}", folder.string(), trim(listed.err));
    if (listed.out.empty()) {  // a root that an outer .gitignore hides
        command.argv.push_back("--no-ignore");
        TRY(listed, run(command, stop));
    }
    std::vector<fs::path> files;
    for (const std::string_view path : split(listed.out, '\0')) {
        if (!path.empty()) files.push_back(folder / path);
    }
    return files;
}

// Too many to name each: how many there are in each folder below.
void add_folders(Lines& lines, const Roots& roots, const fs::path& folder,
                 const std::vector<fs::path>& files) {
    std::map<std::string, std::size_t> folders;
    for (const fs::path& file : files) {
        const fs::path below = file.lexically_relative(folder);
        if (std::next(below.begin()) == below.end())
            lines.add(roots.shown(file));
        else
            ++folders[(folder / *below.begin()).string()];
    }
    for (const auto& [path, count] : folders)
        lines.add(fmt::format("{}/  ({} files)", roots.shown(path), count));
}

Result<Output> run_list_files(const Args& args, Workbench& bench) {
    std::vector<fs::path> folders;
    if (args.text("path").empty()) {
        for (const Root* root : bench.roots.sources()) folders.push_back(root->path);
        if (folders.empty())
            return fail(Fault::NotFound, "there is no source root; a person adds one with --root NAME=PATH");
    } else {
        TRY(fs::path folder, bench.roots.resolve(args.text("path")));
        if (!fs::is_directory(folder)) {
            return fail(Fault::Invalid, "{} is a file; read_file shows it", args.text("path"));
        }
        folders.push_back(std::move(folder));
    }
    const auto limit = static_cast<std::size_t>(std::clamp<std::int64_t>(args.integer("limit"), 1, 10000));
    Lines lines;
    Json shown = Json::array();
    std::size_t total = 0;
    for (const fs::path& folder : folders) {
        TRY(const std::vector<fs::path> files, files_below(folder, args.text("pattern"), bench.stop));
        total += files.size();
        if (files.size() > limit) add_folders(lines, bench.roots, folder, files);
        for (const fs::path& file : files) {
            if (shown.size() < limit) shown.push_back(bench.roots.shown(file));
            if (files.size() <= limit) lines.add(bench.roots.shown(file));
        }
    }
    Output output{
        .text = fmt::format("{} files\n{}", total, lines.text("name a folder in `path` or a `pattern`")),
        .data = {{"total", total}, {"files", std::move(shown)}}};
    if (total == 0) output.text = "no files match; leave out the pattern to see what there is\n";
    return output;
}

}  // namespace

Tool list_files_tool() {
    return {"list_files",
            "source list",
            "List the files of the source roots that git does not ignore. Where there are many, says how "
            "many each folder "
            "holds.",
            Effect::Reads,
            {{"path", Kind::Path, "a folder, as ROOT/path; empty: all roots", ""},
             {"pattern", Kind::String, "a glob that the files must match, e.g. *.cs or src/**/*Cache*", ""},
             {"limit", Kind::Integer, "most rows", std::int64_t{150}}},
            run_list_files};
}

}  // namespace culprit
