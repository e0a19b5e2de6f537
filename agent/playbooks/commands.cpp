#include "agent/playbooks/commands.h"

#include <algorithm>

#include <CLI/CLI.hpp>

#include "base/text.h"

namespace culprit {
namespace {

using Takes = PlaybookArgument::Kind;

// What every playbook takes. --format and the other settings are the program's own.
void add_common(CLI::App& command, Options& options) {
    command.add_flag("-d,--debug", options.debug,
                     "Show on stderr what is sent to the model, and what it took");
    command.add_flag("-e,--echo-input", options.echo_input, "Print the input before the answer");
    command.add_flag("-c,--chat", options.chat_after, "Go on as a chat after the answer");
    command.add_option("-m,--model-or-deployment-id", options.model.model, "As --model")->type_name("NAME");
    command
        .add_option("--output-format", options.output_form,
                    "What the model is told of the form of its answer, in words (--format is of the program)")
        ->type_name("TEXT");
    command.add_option("--max-concurrent-queries", options.at_once, "Of several inputs, asked at once")
        ->check(CLI::Range(1, 64))
        ->type_name("N");
}

void add_argument(CLI::App& command, const PlaybookArgument& argument, Options& options) {
    const std::string name = (argument.is_option ? "--" : "") + argument.name;
    std::string about = argument.about;
    if (argument.kind == Takes::Input) about += "; '-' or none: what is piped in";
    const bool is_one =
        argument.kind == Takes::Text || (argument.is_option && argument.kind != Takes::Commands);
    CLI::Option* option =
        is_one
            ? command.add_option_function<std::string>(
                  name,
                  [&options, key = argument.name](const std::string& given) { options.words[key] = {given}; },
                  about)
            : command.add_option_function<std::vector<std::string>>(
                  name,
                  [&options, key = argument.name](const std::vector<std::string>& given) {
                      options.words[key] = given;
                  },
                  about);
    option->type_name(argument.kind == Takes::Input ? "FILE" : "TEXT");
    if (argument.required && argument.kind != Takes::Input) option->required();
}

void add_playbook(CLI::App& app, const Playbook& playbook, Options& options) {
    CLI::App* command =
        app.add_subcommand(playbook.name, one_line(first_sentence(playbook.description), 160));
    const std::string example =
        playbook.example.empty() ? "" : fmt::format("\nExample:\n  {}\n", playbook.example);
    const std::string origin =
        playbook.file.empty() ? "" : fmt::format("\nThis playbook is {}.\n", playbook.file.string());
    command->footer(example + origin);
    command->callback([&options, &playbook] { options.playbook = playbook.name; });
    for (const PlaybookArgument& argument : playbook.arguments) add_argument(*command, argument, options);
    add_common(*command, options);
}

}  // namespace

void add_playbook_commands(CLI::App& app, Options& options, const PlaybookShelf& shelf) {
    for (const Playbook& playbook : shelf.all()) {
        const bool is_taken =
            !app.get_subcommands([&](CLI::App* each) { return each->get_name() == playbook.name; }).empty();
        if (!is_taken) add_playbook(app, playbook, options);
    }
    CLI::App* any =
        app.add_subcommand("playbook", "Work as a playbook says: one of `culprit playbooks`, or a file");
    any->footer("");
    any->add_option("NAME", options.playbook, "its name, or its file")->required();
    any->add_option("WORD", options.unread, "what it takes");
    any->callback([&options] { options.command = "playbook"; });
    add_common(*any, options);
    CLI::App* all = app.add_subcommand("playbooks", "List the playbooks, or show one");
    all->footer("");
    all->add_option("NAME", options.text, "the one to show");
    all->callback([&options] { options.command = "playbooks"; });
}

}  // namespace culprit
