#include "agent/options.h"

#include <CLI/CLI.hpp>

namespace culprit {
namespace {

constexpr std::string_view kExamples = R"(
Examples:
  culprit                                   chat about the project in this folder
  culprit --root core=../Azure.Core         with a source tree of that name
  culprit demo                              watch a real regression being investigated
  culprit ask "what got slower between before.nettrace and after.nettrace?"
  culprit resume                            go on with the newest session
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
    add_command(app, options, "sessions", "List the sessions of this project, newest first");
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
    add_command(app, options, "tools", "List the tools that a model can call");
    add_command(app, options, "models",
                "Which providers are set up and answer, and which model is asked by default");
    add_command(app, options, "mcp", "Serve the tools to another program, by the Model Context Protocol");
}

// What does not go together.
void check_options(const Options& options) {
    const bool is_ask = options.command == "ask" && !options.tool.tool;
    if (options.format == PrintAs::StreamJSON && (!is_ask || !options.batch.empty()))
        throw CLI::ValidationError("--format", "stream-json is for ask, without --batch");
    if (!options.batch.empty() && (options.resumed || !options.text.empty()))
        throw CLI::ValidationError("--batch", "takes the messages from its file: no TEXT, no --resume");
}

}  // namespace

std::variant<Options, int> parse_command_line(int argc, char** argv) {
    Options options;
    CLI::App app("culprit finds the root cause of performance regressions, and proves it.", "culprit");
    app.set_version_flag("--version", "culprit " CULPRIT_VERSION);
    app.footer(std::string(kExamples));
    app.require_subcommand(0, 1);
    app.fallthrough();
    add_settings(app, options);
    add_commands(app, options);
    add_tool_commands(app, options.tool);
    for (CLI::App* command : app.get_subcommands({})) command->fallthrough();
    try {
        app.parse(argc, argv);
        check_options(options);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    return options;
}

}  // namespace culprit
