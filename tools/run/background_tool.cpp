#include "base/text.h"
#include "tools/run/capture.h"
#include "tools/run/runner.h"
#include "tools/run/tools.h"

namespace culprit {
namespace {

constexpr std::size_t kMostTaken = 16000;

std::string status_text(const Background::Status& status) {
    const double ns = static_cast<double>(std::chrono::nanoseconds(status.elapsed).count());
    return fmt::format("{}  {} {}, {} of output in {}  {}\n", status.id,
                       status.running ? "running for" : status.end + " after", duration_text(ns),
                       bytes_text(static_cast<double>(status.bytes)), status.artifact,
                       one_line(printable(status.command), 120));
}

Json status_json(const Background::Status& status) {
    return {{"id", status.id},
            {"command", status.command},
            {"running", status.running},
            {"end", status.end},
            {"exit_code", status.running ? Json() : Json(status.exit_code)},
            {"elapsed_ms", status.elapsed.count()},
            {"output_bytes", status.bytes},
            {"artifact", status.artifact}};
}

Output list_all(const Background& background) {
    Output output{.data = Json::array()};
    for (const Background::Status& status : background.list()) {
        output.text += status_text(status);
        output.data.push_back(status_json(status));
    }
    if (output.text.empty()) output.text = "nothing was started in the background\n";
    return output;
}

// It stops what the session itself started, so there is nothing to ask.
Result<Plan> plan_nothing(const Args&, Workbench&) { return Plan{}; }

Result<Output> run_background(const Args& args, Workbench& bench) {
    TRY(Runner* const runner, runner_of(bench));
    Background& background = runner->background();
    const std::string& action = args.text("action");
    const std::string& id = args.text("id");
    if (action == "list") return list_all(background);
    if (action == "stop") TRY_OK(background.stop(id));
    const double seconds = action == "output" ? std::clamp(args.number("wait_s"), 0.0, 600.0) : 0;
    TRY(const Background::Status status,
        background.wait(id, std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000)),
                        bench.stop));
    TRY(const std::string written, background.take_output(id, kMostTaken));
    Output output{.text = status_text(status), .data = status_json(status)};
    output.text +=
        written.empty() ? "(no output since it was asked the last time)\n" : readable_output(written);
    if (!output.text.ends_with('\n')) output.text += '\n';
    return output;
}

}  // namespace

Tool background_tool() {
    return {
        .name = "background",
        .command = "",
        .about =
            "List, look at or stop what run_command left running in the background. `output` gives what was "
            "written since it was asked the last time, and waits for some if asked to.",
        .effect = Effect::Runs,
        .args =
            {
                {"action", Kind::String, "what to do", "list", {"list", "output", "stop"}},
                {"id", Kind::String, "of which command, e.g. \"b1\"; not for list", ""},
                {"wait_s", Kind::Number, "for output: most seconds to wait until something is written", 0.0},
            },
        .run = run_background,
        .plan = plan_nothing,
    };
}

}  // namespace culprit
