// read_file: numbered lines of a file of the roots, the artefacts or the memory.
#include <algorithm>

#include "base/text.h"
#include "tools/source/answer.h"
#include "tools/source/file_kind.h"
#include "tools/source/tools.h"

namespace culprit {
namespace {

constexpr std::uint64_t kLargestFile = 64u << 20;

Result<Output> run_read_file(const Args& args, Workbench& bench) {
    TRY(const fs::path path, bench.roots.resolve(args.text("path")));
    const std::string shown = bench.roots.shown(path);
    if (fs::is_directory(path))
        return fail(Fault::Invalid, "{} is a folder; list_files shows what it holds", shown);
    TRY(const std::string text, read_file(path, kLargestFile));
    if (is_binary(text)) {
        return fail(Fault::Invalid,
                    "{} is binary ({}), not text; profile_summary and profile_top read it if it is a profile",
                    shown, bytes_text(static_cast<double>(text.size())));
    }
    const std::vector<std::string_view> all = split_lines(text);
    const auto count = static_cast<std::int64_t>(all.size());
    const std::int64_t first = std::max<std::int64_t>(args.integer("first"), 1);
    const std::int64_t last = args.integer("last") <= 0 ? count : std::min(args.integer("last"), count);
    if (first > count && count > 0) {
        return fail(Fault::Invalid, "{} has {} lines; there is no line {}", shown, count, first);
    }
    TRY(const std::string out,
        numbered_lines(path, static_cast<int>(std::min<std::int64_t>(first, INT32_MAX)),
                       static_cast<int>(last)));
    return Output{.text = fmt::format("{} ({} lines)\n{}", shown, count, out),
                  .data = {{"file", shown}, {"lines", count}, {"first", first}, {"last", last}}};
}

}  // namespace

Tool read_file_tool() {
    return {"read_file",
            "source read",
            "Show the numbered lines of a text file, whole or a range. Takes files of the source roots, of "
            "artifacts/ and of "
            "memory/. For one method read_symbol needs no line numbers.",
            Effect::Reads,
            {{"path", Kind::Path, "the file, as ROOT/path"},
             {"first", Kind::Integer, "first line to show, from 1", std::int64_t{1}},
             {"last", Kind::Integer, "last line to show; 0: to the end", std::int64_t{0}}},
            run_read_file};
}

}  // namespace culprit
