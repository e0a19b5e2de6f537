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

std::string new_mark() {
    std::random_device random;
    return fmt::format("CULPRIT_RUN={:08x}{:08x}", random(), random());
}

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
    return boxed(std::move(command), request.needs.value_or(parts_.granted));
}

Result<Command> Runner::boxed(Command command, const Needs& needs) const {
    Needs most = parts_.granted;
    most.writes.insert(most.writes.end(), lent_.begin(), lent_.end());
    if (!covers(most, needs))
        return fail(Fault::Internal, "{} needs more than the call was granted:{}", command.argv.front(),
                    needs_text(needs));
    Needs opened = needs;
    opened.unconfined = parts_.granted.unconfined;
    if (needs.artifacts) {
        TRY(fs::path folder, artifacts());
        opened.writes.push_back(std::move(folder));
    }
    TRY(command.argv, parts_.sandbox.wrap(command.argv, opened, parts_.view));
    command.most_processes = Sandbox::kMostProcesses;
    return command;
}

Result<fs::path> Runner::scratch(std::string_view name) {
    if (!scratch_) {
        TRY(TemporaryFolder made, TemporaryFolder::make("culprit-run"));
        scratch_.emplace(std::move(made));
    }
    TRY(const fs::path folder, real_path(scratch_->path()));
    std::error_code code;
    fs::path path = folder / name;
    for (int number = 2; fs::exists(path, code); ++number) path = folder / fmt::format("{}-{}", name, number);
    TRY_OK(make_folder(path));
    lend(path);
    return path;
}

Result<RunReport> Runner::run(const RunRequest& request, std::stop_token stop) {
    const std::string mark = new_mark();
    TRY(const fs::path file, new_artifact(request.name, "txt"));
    TRY(const Command command, prepare(request, mark));
    const std::string name = "artifacts/" + file.filename().string();
    OutputCapture capture(file);
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

std::string_view missing_grant(std::string_view output, const Needs& granted) {
    if (granted.unconfined) return {};
    const auto says = [&](std::string_view text) { return output.contains(text); };
    if (says("Read-only file system"))
        return "It may write only what `write` names, and /tmp: name the folder that it must write.";
    const bool no_network = says("Temporary failure in name resolution") || says("Could not resolve host") ||
                            says("Network is unreachable") || says("EAI_AGAIN");
    if (no_network && !granted.network) return "It has no network: the call must ask for it.";
    return {};
}

Result<fs::path> path_for_command(const std::string& given, const fs::path& folder, const Roots& roots) {
    const bool as_commands_do = given.empty() || given.front() == '/' || given.front() == '.';
    if (!as_commands_do && roots.find(given.substr(0, given.find('/')))) return roots.resolve(given);
    return real_path(folder / given);
}

Result<Runner*> runner_of(const Workbench& bench) {
    if (!bench.runner) return fail(Fault::Internal, "this call has nothing to run commands with");
    return bench.runner;
}

}  // namespace culprit
