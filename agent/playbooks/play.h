// Runs a playbook: as a subcommand, once, or within a chat.
#pragma once

#include "agent/ask.h"
#include "agent/options.h"

namespace culprit {

// What a run works with; borrowed.
struct PlayParts {
    const Options& options;
    Session& session;
    const Toolbox& tools;
    fs::path base;  // where relative paths begin
    std::function<TurnParts(Terminal&)> turn;
    bool has_model = false;
    ModelTable models;
};

// The one of that name, or in that file.
Result<Playbook> find_playbook(const PlaybookShelf& shelf, const std::string& which, const fs::path& base);

// The words of the command line for its arguments.
Result<PlaybookWords> given_words(const Options& options, const Playbook& playbook);

// Several inputs are as many runs.
std::vector<PlaybookWords> one_input_each(const Playbook& playbook, const PlaybookWords& words);
std::string input_of(const Playbook& playbook, const PlaybookWords& words);

// One run up to the answer. Without a model the program answers with what its opening calls found, or, where
// there are none, the investigator with what the person said.
Result<AskedOnce> play_once(const PlayParts& parts, Playbook playbook, const PlaybookWords& words,
                            Terminal& terminal, std::stop_token stop);

// The same within a chat. What is wrong with the words is told of.
Result<> play_in_chat(const PlayParts& parts, const Playbook& playbook, const PlaybookWords& words,
                      Terminal& terminal, std::stop_token stop);

// All of them, as `culprit playbooks` prints them.
std::string playbooks_text(const PlaybookShelf& shelf);
Json playbooks_json(const PlaybookShelf& shelf);

}  // namespace culprit
