// Slash commands about the project: sources, tools, memory, changes.
#include <map>

#include "agent/mentions.h"
#include "agent/slash_commands.h"
#include "base/text.h"
#include "tools/args.h"
#include "tools/invoke.h"
#include "tools/source/git.h"

namespace culprit {
namespace {

// A built-in tool, run by the person: its text.
Result<std::string> run_tool(const ChatParts& chat, std::string_view name, const Json& arguments) {
    const Tool* tool = find_tool(name);
    if (!tool) return fail(Fault::Internal, "there is no tool {}", name);
    TRY(const Args args, check_arguments(*tool, arguments));
    Workbench bench = chat.turn().session.workspace().bench({});
    TRY(const Output output, tool->run(args, bench));
    return output.text;
}

// As it is, whatever Markdown may be in it.
std::string verbatim(std::string_view text) {
    return fmt::format("```\n{}{}```\n", text, text.ends_with('\n') ? "" : "\n");
}

Result<AfterCommand> show_result(const ChatParts& chat, const Result<std::string>& text) {
    return text ? show(chat, verbatim(*text)) : show_error(chat, text.error());
}

Result<AfterCommand> run_roots(const ChatParts& chat, std::string_view rest) {
    Session& session = chat.turn().session;
    if (!rest.empty()) {
        const std::size_t equals = rest.find('=');
        const bool named = equals != std::string_view::npos;
        const auto folder = real_path(chat.base / (named ? rest.substr(equals + 1) : rest));
        if (!folder) return show_error(chat, folder.error());
        const auto added =
            session.add_source(named ? rest.substr(0, equals) : root_name_for(*folder), *folder);
        if (!added) return show_error(chat, added.error());
    }
    std::string text;
    for (const Root& root : session.workspace().roots.all()) {
        const std::string_view kind = root.what == Root::What::Source ? "sources"
                                      : root.what == Root::What::File ? "file"
                                                                      : "kept by culprit";
        text += fmt::format("{:24} {:16} {}\n", root.name + (root.what == Root::What::File ? "" : "/"), kind,
                            root.path.string());
    }
    return show(chat, verbatim(text + "/roots [NAME=]FOLDER adds one\n"));
}

Result<AfterCommand> run_tools(const ChatParts& chat, std::string_view) {
    std::string text = "| tool | what it does |\n|---|---|\n";
    for (const OfferedTool& tool : chat.turn().tools.all()) {
        const std::string_view effect = tool.effect == Effect::Reads       ? ""
                                        : tool.effect == Effect::Remembers ? "writes memory; "
                                                                           : "runs things; ";
        text += fmt::format("| {} | {}{} |\n", tool.name, effect, cell(first_sentence(tool.about)));
    }
    return show(chat, text);
}

Result<AfterCommand> run_memory(const ChatParts& chat, std::string_view rest) {
    if (!rest.empty())
        return show_result(chat, run_tool(chat, "memory", {{"command", "view"}, {"path", rest}}));
    TRY(const std::string listing, run_tool(chat, "memory", {{"command", "view"}}));
    const auto index = run_tool(chat, "memory", {{"command", "view"}, {"path", "MEMORY.md"}});
    return show(chat, verbatim(fmt::format("{}\n{}", trim(listing), index ? "\nMEMORY.md\n" + *index : "")));
}

Result<AfterCommand> run_remember(const ChatParts& chat, std::string_view rest) {
    return show_result(chat,
                       run_tool(chat, "remember", {{"text", rest}, {"evidence", "the person said so"}}));
}

Result<AfterCommand> run_forget(const ChatParts& chat, std::string_view rest) {
    return show_result(chat, run_tool(chat, "forget", {{"words", rest}}));
}

Result<AfterCommand> run_diff(const ChatParts& chat, std::string_view rest) {
    std::string text;
    for (const Root* root : chat.turn().session.workspace().roots.sources()) {
        const auto git = Git::open(root->path, {});
        std::vector<std::string> arguments = {"diff", "--stat", "--patch", "HEAD", "--"};
        arguments.emplace_back(rest.empty() ? "." : rest);
        const auto diff = git ? git->run(arguments) : std::unexpected(git.error());
        if (!diff)
            text += fmt::format("{}/: {}\n", root->name, diff.error().what);
        else if (!diff->empty())
            text += fmt::format("{}/\n{}\n", root->name, shorten(*diff, 60000, "git diff shows them"));
    }
    return show(chat, text.empty() ? "Nothing is changed in the sources since the last commit.\n"
                                   : "```diff\n" + text + "```\n");
}

Result<AfterCommand> run_timings(const ChatParts& chat, std::string_view) {
    struct Sum {
        std::size_t calls = 0;
        std::chrono::milliseconds all{0}, longest{0};
    };
    std::map<std::string, Sum> sums;
    for (const Event& event : chat.turn().session.events()) {
        const auto* result = std::get_if<ToolResult>(&event.body);
        if (!result) continue;
        Sum& sum = sums[result->tool];
        ++sum.calls;
        sum.all += result->elapsed;
        sum.longest = std::max(sum.longest, result->elapsed);
    }
    if (sums.empty()) return show(chat, "No tool was called yet.\n");
    std::vector<std::pair<std::string, Sum>> rows(sums.begin(), sums.end());
    std::ranges::stable_sort(rows, std::ranges::greater(), [](const auto& row) { return row.second.all; });
    std::string text = "| tool | calls | all, ms | longest, ms |\n|---|---:|---:|---:|\n";
    for (const auto& [name, sum] : rows)
        text += fmt::format("| {} | {} | {} | {} |\n", name, sum.calls, sum.all.count(), sum.longest.count());
    return show(chat, text);
}

}  // namespace

std::vector<SlashCommand> project_slash_commands() {
    return {
        {"roots", "[[NAME=]FOLDER]", "what may be read; adds a source tree", run_roots},
        {"tools", "", "what the model can call", run_tools},
        {"memory", "[FILE]", "what is remembered of this project, and what of it is stale", run_memory},
        {"remember", "TEXT", "remember it for all sessions to come", run_remember},
        {"forget", "WORDS", "remove the entry with these words", run_forget},
        {"diff", "[PATH]", "what is changed in the sources since the last commit", run_diff},
        {"timings", "", "how long the tools took", run_timings},
    };
}

}  // namespace culprit
