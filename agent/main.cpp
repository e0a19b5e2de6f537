// Reads flags, builds the parts, hands them over. The only file that knows everything.
#include <unistd.h>

#include "agent/ask.h"
#include "agent/console.h"
#include "agent/json_terminal.h"
#include "agent/mcp/plugins.h"
#include "agent/mcp/server.h"
#include "agent/mentions.h"
#include "agent/models_command.h"
#include "agent/options.h"
#include "agent/repl.h"
#include "agent/replay.h"
#include "agent/sample.h"
#include "agent/side_by_side.h"
#include "agent/spending.h"
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

// How long ask waits for plug-in servers to be there: nobody types meanwhile.
constexpr std::chrono::seconds kPluginWait{10};

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
        if (command == "ask") return options_.batch.empty() ? ask() : ask_each();
        if (command == "models") return list_models();
        if (command == "mcp") return serve();
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

    void load_settings() {
        variables_ = Variables::load(project_.folder);
        settings_ = Settings::load(project_.folder, own_settings_folder());
        for (const std::string& warning : variables_.warnings()) tell(warning);
        for (const std::string& warning : settings_.warnings) tell(warning);
    }

    Result<> choose_provider() {
        load_settings();
        return change_model(options_.model);
    }

    Result<> change_model(const ModelFlags& flags) {
        TRY(choice_, choose_model(flags, variables_, settings_));
        provider_ = make_provider(choice_, settings_.retry);
        flags_ = flags;
        return {};
    }

    // Plug-in servers start while the first message is typed.
    void start_plugins() {
        std::vector<std::string> warnings;
        std::vector<PluginServer> servers = read_mcp_json(project_.folder, warnings);
        std::ranges::copy(settings_.servers, std::back_inserter(servers));
        servers = may_start(std::move(servers), options_.plugins, warnings);
        for (const std::string& warning : warnings) tell(warning);
        if (!servers.empty()) plugins_.emplace(std::move(servers), project_.folder);
    }

    TurnLimits limits() const {
        const auto first = [](auto a, auto b) { return a > 0 ? a : b; };
        const TurnLimits usual;
        const double seconds = first(options_.timeout_s, static_cast<double>(settings_.limits.seconds));
        return {
            .most_steps = first(options_.most_steps,
                                first(static_cast<int>(std::min<std::int64_t>(settings_.limits.steps, 10000)),
                                      usual.most_steps)),
            .most_tokens = settings_.limits.tokens,
            .most_cost = settings_.limits.cost,
            .most_time = std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000))};
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
                .limits = limits(),
                .before_reply =
                    [this, &terminal] {
                        if (plugins_) plugins_->take_in(tools_, terminal);
                    }};
    }

    ChatParts chat_parts(Terminal& terminal) {
        return {
            .turn = [this, &terminal] { return turn_parts(terminal); },
            .change_model =
                [this](const ModelFlags& change) { return change_model(changed(flags_, change, settings_)); },
            .model_text = [this] { return model_text(choice_); },
            .models = model_table(settings_.models)};
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
        start_plugins();
        greet();
        Console console =
            lines.is_person()
                ? Console([&lines](std::string_view question) { return lines.next(question, false).text; })
                : Console();
        TRY_OK(chat(chat_parts(console), lines, here_, interrupts_));
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
        TRY_OK(resume_session());
        TRY_OK(add_roots(false));
        print(STDOUT_FILENO, printable(transcript(session_.events(), 10)));
        return talk(*stdin_lines());
    }

    Result<> resume_session() {
        TRY(SessionPlace place, SessionStore(project_.state()).find(options_.session));
        TRY_OK(session_.resume(std::move(place)));
        for (const std::string& warning : session_.take_warnings()) tell(warning);
        return {};
    }

    // What ask asks: TEXT with what is piped in attached, or stdin alone.
    Result<std::string> ask_text(std::stop_token stop) const {
        std::string told;
        if (options_.text.empty() && ::isatty(STDIN_FILENO))
            return fail(Fault::Invalid, "ask needs a message: culprit ask TEXT, or one that is piped in");
        const bool is_stdin = options_.text.empty() || options_.text == "-";
        TRY(std::string piped, read_stdin(is_stdin ? StdinAs::Message : StdinAs::Attachment, told, stop));
        if (!told.empty()) tell(told);
        if (!is_stdin) return with_attachment(options_.text, piped);
        if (trim(piped).empty()) return fail(Fault::Invalid, "the message on stdin is empty");
        return std::string(trim(piped));
    }

    // Everything up to the answer, with what is shown on the way at `terminal`.
    Result<AskedOnce> answer(std::string message, Terminal& terminal, std::stop_token stop) {
        std::optional<OutputSchema> schema;
        if (!options_.output_schema.empty()) {
            TRY(schema, OutputSchema::load(here_ / options_.output_schema));
            if (choice_.is_investigator())
                return fail(Fault::Invalid,
                            "--output-schema needs a model, and none is configured: --model NAME");
        }
        if (options_.resumed) TRY_OK(resume_session());
        TRY_OK(add_roots(!options_.resumed));
        start_plugins();
        if (plugins_) plugins_->wait(kPluginWait, stop);
        // What was piped in beside a message is material: what it names, nobody named.
        const bool is_beside = !options_.text.empty() && options_.text != "-";
        TRY_OK(admit_mentions(is_beside ? options_.text : message, here_, session_, terminal));
        return ask_once(turn_parts(terminal), std::move(message), schema ? &*schema : nullptr,
                        model_table(settings_.models), std::move(stop));
    }

    Result<int> ask() {
        const auto start = std::chrono::steady_clock::now();
        const TurnScope scope(interrupts_);
        TRY_OK(choose_provider());
        TRY(std::string message, ask_text(scope.token()));
        Console console;
        QuietConsole quiet;
        SilentTerminal silent;
        JsonTerminal events;
        const PrintAs format = options_.format;
        if (format == PrintAs::StreamJSON) events.start(choice_.model());
        Terminal& terminal = format == PrintAs::StreamJSON    ? static_cast<Terminal&>(events)
                             : format == PrintAs::JSON        ? static_cast<Terminal&>(silent)
                             : options_.output_schema.empty() ? static_cast<Terminal&>(console)
                                                              : static_cast<Terminal&>(quiet);
        TRY(AskedOnce asked, answer(std::move(message), terminal, scope.token()));
        const int code = exit_code(asked.end);
        if (options_.verbose) tell(took_text(start));
        if (format == PrintAs::StreamJSON)
            events.result(std::move(asked.json), code);
        else if (format == PrintAs::JSON)
            print(STDOUT_FILENO, dump_json(asked.json, 2) + "\n");
        else if (asked.json.contains("output"))
            print(STDOUT_FILENO, dump_json(asked.json["output"], 2) + "\n");
        return code;
    }

    std::string took_text(std::chrono::steady_clock::time_point start) const {
        const auto took = std::chrono::steady_clock::now() - start;
        return fmt::format("{}, {}",
                           usage_text(spent_in_turn(session_.events()), model_table(settings_.models)),
                           duration_text(static_cast<double>(std::chrono::nanoseconds(took).count())));
    }

    // Each message in a session of its own; an object a line, in the order of the messages.
    Result<int> ask_each() {
        const TurnScope scope(interrupts_);
        TRY_OK(choose_provider());
        std::string told, text;
        if (options_.batch == "-") {
            TRY(text, read_stdin(StdinAs::Message, told, scope.token()));
        } else {
            TRY(text, read_file(here_ / options_.batch));
        }
        std::vector<std::string> messages;
        for (const std::string_view line : split_lines(text)) {
            if (!trim(line).empty()) messages.emplace_back(trim(line));
        }
        int worst = kDone;
        const auto ask_one = [&](std::size_t i) -> Result<AskedOnce> {
            Program one(options_, interrupts_);
            SilentTerminal silent;
            one.variables_ = variables_;
            one.settings_ = settings_;
            TRY_OK(one.change_model(flags_));
            return one.answer(messages[i], silent, scope.token());
        };
        const auto print_one = [&](std::size_t i, Result<AskedOnce> asked) -> Result<bool> {
            Json line = {{"message", messages[i]}};
            line.update(asked ? asked->json : Json{{"error", asked.error().what}});
            print(STDOUT_FILENO, dump_json(line) + "\n");
            worst = std::max<int>(worst, asked ? exit_code(asked->end) : exit_code(asked.error()));
            return !scope.token().stop_requested();
        };
        TRY_OK(run_side_by_side<AskedOnce>(messages.size(), options_.at_once, ask_one, print_one));
        return scope.token().stop_requested() ? kInterrupted : worst;
    }

    Result<int> list_models() {
        load_settings();
        TRY(const ModelChoice choice, choose_model(options_.model, variables_, settings_));
        const TurnScope scope(interrupts_);
        const auto providers = set_up_providers(variables_, settings_);
        const auto answers = ask_providers(providers, scope.token());
        print(STDOUT_FILENO, options_.format == PrintAs::JSON
                                 ? dump_json(models_json(providers, answers, choice), 2) + "\n"
                                 : printable(models_text(providers, answers, choice)));
        return kDone;
    }

    Result<int> serve() {
        TRY_OK(add_roots(true));
        const TurnScope scope(interrupts_);
        TRY_OK(serve_mcp(session_, tools_, scope.token()));
        return kDone;
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
        bench.progress = [last = std::string()](std::string_view what, double) mutable {
            if (std::exchange(last, std::string(what)) != what) tell(what);
        };
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
    Variables variables_;
    Settings settings_;
    ModelFlags flags_;  // of the model that is asked now
    ModelChoice choice_;
    std::unique_ptr<Provider> provider_;
    std::optional<Plugins> plugins_;  // last: their tools run what lies above
};

Result<int> run_program(const Options& options, Interrupts& interrupts) {
    std::error_code code;
    const fs::path here = fs::current_path(code);
    if (here.empty())
        return fail(Fault::NotFound, "the current folder is gone: cd to one that is there");
    try {
        return Program(options, interrupts).run();
    } catch (const std::exception& error) {
        return fail(Fault::Internal, "{}; this is a bug of culprit: the session is kept", error.what());
    }
}

int culprit_main(int argc, char** argv) {
    const auto parsed = parse_command_line(argc, argv);
    if (const int* code = std::get_if<int>(&parsed)) return *code;
    Interrupts interrupts;
    const Result<int> code = run_program(std::get<Options>(parsed), interrupts);
    if (code) return *code;
    tell("culprit: " + code.error().what);
    return exit_code(code.error());
}

}  // namespace
}  // namespace culprit

int main(int argc, char** argv) { return culprit::culprit_main(argc, argv); }
