#include "agent/setup/completion.h"

#include <algorithm>

#include <CLI/CLI.hpp>

#include "base/text.h"

namespace culprit {
namespace {

constexpr std::string_view kBash =
    R"(# culprit's completion for bash: source this file, or put it in ~/.local/share/bash-completion/completions/culprit
_culprit() {
    local IFS=$'\n'
    COMPREPLY=($(culprit complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
    [ ${#COMPREPLY[@]} -gt 0 ] || compopt -o default
}
complete -F _culprit culprit
)";
constexpr std::string_view kZsh = R"(#compdef culprit
# culprit's completion for zsh: put this file as _culprit into a folder of $fpath
_culprit() {
    local -a found
    found=("${(@f)$(culprit complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)}")
    if [[ -n "${found[1]}" ]]; then compadd -a found; else _files; fi
}
compdef _culprit culprit
)";
constexpr std::string_view kFish =
    R"(# culprit's completion for fish: put this file into ~/.config/fish/completions/culprit.fish
function __culprit_complete
    set -l words (commandline -opc) (commandline -ct)
    culprit complete -- $words[2..-1] 2>/dev/null
end
complete -c culprit -a '(__culprit_complete)'
)";

// The deepest subcommand that the words before the last name.
const CLI::App* named_by(const CLI::App& app, const std::vector<std::string>& words) {
    const CLI::App* at = &app;
    for (std::size_t i = 0; i + 1 < words.size(); ++i) {
        const auto found =
            at->get_subcommands([&](const CLI::App* each) { return each->get_name() == words[i]; });
        if (!found.empty()) at = found.front();
    }
    return at;
}

void add_options(const CLI::App& app, std::string_view begin, std::vector<std::string>& found) {
    for (const CLI::Option* option : app.get_options()) {
        for (const std::string& name : option->get_lnames()) {
            if (("--" + name).starts_with(begin)) found.push_back("--" + name);
        }
    }
}

// What roff would take for its own: a backslash, a '.' or a quote at the beginning of a line, a '-'.
std::string roff(std::string_view text) {
    std::string out;
    for (const std::string_view line : split_lines(text)) {
        if (!out.empty()) out += "\n";
        if (line.starts_with('.') || line.starts_with('\'')) out += "\\&";
        for (const char c : line) out += c == '\\' ? "\\e" : c == '-' ? "\\-" : std::string(1, c);
    }
    return out;
}

std::string option_rows(const CLI::App& app) {
    std::string text;
    for (const CLI::Option* option : app.get_options()) {
        const std::string name = option->get_name(false, true);
        if (name.empty()) continue;
        const std::string type = option->get_type_size() == 0 ? "" : " " + option->get_type_name();
        text += fmt::format(".TP\n.B {}{}\n{}\n", roff(replace_all(name, ",", ", ")), roff(type),
                            roff(option->get_description()));
    }
    return text;
}

std::string command_rows(const CLI::App& app, const std::string& before) {
    std::string text;
    for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
        if (command->get_group().empty()) continue;
        const std::string name = before + command->get_name();
        const auto below = command->get_subcommands([](const CLI::App*) { return true; });
        if (!below.empty()) {
            text += command_rows(*command, name + " ");
            continue;
        }
        text += fmt::format(".TP\n.B {}\n{}\n", roff(name), roff(command->get_description()));
    }
    return text;
}

}  // namespace

std::vector<std::string> complete_command_line(const CLI::App& app, const std::vector<std::string>& words) {
    const std::string_view begin = words.empty() ? std::string_view() : words.back();
    const CLI::App* at = named_by(app, words);
    std::vector<std::string> found;
    if (begin.starts_with('-')) {
        add_options(*at, begin, found);
        if (at != &app) add_options(app, begin, found);
    } else {
        for (const CLI::App* each : at->get_subcommands([](const CLI::App*) { return true; })) {
            if (!each->get_group().empty() && each->get_name().starts_with(begin))
                found.push_back(each->get_name());
        }
    }
    std::ranges::sort(found);
    found.erase(std::ranges::unique(found).begin(), found.end());
    return found;
}

Result<std::string> completion_script(std::string_view shell) {
    if (shell == "bash") return std::string(kBash);
    if (shell == "zsh") return std::string(kZsh);
    if (shell == "fish") return std::string(kFish);
    return fail(Fault::Invalid, "there is completion for bash, zsh and fish, not for '{}'", shell);
}

std::string manual_page(const CLI::App& app) {
    return fmt::format(
        ".TH CULPRIT 1 \"\" \"culprit {}\" \"User Commands\"\n.SH NAME\nculprit \\- find the root cause of "
        "performance regressions, and prove it\n"
        ".SH SYNOPSIS\n.B culprit\n[\\fIOPTION\\fR]... [\\fICOMMAND\\fR [\\fIARGUMENT\\fR]...]\n"
        ".SH DESCRIPTION\n{}\nWithout a command it chats about the project in this folder. \\fBculprit "
        "COMMAND \\-\\-help\\fR tells of each command.\n"
        ".SH COMMANDS\n{}.SH OPTIONS\n{}.SH EXAMPLES AND EXIT CODES\n.nf\n{}\n.fi\n"
        ".SH FILES\n.TP\n.B .culprit/\nsessions, memory, playbooks and reports of the project\n.TP\n.B "
        "culprit.toml\nsettings of the project; the person's own are in ~/.config/culprit/culprit.toml\n",
        CULPRIT_VERSION, roff(app.get_description()), command_rows(app, ""), option_rows(app),
        roff(trim(app.get_footer())));
}

}  // namespace culprit
