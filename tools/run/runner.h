// How tools run what they were allowed to: in the sandbox, with what the call was granted open and nothing
// else, shown while it runs, kept whole on disk, and always ended.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/process.h"
#include "tools/run/background.h"
#include "tools/run/sandbox.h"
#include "tools/tool.h"

namespace culprit {

class Connections;

struct RunRequest {
    Start start;
    std::optional<Needs> needs = {};  // as of boxed(); none: all that the call was granted
    std::string input = {};           // its stdin, then end of file
    std::chrono::milliseconds limit{std::chrono::minutes(2)};
    std::chrono::milliseconds grace{
        std::chrono::seconds(2)};  // from SIGTERM to SIGKILL, at the limit or a stop
    std::string name = "run";      // of the file that keeps its output: run-1.txt
    OnOutput on_output = {};       // gets the output too; false ends the command
    bool shown = true;             // while it runs, at the terminal
};

struct RunReport {
    Finished finished;  // its out and err hold the first MB of each
    std::chrono::milliseconds elapsed{0};
    std::string
        text;  // stdout and stderr as they came, made readable: all of it, or head and tail around a count
    std::string artifact;  // "artifacts/run-1.txt": the whole; empty if there was no output
    std::uint64_t bytes = 0;
    std::string command;  // as a person would type it

    bool succeeded() const { return finished.end == Finished::End::Exited && finished.exit_code == 0; }
};

// A variable for the environment, "NAME=value", that tells of all that was started with it, even if it has
// left its group.
std::string new_mark();

// How it ended and what it took: "exit code 0 after 1.2 s (0.8 s of CPU, 45.1 MB at most)".
std::string end_text(const RunReport& report);
Json report_json(const RunReport& report);

class Runner {
  public:
    struct Parts {  // borrowed, but for the values
        const Sandbox& sandbox;
        Background& background;
        Connections& connections;
        SandboxView view;
        fs::path artifacts;  // made when there is something to keep
        Needs granted;       // what the call's plan asked for
        OnOutput show = {};  // the terminal
    };
    explicit Runner(Parts parts) : parts_(std::move(parts)) {}

    // Runs it to its end. A program that ends badly is a RunReport. Fails with NotFound if the program or
    // folder does not exist; Cancelled on stop, its text saying where the output until then is; as
    // Sandbox::wrap does.
    Result<RunReport> run(const RunRequest& request, std::stop_token stop);

    // The command as it runs in the sandbox with these needs, for tools that start it themselves; its argv
    // and most_processes are changed. They are part of what the call was granted, but for scratch() and what
    // was lent; where that was to run outside of the sandbox, it does. Fails as Sandbox::wrap does.
    Result<Command> boxed(Command command, const Needs& needs) const;

    // A new folder for what the programs of this call have in common (what is built, a socket); it goes with
    // the runner. It may be among the needs of each.
    Result<fs::path> scratch(std::string_view name);
    // The same for a file or folder that the tool itself made.
    void lend(fs::path path) { lent_.push_back(std::move(path)); }

    // Starts it and leaves it running until it is stopped, its limit is over, or the session ends. The id by
    // which Background knows it.
    Result<std::string> start(const RunRequest& request);

    Background& background() { return parts_.background; }
    Connections& connections() { return parts_.connections; }
    const Sandbox& sandbox() const { return parts_.sandbox; }
    const Needs& granted() const { return parts_.granted; }

    // The folder for what a tool leaves (a trace, a report), made; "artifacts/NAME" is how a model names a
    // file in it. Commands may write there only if it is among the needs.
    Result<fs::path> artifacts() const;
    // A file name in it that is not taken: "trace-2.nettrace".
    Result<fs::path> new_artifact(std::string_view stem, std::string_view suffix) const;

  private:
    Result<Command> prepare(const RunRequest& request, const std::string& mark) const;
    Parts parts_;
    std::optional<TemporaryFolder> scratch_;
    std::vector<fs::path> lent_;
};

// What to do about an output that tells of a grant that was missing, as a sentence; else empty.
std::string_view missing_grant(std::string_view output, const Needs& granted);

// A path in arguments, as commands in `folder` see it, or as tools write it ("ROOT/path").
Result<fs::path> path_for_command(const std::string& given, const fs::path& folder, const Roots& roots);

// The runner of this call; Internal where there is none.
Result<Runner*> runner_of(const Workbench& bench);

}  // namespace culprit
