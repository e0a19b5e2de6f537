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
    ModelTable models;
};

struct SlashCommand {
    std::string_view name, arguments, about;
    Result<> (*run)(const ChatParts& chat, std::string_view rest);  // fails only if the chat cannot go on
};

// In the order of /help.
const std::vector<SlashCommand>& slash_commands();

// "/cost", "/model gpt-5": a '/', a word, and no path. It ends a message by itself, without a blank line.
bool is_slash_command(std::string_view line);

// Runs it, and shows what it says; a name that there is not is told of.
Result<> run_slash_command(const ChatParts& chat, std::string_view line);

// "gpt-5 effort=high temperature=0.2 max-tokens=4000", each left out if it stays as it is. Invalid: what is
// none of that.
Result<ModelFlags> parse_model_change(std::string_view text);

}  // namespace culprit
