#include "agent/options.h"

#include <sstream>

#include <CLI/CLI.hpp>
#include <unistd.h>

#include "agent/console.h"
#include "agent/exit_codes.h"
#include "agent/playbooks/commands.h"
#include "agent/setup/completion.h"
#include "base/text.h"

namespace culprit {
namespace {

constexpr std::string_view kExamples = R"(
Examples:
  culprit                                   chat about the project in this folder
  culprit --root core=../Azure.Core         with a source tree of that name
  culprit demo                              watch a real regression being investigated
  culprit ask "what got slower between before.nettrace and after.nettrace?"
  culprit resume                            go on with the newest session
  perf report --stdio | culprit topn        what each function does, and what to change
  culprit analyzecmd --problem "requests hang now and then"   run the 60-second checks here, and judge them
  culprit profile diff before.nettrace after.nettrace
  culprit source callers CatalogIndex.Resolve

Exit codes: 0 done, 1 a finding that should fail a pipeline, 2 wrong use, 3 a tool or file stopped it,
4 the model failed or a limit was reached, 130 interrupted.
)";

void add_settings(CLI::App& app, Options& options) {
    app.add_option("--root", options.roots,
                   "Source tree to read, as NAME=PATH (repeatable); default: this project")
        ->type_name("NAME=PATH");
    app.add_option("--model", options.model.model,
                   "Model to ask, or 'investigator' for the one that needs none [OPENAI_MODEL]");
    app.add_option("--base-url", options.model.base_url,
                   "Address of an OpenAI-compatible server [OPENAI_BASE_URL]");
    app.add_option(
        "--api-key", options.model.api_key,
        "Its key; better set OPENAI_API_KEY in the environment or in .env: flags are seen by other users");
    app.add_option(
        "--provider", options.model.provider,
        "Whose model it is: openai, azure, anthropic, gemini, ollama, … (culprit models lists them)");
    app.add_option("--profile", options.model.profile, "Settings of that name in culprit.toml");
    app.add_option("--api-version", options.model.api_version, "Azure's [AZURE_OPENAI_API_VERSION]");
    app.add_option("--temperature", options.model.temperature, "From 0 (always alike) to 2")
        ->check(CLI::Range(0.0, 2.0));
    app.add_option("--reasoning-effort", options.model.effort,
                   "How much the model thinks, as it names it: low, high, …");
    app.add_option("--max-tokens", options.model.max_tokens, "Most tokens of one reply")
        ->check(CLI::Range(std::int64_t{1}, std::int64_t{10'000'000}));
    app.add_option("--max-steps", options.most_steps, "Most replies of the model in one turn")
        ->check(CLI::Range(1, 10000))
        ->type_name("N");
    app.add_option("--timeout", options.timeout_s, "Most seconds that one turn takes")
        ->check(CLI::Range(0.001, 1e7))
        ->type_name("SECONDS");
    app.add_option_function<std::string>(
           "--send-on", [&options](const std::string& which) { options.enter_sends = which == "enter"; },
           "What sends a message in a chat: blank (a blank line, the default) or enter (Alt-Enter begins a "
           "new line)")
        ->check(CLI::IsMember({"blank", "enter"}))
        ->type_name("WHICH");
    app.add_option("--allow", options.allow,
                   "Let commands that begin so run without a question, e.g. \"dotnet build +network\" "
                   "(repeatable; docs/running.md)")
        ->allow_extra_args(false)
        ->type_name("RULE");
    app.add_option("--mcp", options.plugins,
                   "Start this plug-in server of the project, or all with '*' (docs/mcp.md)")
        ->type_name("NAME");
    app.add_flag("--verbose", options.verbose, "ask: tell on stderr what it took in tokens, money and time");
    app.add_option_function<std::string>(
           "--format",
           [&options](const std::string& format) {
               options.format = format == "json"          ? PrintAs::JSON
                                : format == "stream-json" ? PrintAs::StreamJSON
                                                          : PrintAs::Text;
           },
           "What is printed on stdout: text (default) or json; of ask also stream-json, an event a line")
        ->check(CLI::IsMember({"text", "json", "stream-json"}))
        ->type_name("FORMAT");
}

CLI::App* add_command(CLI::App& app, Options& options, const std::string& name, const std::string& about) {
    CLI::App* command = app.add_subcommand(name, about);
    command->footer("");
    command->callback([&options, name] { options.command = name; });
    return command;
}

void add_ask(CLI::App& app, Options& options) {
    CLI::App* ask = add_command(app, options, "ask", "Ask once and print the answer");
    ask->add_option("TEXT", options.text,
                    "The message; what is piped in is attached to it. '-' or none: stdin is the message");
    ask->add_option("--output-schema", options.output_schema,
                    "JSON Schema that the answer must fit; it is repaired once if it does not")
        ->type_name("FILE");
    ask->add_option_function<std::string>(
           "--resume",
           [&options](const std::string& session) {
               options.session = session;
               options.resumed = true;
           },
           "Go on with this session: its id, the beginning of it, or its number in the list")
        ->type_name("SESSION");
    ask->add_option(
           "--batch", options.batch,
           "Ask each line of a file ('-': of stdin) by itself; an answer a line, as JSON, in their order")
        ->type_name("FILE");
    ask->add_option("--max-concurrent-queries", options.at_once, "Of a batch, asked at once")
        ->check(CLI::Range(1, 64))
        ->type_name("N");
}

void add_commands(CLI::App& app, Options& options) {
    add_command(app, options, "chat", "Talk about a regression (the default)")
        ->add_option("--script", options.script, "File with what is typed; a blank line sends");
    add_command(app, options, "demo", "Investigate the sample regression before your eyes; needs no model");
    add_ask(app, options);
    add_command(app, options, "resume",
                "Go on with a session: its id, the beginning of it, or its number in the list")
        ->add_option("SESSION", options.session, "default: the newest");
    CLI::App* sessions =
        add_command(app, options, "sessions", "List the sessions of this project, newest first");
    sessions->add_option("TEXT", options.text,
                         "only those in whose messages, answers or results this stands");
    sessions->add_flag("--all", options.all, "those of all projects of this machine");
    CLI::App* record = add_command(app, options, "record", "Write a session to a file that can be replayed");
    record->add_option("FILE", options.file)->required();
    record->add_option("SESSION", options.session, "default: the newest");
    CLI::App* replay = add_command(app, options, "replay",
                                   "Run a recorded session again and compare; exits 1 if it differs");
    replay->add_option("FILE", options.file)->required();
    replay->add_flag_callback(
        "--live", [&options] { options.live_model = true; },
        "Ask the configured model instead of the recording");
    replay
        ->add_option_function<std::string>(
            "--tools", [&options](const std::string& which) { options.recorded_tools = which == "recorded"; },
            "'recorded': answer calls from the recording; 'real' (default): run them")
        ->check(CLI::IsMember({"recorded", "real"}));
    replay->add_flag("--update", options.update, "Write what is different now into FILE");
    CLI::App* report =
        add_command(app, options, "report", "Print the answers of a session with their evidence");
    report->add_option("SESSION", options.session, "default: the newest");
    report->add_option("--output", options.file, "write it to this file: .md, .html or .json")
        ->type_name("FILE");
    report->add_flag("--html", options.html, "print HTML; --format json prints JSON");
    CLI::App* fork = add_command(app, options, "fork", "Copy a session, up to a turn, as a new one");
    fork->add_option("SESSION", options.session, "default: the newest");
    fork->add_option("--turn", options.turn, "the last turn to keep; default: all of them")
        ->check(CLI::Range(1, 1000000));
    add_command(app, options, "tools", "List the tools that a model can call");
    add_command(app, options, "models",
                "Which providers are set up and answer, and which model is asked by default");
    add_command(app, options, "init", "Write a commented culprit.toml for this project");
    add_command(app, options, "doctor",
                "Check what culprit works with on this machine, and say how to mend it");
    add_command(app, options, "completion", "Print the completion script of a shell")
        ->add_option("SHELL", options.text, "bash, zsh or fish")
        ->required();
    add_command(app, options, "man", "Print the manual page, for man(1)");
    add_command(app, options, "mcp", "Serve the tools to another program, by the Model Context Protocol");
}

// What does not go together.
void check_options(const Options& options) {
    const bool is_ask = (options.command == "ask" && !options.tool.tool) || !options.playbook.empty();
    if (options.format == PrintAs::StreamJSON && (!is_ask || !options.batch.empty()))
        throw CLI::ValidationError("--format", "stream-json is for ask and playbooks, without --batch");
    if (!options.batch.empty() && (options.resumed || !options.text.empty()))
        throw CLI::ValidationError("--batch", "takes the messages from its file: no TEXT, no --resume");
}

// What a command that is none may have been meant to be: those with the same beginning.
std::string commands_like(const CLI::App& app, std::string_view word) {
    std::vector<std::string> alike;
    for (const CLI::App* each : app.get_subcommands([](const CLI::App*) { return true; })) {
        if (each->get_name() == word) return {};
        if (!word.starts_with('-') && each->get_name().starts_with(word.substr(0, 3)))
            alike.push_back("culprit " + each->get_name());
    }
    return alike.empty() ? "" : fmt::format("There is no command {}; is it {}?\n", word, join(alike, " or "));
}

}  // namespace

std::variant<Options, int> parse_command_line(int argc, char** argv, const PlaybookShelf& shelf) {
    Options options;
    CLI::App app("culprit finds the root cause of performance regressions, and proves it.", "culprit");
    app.set_version_flag("--version", "culprit " CULPRIT_VERSION);
    app.footer(std::string(kExamples));
    app.require_subcommand(0, 1);
    app.fallthrough();
    add_settings(app, options);
    add_commands(app, options);
    add_tool_commands(app, options.tool);
    add_playbook_commands(app, options, shelf);
    for (CLI::App* command : app.get_subcommands({})) command->fallthrough();
    if (argc > 2 && std::string_view(argv[1]) == "complete") {
        std::vector<std::string> words(argv + 2, argv + argc);
        if (words.front() == "--") words.erase(words.begin());
        for (const std::string& each : complete_command_line(app, words)) print(STDOUT_FILENO, each + "\n");
        return 0;
    }
    try {
        app.parse(argc, argv);
        check_options(options);
        if (options.command == "man" && !options.tool.tool && options.playbook.empty()) {
            print(STDOUT_FILENO, manual_page(app));
            return 0;
        }
    } catch (const CLI::ParseError& error) {
        std::ostringstream out, err;
        const int code = app.exit(error, out, err);
        print(STDOUT_FILENO, out.str());
        print(STDERR_FILENO, err.str());
        if (dynamic_cast<const CLI::ExtrasError*>(&error) && argc > 1)
            print(STDERR_FILENO, printable(commands_like(app, argv[1])));
        return code == 0 ? kDone : kWrongUse;
    }
    return options;
}

}  // namespace culprit
