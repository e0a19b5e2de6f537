// The commands of a chat: what is typed after a '/' is for the program, not for the model.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/config.h"
#include "agent/loop.h"

namespace culprit {

// What a chat works with, as its commands see and change it.
struct ChatParts {
    std::function<TurnParts()> turn;  // as it is now: /model changes it
    std::function<Result<>(const ModelFlags& change)> change_model;
    std::function<std::string()> model_text;  // the model, its settings and why it was chosen
    const PlaybookShelf& playbooks;
    std::function<Result<>(const Playbook& playbook, const PlaybookWords& words)> play;
    ModelTable models;
    fs::path base;             // where relative paths begin
    bool enter_sends = false;  // else a blank line does
};

// What the chat does after a command.
struct AfterCommand {
    enum class What {
        Stay,
        Leave,
        Resume,  // leaves this session for the one called `text`
        Send,    // `text` is the next message
        Edit,    // the next message is written in the person's editor; it begins with `text`
    };
    What what = What::Stay;
    std::string text = {};
};

struct SlashCommand {
    std::string_view name, arguments, about;
    // Fails only if the chat cannot go on; what is wrong otherwise has been shown.
    Result<AfterCommand> (*run)(const ChatParts& chat, std::string_view rest);
};

// In the order of /help. The whole list, and the parts of it by their files.
const std::vector<SlashCommand>& slash_commands();
std::vector<SlashCommand> session_slash_commands();  // slash_session.cpp
std::vector<SlashCommand> project_slash_commands();  // slash_project.cpp

// "/cost", "/model gpt-5": a '/', a word, and no path. It ends a message by itself, without a blank line.
bool is_slash_command(std::string_view line);

// Runs it, and shows what it says; a name that there is not is told of, with the one that is nearest.
Result<AfterCommand> run_slash_command(const ChatParts& chat, std::string_view line);

// What a word of a message may become: the names of commands and playbooks after '/', files after '@'.
std::vector<std::string> complete_word(const PlaybookShelf& playbooks, const fs::path& base,
                                       std::string_view before, std::string_view word);

// "gpt-5 effort=high temperature=0.2 max-tokens=4000", each left out if it stays as it is. Invalid: what is
// none of that.
Result<ModelFlags> parse_model_change(std::string_view text);

// What may stand in a cell of a Markdown table.
std::string cell(std::string_view text);

// Shows a text as an answer, and an error as such. For commands.
Result<AfterCommand> show(const ChatParts& chat, std::string_view text);
Result<AfterCommand> show_error(const ChatParts& chat, const Error& error);

}  // namespace culprit
