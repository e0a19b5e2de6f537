// Reads flags, builds the parts, hands them over. The only file that knows everything.
#include <unistd.h>

#include "agent/console.h"
#include "agent/mentions.h"
#include "agent/options.h"
#include "agent/repl.h"
#include "agent/replay.h"
#include "agent/sample.h"
#include "agent/transcript.h"
#include "base/text.h"
#include "tools/invoke.h"

namespace culprit {
namespace {

enum ExitCode {
    kDone = 0,
    kFinding = 1,
    kWrongUse = 2,
    kToolFailed = 3,
    kModelFailed = 4,
    kInterrupted = 130
};

int exit_code(const Error& error) {
    switch (error.fault) {
        case Fault::Invalid: return kWrongUse;
        case Fault::Cancelled: return kInterrupted;
        default: return kToolFailed;
    }
}

int exit_code(TurnEnd end) {
    switch (end) {
        case TurnEnd::Answered: return kDone;
        case TurnEnd::Cancelled: return kInterrupted;
        case TurnEnd::Failed:
        case TurnEnd::Limited: return kModelFailed;
    }
    return kModelFailed;
}

void tell(std::string_view text) { print(STDERR_FILENO, printable(text) + "\n"); }

class Program {
  public:
    Program(const Options& options, Interrupts& interrupts)
        : options_(options),
          interrupts_(interrupts),
          here_(fs::current_path()),
          project_(find_project(here_)),
          workspace_(project_),
          session_(project_, workspace_, clock_) {}

    Result<int> run() {
        const std::string& command = options_.command;
        if (options_.tool.tool) return call_tool();
        if (command == "ask") return ask();
        if (command == "resume") return resume();
        if (command == "demo") return demo();
        if (command == "sessions") return list_sessions();
        if (command == "record") return record();
        if (command == "replay") return replay_recording();
        if (command == "tools") return list_tools();
        return start_chat();
    }

  private:
    // The roots of the flags; without any, the project's folder, unless that is a home folder or the like.
    Result<> add_roots(bool default_root) {
        for (const std::string& given : options_.roots) {
            const std::size_t equals = given.find('=');
            const bool named = equals != std::string::npos;
            TRY(const fs::path folder, real_path(here_ / (named ? given.substr(equals + 1) : given)));
            TRY_OK(session_.add_source(named ? given.substr(0, equals) : root_name_for(folder), folder));
        }
        if (default_root && options_.roots.empty() && !is_too_broad(project_.folder)) {
            TRY_OK(session_.add_source(root_name_for(project_.folder), project_.folder));
        }
        return {};
    }

    Result<> choose_provider() {
        const Variables variables = Variables::load(project_.folder);
        for (const std::string& warning : variables.warnings()) tell(warning);
        const Settings settings = Settings::load(project_.folder, own_settings_folder());
        for (const std::string& warning : settings.warnings) tell(warning);
        TRY(choice_, choose_model(options_.model, variables, settings));
        provider_ = make_provider(choice_, settings.retry);
        return {};
    }

    TurnParts turn_parts(Terminal& terminal) {
        return {.session = session_,
                .provider = *provider_,
                .terminal = terminal,
                .tools = tools_,
                .run_call =
                    [this](const ToolCall& call, std::string_view evidence, Workbench& bench) {
                        return invoke(call, evidence, session_.place().artifacts, tools_, bench);
                    },
                .limits = {.most_steps = options_.most_steps}};
    }

    void greet() const {
        std::string roots;
        for (const Root* root : workspace_.roots.sources()) roots += fmt::format(" {}/", root->name);
        tell(fmt::format(
            "culprit {}: tell me what got slower, and where its sources and profiles are.\nModel: {} "
            "({}).{}{}\n"
            "Enter a blank line to send; Ctrl-C stops an answer, a blank line or Ctrl-D leaves.",
            CULPRIT_VERSION, choice_.model(), choice_.why, roots.empty() ? "" : " Sources:", roots));
    }

    // `lines` may be a person at a terminal, a pipe or a script.
    Result<int> talk(LineSource& lines) {
        TRY_OK(choose_provider());
        greet();
        Console console =
            lines.is_person()
                ? Console([&lines](std::string_view question) { return lines.next(question, false).text; })
                : Console();
        TRY_OK(chat(turn_parts(console), lines, here_, interrupts_));
        if (!session_.events().empty())
            tell(fmt::format("Session {}; culprit resume goes on with it.", session_.place().id));
        return kDone;
    }

    Result<int> start_chat() {
        TRY_OK(add_roots(true));
        if (!options_.script.empty()) {
            TRY(std::string script, read_file(here_ / options_.script));
            return talk(*make_scripted_lines(std::move(script), interrupts_));
        }
        return talk(*stdin_lines());
    }

    std::unique_ptr<LineSource> stdin_lines() {
        return ::isatty(STDIN_FILENO) ? make_typed_lines(interrupts_) : make_piped_lines(interrupts_);
    }

    Result<int> demo() {
        TRY(const Sample sample, find_sample());
        TRY_OK(session_.add_source("before", sample.before));
        TRY_OK(session_.add_source("after", sample.after));
        return talk(*make_scripted_lines(sample.message, interrupts_));
    }

    Result<int> resume() {
        TRY(SessionPlace place, SessionStore(project_.state()).find(options_.session));
        TRY_OK(session_.resume(std::move(place)));
        TRY_OK(add_roots(false));
        for (const std::string& warning : session_.take_warnings()) tell(warning);
        print(STDOUT_FILENO, printable(transcript(session_.events(), 10)));
        return talk(*stdin_lines());
    }

    Result<int> ask() {
        TRY_OK(choose_provider());
        TRY_OK(add_roots(true));
        Console console;
        SilentTerminal silent;
        const bool json = options_.format == PrintAs::JSON;
        Terminal& terminal = json ? static_cast<Terminal&>(silent) : console;
        const TurnScope scope(interrupts_);
        TRY_OK(admit_mentions(options_.text, here_, session_, terminal));
        TRY(const TurnEnd end, run_turn(turn_parts(terminal), options_.text, scope.token()));
        if (json)
            print(STDOUT_FILENO, dump_json(answer_json(session_.place().id, session_.events()), 2) + "\n");
        return exit_code(end);
    }

    Result<int> list_sessions() {
        std::vector<std::string> warnings;
        Json list = Json::array();
        std::string text;
        for (const SessionSummary& each : SessionStore(project_.state()).list(warnings)) {
            list.push_back({{"id", each.place.id},
                            {"title", each.title},
                            {"started", time_text(each.started)},
                            {"last", time_text(each.last)},
                            {"turns", each.turns},
                            {"model", each.model}});
            text += fmt::format("{:>3}  {}  {}  {:>3} turns  {}  {}\n", list.size(), each.place.id,
                                time_text(each.last).substr(0, 16), each.turns, each.model, each.title);
        }
        for (const std::string& warning : warnings) tell(warning);
        if (options_.format == PrintAs::JSON)
            text = dump_json(list, 2) + "\n";
        else if (text.empty())
            tell("There is no session in this project yet.");
        print(STDOUT_FILENO, options_.format == PrintAs::JSON ? text : printable(text));
        return kDone;
    }

    Result<int> record() {
        TRY(const SessionPlace place, SessionStore(project_.state()).find(options_.session));
        TRY(const Log log, Log::read(place.log));
        TRY_OK(record_session(log.events(), here_ / options_.file));
        tell(fmt::format("Recorded {} in {}.", place.id, options_.file));
        return kDone;
    }

    Result<int> replay_recording() {
        if (options_.live_model) TRY_OK(choose_provider());
        const TurnScope scope(interrupts_);
        const ReplaySettings settings{
            .live = provider_.get(), .recorded_tools = options_.recorded_tools, .update = options_.update};
        TRY(const std::string difference, replay(here_ / options_.file, settings, scope.token()));
        print(STDOUT_FILENO, printable(difference));
        tell(difference.empty() ? "The replay is the same as the recording."
             : options_.update  ? fmt::format("{} holds what the replay did now.", options_.file)
                                : "The replay differs from the recording.");
        return difference.empty() || options_.update ? kDone : kFinding;
    }

    Result<int> list_tools() {
        for (const Tool& tool : all_tools()) {
            print(STDOUT_FILENO, fmt::format("{:18} {}\n", tool.name, first_sentence(tool.about)));
        }
        return kDone;
    }

    Result<int> call_tool() {
        TRY_OK(add_roots(true));
        const TurnScope scope(interrupts_);
        Workbench bench = workspace_.bench(scope.token());
        return run_tool_command(options_.tool, options_.format, workspace_.roots, here_, bench);
    }

    const Options& options_;
    Interrupts& interrupts_;
    const Clock clock_;
    fs::path here_;
    Project project_;
    Workspace workspace_;
    Session session_;
    Toolbox tools_;
    ModelChoice choice_;
    std::unique_ptr<Provider> provider_;
};

int culprit_main(int argc, char** argv) {
    const auto parsed = parse_command_line(argc, argv);
    if (const int* code = std::get_if<int>(&parsed)) return *code;
    Interrupts interrupts;
    Program program(std::get<Options>(parsed), interrupts);
    const Result<int> code = program.run();
    if (code) return *code;
    tell("culprit: " + code.error().what);
    return exit_code(code.error());
}

}  // namespace
}  // namespace culprit

int main(int argc, char** argv) { return culprit::culprit_main(argc, argv); }
