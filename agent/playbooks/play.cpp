#include "agent/playbooks/play.h"

#include <unistd.h>

#include "agent/playbooks/reporter.h"
#include "agent/repl.h"
#include "base/text.h"

namespace culprit {
namespace {

const std::vector<std::string>* inputs_in(const Playbook& playbook, const PlaybookWords& words,
                                          std::string& name) {
    for (const PlaybookArgument& argument : playbook.arguments) {
        const auto given = words.find(argument.name);
        if (argument.kind != PlaybookArgument::Kind::Input || given == words.end()) continue;
        name = argument.name;
        return &given->second;
    }
    return nullptr;
}

// Whether what a playbook began with found what should fail a pipeline.
bool opening_found(std::span<const Event> events) {
    return std::ranges::any_of(events, [](const Event& event) {
        const auto* result = std::get_if<ToolResult>(&event.body);
        return result && result->call_id.starts_with(kOpeningId) && flag_at(result->data, "finding");
    });
}

// A started playbook, ready to be a turn. For as long as it lives, what is remembered goes where it asks for.
class Run {
  public:
    Run(const PlayParts& parts, const Playbook& playbook, PlaybookStart start)
        : parts_(parts),
          playbook_(playbook),
          start_(std::move(start)),
          tools_(tools_for(playbook, parts.tools)) {
        if (!parts.has_model && !playbook.opening.empty()) reporter_ = make_reporter(playbook.without_model);
        const fs::path folder = memory_folder(playbook, home_folder());
        if (!folder.empty())
            memory_.emplace(std::exchange(parts.session.workspace().memory, ProjectMemory(folder)));
    }
    ~Run() {
        if (memory_) parts_.session.workspace().memory = *std::move(memory_);
    }
    Run(const Run&) = delete;
    Run& operator=(const Run&) = delete;

    Result<TurnParts> turn(Terminal& terminal) {
        TRY_OK(admit_mentions(start_.words, parts_.base, parts_.session, terminal));
        const TurnParts usual = parts_.turn(terminal);
        Provider* provider = reporter_ ? reporter_.get() : &usual.provider;
        std::vector<ToolCall> opening = start_.opening;
        if (playbook_.from == Playbook::From::Project && !opening.empty()) {
            // What a cloned repository brings is not what the person wrote: the policy decides as of a
            // model's.
            opener_ = make_opener(std::exchange(opening, {}), *provider);
            provider = opener_.get();
        }
        return TurnParts{.session = usual.session,
                         .provider = *provider,
                         .terminal = usual.terminal,
                         .tools = tools_,
                         .run_call = usual.run_call,
                         .judge = usual.judge,
                         .limits = usual.limits,
                         .before_reply = usual.before_reply,
                         .opening = std::move(opening),
                         .playbook = {which(), start_.again},
                         .checks_answer = playbook_.checked && !reporter_};
    }

    // Without a model: the answer is what the program itself finds.
    bool reports() const { return reporter_ != nullptr; }

    const std::string& message() const {
        return is_in_words() && !start_.words.empty() ? start_.words : start_.message;
    }

    // After an answer that no model gave and that does not say so itself.
    void tell_what_is_missing(Terminal& terminal) const {
        if (!is_in_words()) return;
        const bool is_unread = playbook_.is_foreign && playbook_.without_model.empty();
        terminal.notice(no_model_text(is_unread
                                          ? "One would do what the file says; this went by your words alone."
                                          : playbook_.without_model));
    }

  private:
    // The investigator, who reads no playbook, gets what the person said.
    bool is_in_words() const { return !parts_.has_model && playbook_.opening.empty(); }

    // As find_playbook finds it again.
    std::string which() const {
        const Playbook* known = parts_.session.workspace().playbooks.find(playbook_.name);
        return known && known->file == playbook_.file ? playbook_.name : playbook_.file.string();
    }

    const PlayParts& parts_;
    const Playbook& playbook_;
    PlaybookStart start_;
    Toolbox tools_;
    std::unique_ptr<Provider> reporter_, opener_;
    std::optional<ProjectMemory> memory_;  // the project's, while another is used
};

}  // namespace

Result<Playbook> find_playbook(const PlaybookShelf& shelf, const std::string& which, const fs::path& base) {
    if (const Playbook* known = shelf.find(which)) return *known;
    std::error_code code;
    if (fs::is_regular_file(base / which, code)) return load_playbook(base / which);
    return fail(Fault::Invalid, "there is no playbook '{}', and no such file; culprit playbooks lists them",
                which);
}

Result<PlaybookWords> given_words(const Options& options, const Playbook& playbook) {
    if (options.unread.empty()) return options.words;
    std::string line;
    for (const std::string& word : options.unread)
        line += word.find_first_of(" \t\n") == std::string::npos ? word + " " : fmt::format("'{}' ", word);
    return words_of(playbook, trim(line));
}

std::vector<PlaybookWords> one_input_each(const Playbook& playbook, const PlaybookWords& words) {
    std::string name;
    const std::vector<std::string>* inputs = inputs_in(playbook, words, name);
    if (!inputs) return {words};
    std::vector<PlaybookWords> each(inputs->size(), words);
    for (std::size_t i = 0; i < each.size(); ++i) each[i][name] = {(*inputs)[i]};
    return each;
}

std::string input_of(const Playbook& playbook, const PlaybookWords& words) {
    std::string name;
    const std::vector<std::string>* inputs = inputs_in(playbook, words, name);
    return inputs ? join(*inputs, " ") : "";
}

Result<AskedOnce> play_once(const PlayParts& parts, Playbook playbook, const PlaybookWords& words,
                            Terminal& terminal, std::stop_token stop) {
    const Options& options = parts.options;
    if (!options.output_form.empty()) playbook.output = options.output_form;
    const PlaybookInputs inputs{.base = parts.base,
                                .piped = [stop]() -> Result<std::string> {
                                    std::string told;
                                    return read_stdin(StdinAs::Attachment, told, stop);
                                },
                                .tell =
                                    [&](std::string_view text) {
                                        tell(text);
                                        terminal.working(text);
                                    },
                                .stop = stop};
    if (playbook.from == Playbook::From::Project)
        tell(fmt::format("The playbook {} is {}.", playbook.name, playbook.file.string()));
    TRY(PlaybookStart start, start_playbook(playbook, words, parts.session, inputs));
    if (options.echo_input) print(STDOUT_FILENO, printable(start.echo) + "\n");
    if (options.debug) tell(start.message);
    Run run(parts, playbook, std::move(start));
    TRY(const TurnParts turn, run.turn(terminal));
    TRY(AskedOnce asked, ask_once(turn, run.message(), nullptr, parts.models, std::move(stop)));
    if (opening_found(parts.session.events())) asked.json["finding"] = true;
    run.tell_what_is_missing(terminal);
    if (asked.end == TurnEnd::Failed && run.reports()) asked.end = TurnEnd::Unread;
    return asked;
}

Result<> play_in_chat(const PlayParts& parts, const Playbook& playbook, const PlaybookWords& words,
                      Terminal& terminal, std::stop_token stop) {
    for (const std::string& warning : playbook.warnings) terminal.notice(warning);
    const PlaybookInputs inputs{.base = parts.base,
                                .tell =
                                    [&](std::string_view text) {
                                        terminal.notice(text);
                                        terminal.working(text);
                                    },
                                .stop = stop};
    auto start = start_playbook(playbook, words, parts.session, inputs);
    if (!start) {
        if (start.error().fault == Fault::Cancelled)
            terminal.notice("Stopped.");
        else
            terminal.failure(start.error().what);
        return {};
    }
    Run run(parts, playbook, *std::move(start));
    TRY(TurnParts turn, run.turn(terminal));
    TRY_OK(run_turn(std::move(turn), run.message(), std::move(stop)));
    terminal.end_answer();
    run.tell_what_is_missing(terminal);
    return {};
}

std::string playbooks_text(const PlaybookShelf& shelf) {
    std::string text;
    for (const Playbook& each : shelf.all()) {
        text += fmt::format("{:18} {}{}\n", each.name, one_line(first_sentence(each.description), 100),
                            each.file.empty() ? "" : fmt::format("  [{}]", each.file.string()));
    }
    return text;
}

Json playbooks_json(const PlaybookShelf& shelf) {
    Json list = Json::array();
    for (const Playbook& each : shelf.all()) {
        list.push_back({{"name", each.name},
                        {"description", each.description},
                        {"usage", usage_of(each, "culprit ")},
                        {"from", to_string(each.from)},
                        {"file", each.file.string()}});
    }
    return list;
}

}  // namespace culprit
