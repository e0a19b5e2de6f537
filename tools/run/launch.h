// A program that a person named, made ready to start: a project is built first, in Release.
//
// Building and running are two programs with needs of their own: the build gets the package cache and the
// network, what it made gets neither the one nor, unless it asks, the other.
#pragma once

#include <string>
#include <vector>

#include "tools/run/runner.h"

namespace culprit {

struct LaunchRequest {
    fs::path file;  // a project, a .dll, or an executable; real
    std::vector<std::string> arguments = {};
    std::string framework = {};                             // of a project that builds for several: "net10.0"
    Needs needs = {};                                       // of the program itself
    fs::path folder() const { return file.parent_path(); }  // where it runs
};

// The rows of the arguments that launch_request reads, and what it takes from them.
Arg program_arguments_arg();
Arg framework_arg();
Arg write_arg();
Arg offline_arg();
Result<LaunchRequest> launch_request(const fs::path& program, const Args& args, const Roots& roots);

// The program in a path: itself, or the only project of a folder. Fails with NotFound or Invalid if there is
// none that could be started, naming the projects of a folder with several.
Result<fs::path> find_startable(const fs::path& path);

// Adds to a plan what make_launch and then the program start and need. It builds nothing.
void plan_launch(const LaunchRequest& request, Plan& plan);

// A program as it is started: Runner::boxed() with its needs.
struct Launch {
    std::vector<std::string> argv;
    fs::path folder;
    std::string built = {};  // the project it was built from, empty if it was there
    Needs needs = {};
};

// Builds a project in the runner's scratch folder, never in the checkout. Never started through `dotnet run`:
// that is a program of its own, which would be measured in place of this one. Fails with Unavailable and the
// compiler's errors if it does not build, Invalid if what it builds is no program, as Runner::boxed does.
Result<Launch> make_launch(const LaunchRequest& request, Runner& runner, const Progress& progress,
                           std::stop_token stop);

// The projects at a path: itself, or those of a folder, the ones nearest to it.
std::vector<fs::path> projects_at(const fs::path& path);

}  // namespace culprit
