#include "agent/about.h"

#include <algorithm>
#include <array>

#include <unistd.h>

#include "agent/console.h"
#include "agent/models_command.h"
#include "agent/playbooks/play.h"
#include "agent/setup/completion.h"
#include "agent/setup/doctor.h"
#include "agent/setup/init.h"
#include "base/text.h"

namespace culprit {
namespace {

void print_either(const AboutParts& parts, const Json& json, const std::string& text) {
    print(STDOUT_FILENO, parts.options.format == PrintAs::JSON ? dump_json(json, 2) + "\n" : printable(text));
}

Result<int> list_playbooks(const AboutParts& parts) {
    const PlaybookShelf& shelf = parts.playbooks;
    for (const std::string& warning : shelf.warnings()) print(STDERR_FILENO, printable(warning) + "\n");
    if (parts.options.text.empty()) {
        print_either(parts, playbooks_json(shelf), playbooks_text(shelf));
        return 0;
    }
    const Playbook* playbook = shelf.find(parts.options.text);
    if (!playbook) return fail(Fault::NotFound, "there is no playbook '{}'", parts.options.text);
    print(STDOUT_FILENO, printable(playbook->body) + "\n");
    return 0;
}

Result<int> list_models(const AboutParts& parts) {
    TRY(const ModelChoice choice, choose_model(parts.options.model, parts.variables, parts.settings));
    const auto providers = set_up_providers(parts.variables, parts.settings);
    const auto answers = ask_providers(providers, parts.stop);
    print_either(parts, models_json(providers, answers, choice), models_text(providers, answers, choice));
    return 0;
}

Result<int> list_tools(const AboutParts&) {
    for (const Tool& tool : all_tools())
        print(STDOUT_FILENO, fmt::format("{:18} {}\n", tool.name, first_sentence(tool.about)));
    return 0;
}

Result<int> init(const AboutParts& parts) {
    TRY(const std::string done, init_project(parts.project, parts.stop));
    print(STDERR_FILENO, printable(done));
    return 0;
}

// A fault is a finding: scripts ask whether this machine is ready.
Result<int> doctor(const AboutParts& parts) {
    const auto all = diagnose(parts.project,
                              choose_model(parts.options.model, parts.variables, parts.settings), parts.stop);
    print_either(parts, diagnosis_json(all), diagnosis_text(all));
    const bool is_ready = std::ranges::none_of(
        all, [](const Diagnosis& each) { return each.needed && each.state != Diagnosis::State::Good; });
    return is_ready ? 0 : 1;
}

Result<int> completion(const AboutParts& parts) {
    TRY(const std::string script, completion_script(parts.options.text));
    print(STDOUT_FILENO, script);
    return 0;
}

struct AboutCommand {
    std::string_view name;
    Result<int> (*run)(const AboutParts&);
};
constexpr std::array<AboutCommand, 6> kCommands = {{
    {"playbooks", list_playbooks},
    {"models", list_models},
    {"tools", list_tools},
    {"init", init},
    {"doctor", doctor},
    {"completion", completion},
}};

}  // namespace

bool is_about_command(std::string_view command) {
    return std::ranges::find(kCommands, command, &AboutCommand::name) != kCommands.end();
}

Result<int> run_about_command(const AboutParts& parts) {
    return std::ranges::find(kCommands, parts.options.command, &AboutCommand::name)->run(parts);
}

}  // namespace culprit
