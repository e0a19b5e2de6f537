#include "tools/run/runner.h"

#include <random>

#include <string.h>

#include "base/process_tree.h"
#include "base/text.h"
#include "tools/run/capture.h"

namespace culprit {
namespace {

constexpr std::size_t kMostInMemory = 1 << 20;  // of stdout and of stderr, for a tool to read

// A shell line needs a shell; models and people write bash.
std::vector<std::string> argv_of(const Start& start) {
    if (!start.argv.empty()) return start.argv;
    const char* shell = find_program("bash").empty() ? "sh" : "bash";
    return {shell, "-c", start.line};
}

// Tells of what was started with it, even if that has left its group.
std::string new_mark() {
    std::random_device random;
    return fmt::format("CULPRIT_RUN={:08x}{:08x}", random(), random());
}

Result<> check_program(const std::vector<std::string>& argv, const fs::path& folder) {
    for (const std::string& word : argv)
        if (word.contains('\0')) return fail(Fault::Invalid, "an argument holds a NUL byte");
    const std::string& program = argv.front();
    if (program.empty()) return fail(Fault::Invalid, "the program's name is empty");
    std::error_code code;
    if (!fs::is_directory(folder, code))
        return fail(Fault::NotFound, "there is no folder {}", folder.string());
    const bool found =
        program.contains('/') ? fs::is_regular_file(folder / program, code) : !find_program(program).empty();
    if (!found) return fail(Fault::NotFound, "program '{}' is not installed or not in PATH", program);
    return {};
}

std::string signal_name(int number) {
    const char* name = ::sigabbrev_np(number);
    return name ? fmt::format("SIG{}", name) : fmt::format("signal {}", number);
}

std::string exit_text(const Finished& finished) {
    switch (finished.end) {
        case Finished::End::TimedOut: return "stopped at its time limit";
        case Finished::End::Stopped: return "stopped";
        case Finished::End::Crowded:
            return fmt::format("killed: it started more than {} processes", Sandbox::kMostProcesses);
        case Finished::End::Signalled: return "ended by " + signal_name(finished.signal);
        case Finished::End::Exited: break;
    }
    // The sandbox, like a shell, reports a signal as 128 and its number.
    const int signal = finished.exit_code - 128;
    if (signal > 0 && signal <= 64)
        return fmt::format("exit code {} ({})", finished.exit_code, signal_name(signal));
    return fmt::format("exit code {}", finished.exit_code);
}

}  // namespace

std::string end_text(const RunReport& report) {
    const auto ns = [](auto duration) {
        return static_cast<double>(std::chrono::nanoseconds(duration).count());
    };
    return fmt::format("{} after {} ({} of CPU, {} at most)", exit_text(report.finished),
                       duration_text(ns(report.elapsed)), duration_text(ns(report.finished.cpu)),
                       bytes_text(static_cast<double>(report.finished.peak_memory_bytes)));
}

Json report_json(const RunReport& report) {
    const Finished& finished = report.finished;
    return {{"command", report.command},
            {"end", finished.end == Finished::End::TimedOut  ? "timed_out"
                    : finished.end == Finished::End::Stopped ? "stopped"
                    : finished.end == Finished::End::Crowded ? "too_many_processes"
                                                             : "exited"},
            {"exit_code", finished.exit_code},
            {"elapsed_ms", report.elapsed.count()},
            {"cpu_ms", std::chrono::duration_cast<std::chrono::milliseconds>(finished.cpu).count()},
            {"peak_memory_bytes", finished.peak_memory_bytes},
            {"output_bytes", report.bytes},
            {"artifact", report.artifact}};
}

Result<Command> Runner::prepare(const RunRequest& request, const std::string& mark) const {
    const std::vector<std::string> argv = argv_of(request.start);
    TRY_OK(check_program(argv, request.start.folder));
    Command command{.argv = argv,
                    .folder = request.start.folder,
                    .environment = request.start.environment,
                    .input = request.input,
                    .limit = request.limit,
                    .most_output = kMostInMemory,
                    .grace = request.grace};
    command.environment.push_back(mark);
    return boxed(std::move(command));
}

Result<Command> Runner::boxed(Command command) const {
    Needs needs = parts_.granted;
    if (needs.artifacts) {
        TRY(fs::path folder, artifacts());
        needs.writes.push_back(std::move(folder));
    }
    TRY(command.argv, parts_.sandbox.wrap(command.argv, needs, parts_.view));
    command.most_processes = Sandbox::kMostProcesses;
    return command;
}

Result<RunReport> Runner::run(const RunRequest& request, std::stop_token stop) {
    const std::string mark = new_mark();
    TRY(const fs::path file, new_artifact(request.name, "txt"));
    TRY(const Command command, prepare(request, mark));
    const std::string name = "artifacts/" + file.filename().string();
    Capture capture(file);
    Result<> kept;
    const auto take = [&](Stream stream, std::string_view piece) {
        if (auto added = capture.add(piece); !added) kept = std::move(added);
        if (parts_.show && request.shown) parts_.show(stream, piece);
        return !request.on_output || request.on_output(stream, piece);
    };
    const auto start = std::chrono::steady_clock::now();
    auto finished = culprit::run(command, stop, take);
    const auto elapsed = std::chrono::steady_clock::now() - start;
    if (parts_.granted.unconfined || parts_.granted.processes) kill_marked(mark);
    if (!finished && finished.error().fault == Fault::Cancelled) {
        return fail(Fault::Cancelled, "`{}` was stopped after {}; {}", start_text(request.start),
                    duration_text(static_cast<double>(std::chrono::nanoseconds(elapsed).count())),
                    capture.bytes() > 0
                        ? fmt::format("its output until then is in {}:\n{}", name, capture.text(name))
                        : "it had written nothing");
    }
    if (!finished) return std::unexpected(std::move(finished).error());
    RunReport report{.finished = *std::move(finished),
                     .elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(elapsed),
                     .text = capture.text(name),
                     .artifact = capture.bytes() > 0 ? name : "",
                     .bytes = capture.bytes(),
                     .command = start_text(request.start)};
    if (!kept) report.text += fmt::format("\n[the output could not be kept: {}]\n", kept.error().what);
    return report;
}

Result<std::string> Runner::start(const RunRequest& request) {
    Background::Job job{.shown = start_text(request.start), .mark = new_mark()};
    TRY(job.file, new_artifact("background", "txt"));
    TRY(job.command, prepare(request, job.mark));
    job.artifact = "artifacts/" + job.file.filename().string();
    return parts_.background.start(std::move(job));
}

Result<fs::path> Runner::artifacts() const {
    TRY_OK(make_folder(parts_.artifacts));
    return real_path(parts_.artifacts);
}

Result<fs::path> Runner::new_artifact(std::string_view stem, std::string_view suffix) const {
    TRY(const fs::path folder, artifacts());
    std::error_code code;
    for (int number = 1;; ++number) {
        fs::path file = folder / fmt::format("{}-{}.{}", stem, number, suffix);
        if (!fs::exists(fs::symlink_status(file, code))) return file;
    }
}

Result<Runner*> runner_of(const Workbench& bench) {
    if (!bench.runner) return fail(Fault::Internal, "this call has nothing to run commands with");
    return bench.runner;
}

}  // namespace culprit
