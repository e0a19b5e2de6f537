// profile_export: a profile as a file of another format.
#include "base/text.h"
#include "tools/profile/ask.h"
#include "tools/profile/render.h"
#include "tools/profile/tools.h"
#include "tools/profile/writers.h"

namespace culprit {
namespace {

void add_stacks(Page& page, std::string_view collapsed) {
    const auto lines = split_lines(collapsed);
    std::size_t shown = 0;
    while (shown < lines.size() && page.row(lines[shown])) ++shown;
    if (shown < lines.size()) page.line(fmt::format("not shown: {} more stacks", lines.size() - shown));
}

Result<Output> run_export(const Args& args, Workbench& bench) {
    TRY(const Asked asked, ask(args, bench));
    const Metric& metric = *asked.tree.metric;
    TRY(std::vector<Cell> cells, selected_cells(*asked.profile, asked.selection));
    const Exported exported{*asked.profile, metric, std::move(cells)};
    const std::string& to = args.text("to_format");
    Output output{
        .data = {
            {"format", to}, {"metric", metric.name}, {"unit", metric.unit}, {"total", asked.tree.total}}};
    if (to == "pprof") {
        TRY(output.bytes, to_pprof(exported));
    } else {
        output.bytes = to == "collapsed" ? to_collapsed(exported) : to_speedscope(exported, asked.file);
    }
    output.data["bytes"] = output.bytes.size();
    Page page;
    page.line(fmt::format(
        "{} of {} as {}: {} bytes, which only the command line writes: culprit profile export FILE "
        "--to-format {} > OUT",
        metric.name, asked.file, to, grouped(static_cast<std::int64_t>(output.bytes.size())), to));
    if (to == "collapsed") add_stacks(page, output.bytes);
    output.text = std::move(page).take();
    return output;
}

}  // namespace

Tool profile_export_tool() {
    return {"profile_export",
            "profile export",
            "Write one metric of a profile as a file that other tools open: speedscope JSON, collapsed "
            "stacks or pprof. On the command line "
            "it goes to stdout.",
            Effect::Reads,
            with_selection({
                {"file", Kind::Path, "the profile"},
                {"to_format", Kind::String, "the format", "speedscope", {"speedscope", "collapsed", "pprof"}},
            }),
            run_export,
            "profile export trace.nettrace --metric allocations --to-format pprof > allocations.pb.gz"};
}

}  // namespace culprit
