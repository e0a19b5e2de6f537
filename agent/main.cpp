// What each command does, with the parts of agent/program_parts.h.
#include <fcntl.h>
#include <unistd.h>

#include "agent/about.h"
#include "agent/ask.h"
#include "agent/attachments.h"
#include "agent/console.h"
#include "agent/exit_codes.h"
#include "agent/mcp/server.h"
#include "agent/mentions.h"
#include "agent/program_parts.h"
#include "agent/repl.h"
#include "agent/replay.h"
#include "agent/sample.h"
#include "agent/session_commands.h"
#include "agent/side_by_side.h"
#include "agent/spending.h"
#include "agent/transcript.h"
#include "base/text.h"

namespace culprit {
namespace {

class Program {
  public:
    Program(const Options& options, Interrupts& interrupts)
        : options_(options), interrupts_(interrupts), parts_(options) {}

    Result<int> run() {
        const std::string& command = options_.command;
        if (options_.tool.tool) return call_tool();
        if (options_.playbook.empty() && is_about_command(command)) {
            parts_.load_settings();
            const TurnScope scope(interrupts_);
            return run_about_command({options_, parts_.project, parts_.workspace.playbooks, parts_.variables,
                                      parts_.settings, scope.token()});
        }
        if (!options_.playbook.empty()) return play();
        if (command == "ask") return options_.batch.empty() ? ask() : ask_each();
        if (command == "mcp") return serve();
        if (command == "resume") return resume();
        if (command == "demo") return demo();
        if (command == "sessions") {
            parts_.load_settings();
            const TurnScope scope(interrupts_);
            return print_sessions(options_, parts_.project, model_table(parts_.settings.models),
                                  scope.token());
        }
        if (command == "record") return record_command(options_, parts_.project, parts_.here);
        if (command == "report") return report_command(options_, parts_.project, parts_.here);
        if (command == "fork") return fork_command(options_, parts_.project);
        if (command == "replay") return replay_recording();
        return start_chat();
    }

  private:
    ChatParts chat_parts(Terminal& terminal) {
        return {.turn = [this, &terminal] { return parts_.turn_parts(terminal); },
                .change_model =
                    [this](const ModelFlags& change) {
                        return parts_.change_model(changed(parts_.flags, change, parts_.settings));
                    },
                .model_text = [this] { return model_text(parts_.choice); },
                .playbooks = parts_.workspace.playbooks,
                .play =
                    [this, &terminal](const Playbook& playbook, const PlaybookWords& words) {
                        const TurnScope scope(interrupts_);
                        return play_in_chat(parts_.play_parts(), playbook, words, terminal, scope.token());
                    },
                .models = model_table(parts_.settings.models),
                .base = parts_.here,
                .enter_sends = options_.enter_sends};
    }

    void greet() const {
        std::string roots;
        for (const Root* root : parts_.workspace.roots.sources()) roots += fmt::format(" {}/", root->name);
        tell(fmt::format(
            "culprit {}: tell me what got slower, and where its sources and profiles are.\nModel: {} "
            "({}).{}{}\n"
            "{}; Ctrl-C stops an answer, a blank line or Ctrl-D leaves.",
            CULPRIT_VERSION, parts_.choice.model(), parts_.choice.why,
            roots.empty() ? "" : " Sources:", roots,
            options_.enter_sends ? "Enter sends, Alt-Enter begins a new line"
                                 : "Enter a blank line to send"));
    }

    // `lines` may be a person at a terminal, a pipe or a script.
    Result<int> talk(LineSource& lines) {
        TRY_OK(parts_.choose_provider());
        parts_.start_plugins();
        greet();
        return converse(lines);
    }

    Result<int> converse(LineSource& lines) {
        const auto locate = [this](std::string_view file) {
            const auto path = parts_.workspace.roots.resolve(file);
            return path ? path->string() : std::string();
        };
        Console console(lines.is_person()
                            ? Console::Ask([&lines](std::string_view question, std::string_view initial) {
                                  return lines.answer(question, initial);
                              })
                            : Console::Ask(),
                        locate);
        TRY(const std::string next, chat(chat_parts(console), lines, parts_.here, interrupts_));
        if (!parts_.session.events().empty())
            tell(fmt::format("Session {}; culprit resume goes on with it.", parts_.session.place().id));
        if (next.empty()) return kDone;
        parts_.session.close();
        Options options = options_;
        options.command = "resume";
        options.session = next;
        Program program(options, interrupts_);
        TRY_OK(program.open_resumed());
        return program.talk(lines);
    }

    Result<int> start_chat() {
        TRY_OK(parts_.add_roots(true));
        if (!options_.script.empty()) {
            TRY(std::string script, read_file(parts_.here / options_.script));
            return talk(*make_scripted_lines(std::move(script), interrupts_));
        }
        return talk(*stdin_lines());
    }

    std::unique_ptr<LineSource> stdin_lines() {
        if (!::isatty(STDIN_FILENO)) return make_piped_lines(interrupts_);
        return make_typed_lines(
            interrupts_, {.history = typed_messages_file(parts_.project),
                          .complete = [this](std::string_view before, std::string_view word) {
                              return complete_word(parts_.workspace.playbooks, parts_.here, before, word);
                          }});
    }

    Result<int> demo() {
        TRY(const Sample sample, find_sample());
        TRY_OK(parts_.session.add_source("before", sample.before));
        TRY_OK(parts_.session.add_source("after", sample.after));
        return talk(*make_scripted_lines(sample.message, interrupts_));
    }

    Result<int> resume() {
        TRY_OK(open_resumed());
        return talk(*stdin_lines());
    }

    Result<> open_resumed() {
        TRY_OK(parts_.resume_session());
        TRY_OK(parts_.add_roots(false));
        Console console;
        console.answer(transcript(parts_.session.events(), 10, 12));
        console.end_answer();
        return {};
    }

    // What ask asks: TEXT with what is piped in attached, or stdin alone.
    Result<std::string> ask_text(std::stop_token stop) const {
        std::string told;
        if (trim(options_.text).empty() && ::isatty(STDIN_FILENO))
            return fail(Fault::Invalid, "ask needs a message: culprit ask TEXT, or one that is piped in");
        const bool is_stdin = trim(options_.text).empty() || options_.text == "-";
        TRY(std::string piped, read_stdin(is_stdin ? StdinAs::Message : StdinAs::Attachment, told, stop));
        if (!told.empty()) tell(told);
        if (!is_stdin) return with_attachment(options_.text, piped);
        if (trim(piped).empty()) return fail(Fault::Invalid, "the message on stdin is empty");
        return std::string(trim(piped));
    }

    // Everything up to the answer.
    Result<AskedOnce> answer(std::string message, Terminal& terminal, std::stop_token stop) {
        TRY(const std::optional<OutputSchema> schema, output_schema());
        TRY_OK(parts_.prepare(stop));
        // What was piped in beside a message is material: what it names, nobody named.
        const bool is_beside = !options_.text.empty() && options_.text != "-";
        const std::string& said = is_beside ? options_.text : message;
        TRY_OK(admit_mentions(said, parts_.here, parts_.session, terminal));
        TurnParts parts = parts_.turn_parts(terminal);
        TRY(parts.opening, attachments_of(said, parts_.here, parts_.session));
        return ask_once(parts, std::move(message), schema ? &*schema : nullptr,
                        model_table(parts_.settings.models), std::move(stop));
    }

    Result<std::optional<OutputSchema>> output_schema() const {
        if (options_.output_schema.empty()) return std::nullopt;
        TRY(OutputSchema schema, OutputSchema::load(parts_.here / options_.output_schema));
        if (parts_.choice.is_investigator())
            return fail(Fault::Invalid,
                        "--output-schema needs a model, and none is configured: --model NAME");
        return schema;
    }

    Result<int> ask() {
        TRY_OK(parts_.choose_provider());
        return print_answer([this](Terminal& terminal, std::stop_token stop) -> Result<AskedOnce> {
            TRY(std::string message, ask_text(stop));
            return answer(std::move(message), terminal, std::move(stop));
        });
    }

    Result<int> print_answer(const AskOnce& ask_it) {
        const auto start = std::chrono::steady_clock::now();
        const TurnScope scope(interrupts_);
        TRY(const int code, culprit::print_answer(options_.format, !options_.output_schema.empty(),
                                                  parts_.choice.model(), ask_it, scope.token()));
        if (options_.verbose || options_.debug) tell(took_text(start));
        return code;
    }

    // A playbook as a subcommand: once for each input, then on as a chat if that is wanted.
    Result<int> play() {
        TRY(const Playbook playbook,
            find_playbook(parts_.workspace.playbooks, options_.playbook, parts_.here));
        for (const std::string& warning : playbook.warnings) tell(warning);
        TRY_OK(parts_.choose_provider_for(playbook));
        TRY(const PlaybookWords words, given_words(options_, playbook));
        const std::vector<PlaybookWords> each = one_input_each(playbook, words);
        if (each.size() > 1) return play_each(playbook, each);
        TRY(const int code, print_answer([&](Terminal& terminal, std::stop_token stop) -> Result<AskedOnce> {
                TRY_OK(parts_.prepare(stop));
                return play_once(parts_.play_parts(), playbook, words, terminal, std::move(stop));
            }));
        if (!options_.chat_after) return code;
        if (!::isatty(STDIN_FILENO)) {
            const Descriptor terminal(::open("/dev/tty", O_RDWR | O_CLOEXEC));
            if (!terminal || ::dup2(terminal.get(), STDIN_FILENO) < 0)
                return fail(Fault::Invalid, "--chat needs a terminal to go on at");
        }
        return converse(*stdin_lines());
    }

    std::string took_text(std::chrono::steady_clock::time_point start) const {
        const auto took = std::chrono::steady_clock::now() - start;
        return fmt::format(
            "{}, {}", usage_text(spent_in_turn(parts_.session.events()), model_table(parts_.settings.models)),
            duration_text(static_cast<double>(std::chrono::nanoseconds(took).count())));
    }

    // Each message in a session of its own; an object a line, in the order of the messages.
    Result<int> ask_each() {
        const TurnScope scope(interrupts_);
        TRY_OK(parts_.choose_provider());
        std::string told, text;
        if (options_.batch == "-") {
            TRY(text, read_stdin(StdinAs::Message, told, scope.token()));
        } else {
            TRY(text, read_file(parts_.here / options_.batch));
        }
        std::vector<std::string> messages;
        for (const std::string_view line : split_lines(text)) {
            if (!trim(line).empty()) messages.emplace_back(trim(line));
        }
        return ask_all("message", messages, scope.token(),
                       [&](Program& one, std::size_t i, Terminal& terminal) {
                           return one.answer(messages[i], terminal, scope.token());
                       });
    }

    Result<int> play_each(const Playbook& playbook, const std::vector<PlaybookWords>& each) {
        const TurnScope scope(interrupts_);
        std::vector<std::string> inputs;
        for (const PlaybookWords& words : each) inputs.push_back(input_of(playbook, words));
        return ask_all("input", inputs, scope.token(),
                       [&](Program& one, std::size_t i, Terminal& terminal) -> Result<AskedOnce> {
                           TRY_OK(one.parts_.prepare(scope.token()));
                           return play_once(one.parts_.play_parts(), playbook, each[i], terminal,
                                            scope.token());
                       });
    }

    // Several at once, each in a session of its own, printed in order: JSON lines, or (of playbooks) texts
    // under the names of their inputs.
    Result<int> ask_all(const std::string& what, const std::vector<std::string>& names, std::stop_token stop,
                        const std::function<Result<AskedOnce>(Program&, std::size_t, Terminal&)>& ask_it) {
        int worst = kDone;
        const auto ask_one = [&](std::size_t i) -> Result<AskedOnce> {
            Program one(options_, interrupts_);
            SilentTerminal silent;
            one.parts_.variables = parts_.variables;
            one.parts_.settings = parts_.settings;
            one.parts_.consent = parts_.consent;
            TRY_OK(one.parts_.change_model(parts_.flags));
            return ask_it(one, i, silent);
        };
        const bool as_text = options_.format == PrintAs::Text && options_.batch.empty();
        const auto print_one = [&](std::size_t i, Result<AskedOnce> asked) -> Result<bool> {
            Json line = {{what, names[i]}};
            line.update(asked ? asked->json : Json{{"error", asked.error().what}});
            const std::string text = text_at(line, asked ? "answer" : "error");
            print(STDOUT_FILENO, as_text ? printable(fmt::format("== {} ==\n{}\n", names[i], text))
                                         : dump_json(line) + "\n");
            worst = std::max<int>(worst, asked ? exit_code(*asked) : exit_code(asked.error()));
            return !stop.stop_requested();
        };
        TRY_OK(run_side_by_side<AskedOnce>(names.size(), options_.at_once, ask_one, print_one));
        return stop.stop_requested() ? kInterrupted : worst;
    }

    Result<int> serve() {
        parts_.load_settings();
        TRY_OK(parts_.add_roots(true));
        const TurnScope scope(interrupts_);
        parts_.tools.remove_all("open_tools");  // clients are offered all
        TRY_OK(serve_mcp(parts_.session, parts_.tools, parts_.judge(), scope.token()));
        return kDone;
    }

    Result<int> replay_recording() {
        if (options_.live_model) TRY_OK(parts_.choose_provider());
        const TurnScope scope(interrupts_);
        const ReplaySettings settings{.live = parts_.provider.get(),
                                      .recorded_tools = options_.recorded_tools,
                                      .update = options_.update};
        TRY(const std::string difference, replay(parts_.here / options_.file, settings, scope.token()));
        print(STDOUT_FILENO, printable(difference));
        tell(difference.empty() ? "The replay is the same as the recording."
             : options_.update  ? fmt::format("{} holds what the replay did now.", options_.file)
                                : "The replay differs from the recording.");
        return difference.empty() || options_.update ? kDone : kFinding;
    }

    Result<int> call_tool() {
        TRY_OK(parts_.add_roots(true));
        const TurnScope scope(interrupts_);
        Workbench bench = parts_.workspace.bench(scope.token());
        bench.by_person = true;
        bench.progress = [last = std::string()](std::string_view what, double) mutable {
            if (std::exchange(last, std::string(what)) != what) tell(what);
        };
        return run_tool_command(options_.tool, options_.format, parts_.workspace, parts_.here, bench);
    }

    const Options& options_;
    Interrupts& interrupts_;
    ProgramParts parts_;
};

Result<int> run_program(const Options& options, Interrupts& interrupts) {
    std::error_code code;
    const fs::path here = fs::current_path(code);
    if (here.empty()) return fail(Fault::NotFound, "the current folder is gone: cd to one that is there");
    try {
        return Program(options, interrupts).run();
    } catch (const std::exception& error) {
        return fail(Fault::Internal, "{}; this is a bug of culprit: the session is kept", error.what());
    }
}

int culprit_main(int argc, char** argv) {
    std::error_code code_of_folder;
    const fs::path here = fs::current_path(code_of_folder);  // empty if it is gone: run_program says so
    const PlaybookShelf shelf(
        playbook_folders(find_project(here).folder, own_settings_folder(), home_folder()));
    const auto parsed = parse_command_line(argc, argv, shelf);
    if (const int* code = std::get_if<int>(&parsed)) return *code;
    Interrupts interrupts;
    const Result<int> code = run_program(std::get<Options>(parsed), interrupts);
    if (code) return *code;
    tell("culprit: " + code.error().what);
    return exit_code(code.error());
}

}  // namespace
}  // namespace culprit

int main(int argc, char** argv) {
    const int code = culprit::culprit_main(argc, argv);
    const std::string lost = culprit::lost_output();
    if (lost.empty()) return code;
    culprit::tell("culprit: " + lost);
    return code == culprit::kDone ? culprit::kToolFailed : code;
}
