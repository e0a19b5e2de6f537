// A playbook: a way of working on one kind of question, as a Markdown file with settings before it
// (docs/playbooks.md). Its body is what a model is told; its opening calls are what the program does first,
// with a model or without.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/files.h"
#include "prompts/front_matter.h"

namespace culprit {

struct PlaybookArgument {
    enum class Kind {
        Text,      // a word, or several in quotes
        Rest,      // all words that are left
        Input,     // a file, or what is piped in; its value is the name by which tools read it
        Files,     // files, all that are left; its value is a JSON array of them
        Commands,  // commands, all that are left, which are run first; as Input
    };
    std::string name, about;
    Kind kind = Kind::Text;
    bool required = false;
    bool is_option = false;  // on the command line "--name VALUE", never by its place
};

// A call that is made before the model is asked. {{name}} in a text is replaced by an argument; an argument
// of the call that is nothing but a placeholder without a value is left out.
struct PlaybookCall {
    std::string tool;
    Json arguments;
};

struct Playbook {
    enum class From { BuiltIn, Person, Project };
    std::string name, description, body;
    std::vector<PlaybookArgument> arguments;
    std::vector<std::string> tools;  // the only ones that are offered to the model; empty: all
    std::string model;               // asked in place of the one that is set up; empty: that one
    std::optional<double> temperature;
    std::string output;    // the form of the answer
    bool checked = false;  // its figures, names and citations are checked, as a diagnosis's are
    std::string example;   // a command line that shows it at work
    std::vector<PlaybookCall> opening;
    std::string without_model;  // what a model would add; told below an answer that had none
    std::string memory;         // "project", "user" or "local": the file's own memory folder
    From from = From::BuiltIn;
    fs::path file;            // empty: built in
    bool is_foreign = false;  // written for another tool: its body has no placeholders of ours
    std::vector<std::string> warnings;
};

using PlaybookValues = std::map<std::string, std::string, std::less<>>;

// `name` is used where the settings have none. Fails with Invalid for settings that mean nothing: an argument
// without a name, a kind that there is not, a placeholder that is no argument.
Result<Playbook> read_playbook(std::string_view text, std::string_view name, bool is_foreign);

// The body with the values of the arguments, and what is said of the form of the answer.
std::string playbook_message(const Playbook& playbook, const PlaybookValues& values);

// The opening calls with the values of the arguments.
std::vector<PlaybookCall> playbook_opening(const Playbook& playbook, const PlaybookValues& values);

// The folder of its own in which the file of another tool keeps what it learns, where it asks for one; else
// empty.
fs::path memory_folder(const Playbook& playbook, const fs::path& home);

std::string_view to_string(Playbook::From from);

}  // namespace culprit
