#include "agent/setup/doctor.h"

#include <algorithm>
#include <array>
#include <clocale>
#include <cstdlib>

#include <unistd.h>

#include "agent/render/style.h"
#include "base/process.h"
#include "base/text.h"

namespace culprit {
namespace {

// A program, how it says that it works, and what to do if it does not.
struct Wanted {
    std::string_view what;
    std::vector<std::string> argv;
    bool needed;
    std::string_view mend;
};

const std::vector<Wanted>& wanted() {
    static const std::vector<Wanted> all = {
        {"ripgrep", {"rg", "--version"}, true, "apt install ripgrep"},
        {"git", {"git", "--version"}, false, "apt install git; without it changes are not blamed"},
        {"docker",
         {"docker", "info", "--format", "server {{.ServerVersion}}"},
         false,
         "apt install docker.io; a daemon that is down: systemctl start docker; no permission: add yourself "
         "to the group docker"},
        {"dotnet",
         {"dotnet", "--version"},
         false,
         "learn.microsoft.com/dotnet/core/install/linux; without it no .NET program is built or traced"},
        {"dotnet-trace",
         {"dotnet-trace", "--version"},
         false,
         "dotnet tool install --global dotnet-trace, and ~/.dotnet/tools in PATH"},
        {"perf",
         {"perf", "--version"},
         false,
         "apt install linux-perf; without it native profiles are not recorded"},
        {"ssh", {"ssh", "-V"}, false, "apt install openssh-client; without it hosts are not reached"},
        {"sandbox (bubblewrap)",
         {"bwrap", "--ro-bind", "/", "/", "--unshare-all", "--die-with-parent", "true"},
         false,
         "apt install bubblewrap; if it is refused: sysctl kernel.unprivileged_userns_clone=1"},
    };
    return all;
}

Diagnosis check_program(const Wanted& wanted, std::stop_token stop) {
    Diagnosis diagnosis{.what = std::string(wanted.what),
                        .state = Diagnosis::State::Good,
                        .needed = wanted.needed,
                        .found = {},
                        .mend = {}};
    const auto finished =
        run({.argv = wanted.argv, .limit = std::chrono::seconds(5), .most_output = 4096}, stop);
    if (!finished) {
        diagnosis.state = Diagnosis::State::Missing;
        diagnosis.found = finished.error().fault == Fault::NotFound ? "not found" : finished.error().what;
    } else {
        const std::string said = finished->out.empty() ? finished->err : finished->out;
        const auto lines = split_lines(said);
        const bool good = finished->end == Finished::End::Exited && finished->exit_code == 0;
        diagnosis.state = good ? Diagnosis::State::Good : Diagnosis::State::Broken;
        diagnosis.found = lines.empty() ? (good ? "works" : fmt::format("exit code {}", finished->exit_code))
                                        : one_line(valid_utf8(lines.front()), 100);
        if (finished->end == Finished::End::TimedOut) diagnosis.found = "no answer within 5 s";
    }
    if (diagnosis.state != Diagnosis::State::Good) diagnosis.mend = wanted.mend;
    return diagnosis;
}

Diagnosis check_model(const Result<ModelChoice>& choice) {
    Diagnosis diagnosis{
        .what = "model", .state = Diagnosis::State::Good, .needed = false, .found = {}, .mend = {}};
    if (!choice) {
        diagnosis.state = Diagnosis::State::Broken;
        diagnosis.found = choice.error().what;
        diagnosis.mend = "culprit models tells what is set up";
    } else {
        diagnosis.found = fmt::format("{} ({})", choice->model(), choice->why);
        if (choice->is_investigator())
            diagnosis.mend =
                "none is needed; OPENAI_MODEL or --model NAME with the provider's key asks one "
                "(docs/models.md)";
    }
    return diagnosis;
}

Diagnosis check_terminal() {
    const ScreenStyle style = screen_style(STDERR_FILENO);
    Diagnosis diagnosis{
        .what = "terminal", .state = Diagnosis::State::Good, .needed = false, .found = {}, .mend = {}};
    const char* terminal = std::getenv("TERM");
    diagnosis.found =
        fmt::format("{}, {} columns, {}{}{}", terminal && *terminal ? terminal : "no TERM", style.width,
                    style.colour ? "colour" : "no colour", style.links ? ", links" : "",
                    style.plain_lines ? ", plain lines for a screen reader" : "");
    const char* locale = std::setlocale(LC_CTYPE, "");
    if (!locale || MB_CUR_MAX < 2) {
        diagnosis.state = Diagnosis::State::Broken;
        diagnosis.found += fmt::format(", the locale {} has no UTF-8", locale ? locale : "(invalid)");
        diagnosis.mend = "export LANG=C.UTF-8";
    }
    return diagnosis;
}

Diagnosis check_state(const Project& project) {
    Diagnosis diagnosis{.what = "project",
                        .state = Diagnosis::State::Good,
                        .needed = true,
                        .found = project.folder.string(),
                        .mend = {}};
    // Where there is no state folder yet, the project's own must be writable for one to be made.
    std::error_code code;
    const fs::path folder = fs::exists(project.state(), code) ? project.state() : project.folder;
    const fs::path probe = folder / fmt::format(".culprit-doctor-{}", ::getpid());
    if (const auto written = write_file(probe, "", Mode::Private); !written) {
        diagnosis.state = Diagnosis::State::Broken;
        diagnosis.found = written.error().what;
        diagnosis.mend = "sessions cannot be kept: make the folder writable, or work in another";
    }
    fs::remove(probe, code);
    return diagnosis;
}

std::string_view sign(const Diagnosis& diagnosis) {
    if (diagnosis.state == Diagnosis::State::Good) return "ok";
    return diagnosis.needed ? "FAULT" : "missing";
}

}  // namespace

std::vector<Diagnosis> diagnose(const Project& project, const Result<ModelChoice>& choice,
                                std::stop_token stop) {
    std::vector<Diagnosis> all = {check_state(project)};
    for (const Wanted& each : wanted()) all.push_back(check_program(each, stop));
    all.push_back(check_model(choice));
    all.push_back(check_terminal());
    return all;
}

std::string diagnosis_text(const std::vector<Diagnosis>& all) {
    std::string text;
    for (const Diagnosis& each : all) {
        text += fmt::format("{:8} {:21} {}\n", sign(each), each.what, each.found);
        if (!each.mend.empty()) text += fmt::format("{:30} {}\n", "", each.mend);
    }
    return text;
}

Json diagnosis_json(const std::vector<Diagnosis>& all) {
    Json list = Json::array();
    for (const Diagnosis& each : all)
        list.push_back({{"what", each.what},
                        {"state", sign(each)},
                        {"needed", each.needed},
                        {"found", each.found},
                        {"mend", each.mend}});
    return list;
}

}  // namespace culprit
