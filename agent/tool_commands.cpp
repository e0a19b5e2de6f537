#include "agent/tool_commands.h"

#include <algorithm>
#include <array>
#include <iostream>

#include <CLI/CLI.hpp>
#include <unistd.h>

#include "agent/console.h"
#include "agent/mentions.h"
#include "base/text.h"
#include "tools/args.h"
#include "tools/run/runner.h"
#include "tools/source/index.h"

namespace culprit {
namespace {

// What the tools under one word are about.
constexpr std::pair<std::string_view, std::string_view> kGroups[] = {
    {"source", "Ask questions to source trees"},
    {"profile", "Ask questions to profiles and traces"},
    {"explain", "Explain what other tools print"},
    {"jobs", "Compare benchmark jobs"},
    {"host", "Look at machines, this one and others by ssh"},
};

std::string group_about(std::string_view word) {
    const auto group =
        std::ranges::find(kGroups, word, &std::pair<std::string_view, std::string_view>::first);
    return group == std::end(kGroups) ? "" : std::string(group->second);
}

// The subcommand of `app` for the words "profile top", made where it is missing.
CLI::App* subcommand(CLI::App& app, const Tool& tool) {
    const auto words = split(tool.command, ' ');
    CLI::App* command = &app;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string word(words[i]);
        const auto found = command->get_subcommands([&](CLI::App* each) { return each->get_name() == word; });
        CLI::App* known = found.empty() ? nullptr : found.front();
        if (!known) {
            known = command->add_subcommand(word, group_about(word));
            known->footer("");
            known->fallthrough();
            if (i + 1 < words.size()) known->require_subcommand(1);
        }
        command = known;
    }
    command->description(std::string(first_sentence(tool.about)));
    return command;
}

std::string option_name(const Arg& arg) {
    std::string name(arg.name);
    std::ranges::replace(name, '_', '-');
    return name;
}

struct ShownDefault {
    std::string operator()(Required) const { return {}; }
    std::string operator()(std::string_view text) const {
        return text.empty() ? "" : fmt::format(" [{}]", text);
    }
    std::string operator()(std::int64_t integer) const { return fmt::format(" [{}]", integer); }
    std::string operator()(double number) const { return number == 0 ? "" : fmt::format(" [{}]", number); }
    std::string operator()(bool) const { return {}; }
};

template <class T>
CLI::Option* add_value(CLI::App& command, const Arg& arg, const std::string& name, ToolCommand& chosen) {
    return command.add_option_function<T>(
        name, [&chosen, key = std::string(arg.name)](const T& value) { chosen.arguments[key] = value; },
        std::string(arg.about) + std::visit(ShownDefault{}, arg.fallback));
}

void add_argument(CLI::App& command, const Tool& tool, const Arg& arg, ToolCommand& chosen) {
    const bool required = std::holds_alternative<Required>(arg.fallback);
    // A list that stands first goes without a name even if it may be left out: "compare A B", "compare
    // --product P".
    const bool is_list = arg.kind == Kind::Strings || arg.kind == Kind::Paths;
    const bool leads = !required && is_list && &arg == &tool.args.front();
    const std::string name =
        (leads ? option_name(arg) + "," : "") + (required ? "" : "--") + option_name(arg);
    CLI::Option* option = nullptr;
    switch (arg.kind) {
        case Kind::String:
        case Kind::Path: option = add_value<std::string>(command, arg, name, chosen); break;
        case Kind::Integer: option = add_value<std::int64_t>(command, arg, name, chosen); break;
        case Kind::Number: option = add_value<double>(command, arg, name, chosen); break;
        case Kind::Strings:
        case Kind::Paths: option = add_value<std::vector<std::string>>(command, arg, name, chosen); break;
        case Kind::Boolean:
            option = command.add_flag_function(
                name, [&chosen, key = std::string(arg.name)](std::int64_t) { chosen.arguments[key] = true; },
                std::string(arg.about));
            break;
    }
    if (arg.kind == Kind::Integer)
        option->check([](const std::string& number) {
            return number.starts_with('-') ? number + " is negative" : std::string();
        });
    if (!arg.choices.empty())
        option->check(CLI::IsMember(std::vector<std::string>(arg.choices.begin(), arg.choices.end())));
    const auto needed = std::ranges::count_if(
        tool.args, [](const Arg& each) { return std::holds_alternative<Required>(each.fallback); });
    const bool may_come_from_stdin = needed == 1 && arg.kind == Kind::String && arg.choices.empty();
    if (required && !may_come_from_stdin) option->required();
}

// The one argument that may come from stdin, if it was left out.
std::string_view missing_argument(const Tool& tool, const Json& arguments) {
    for (const Arg& arg : tool.args) {
        if (std::holds_alternative<Required>(arg.fallback) && !arguments.contains(arg.name)) return arg.name;
    }
    return {};
}

// A person may name any path: what lies outside of the roots becomes one, for this run.
Result<> admit_path(Json& argument, Roots& roots, const fs::path& base) {
    std::error_code code;
    const std::string given = argument.is_string() ? argument.get<std::string>() : std::string();
    if (given.empty() || !fs::exists(base / given, code)) return {};
    TRY(const fs::path real, real_path(base / given));
    if (!roots.resolve(real.string())) {
        if (fs::is_directory(real, code))
            TRY_OK(roots.add_source(root_name_for(real), real));
        else
            TRY_OK(roots.add_file(real));
    }
    argument = real.string();
    return {};
}

Result<> admit_paths(const Tool& tool, Json& arguments, Roots& roots, const fs::path& base) {
    for (const Arg& arg : tool.args) {
        if (!arguments.contains(arg.name)) continue;
        Json& argument = arguments[std::string(arg.name)];
        if (arg.kind == Kind::Path) TRY_OK(admit_path(argument, roots, base));
        if (arg.kind != Kind::Paths) continue;
        for (Json& each : argument) TRY_OK(admit_path(each, roots, base));
    }
    return {};
}

int report(const Error& error, int code) {
    print(STDERR_FILENO, fmt::format("culprit: {}\n", printable(error.what)));
    return code;
}

// Where a command is typed is where it runs.
void add_folder(const Tool& tool, Json& arguments, const fs::path& base) {
    const bool runs_in_folder =
        tool.plan && std::ranges::find(tool.args, "folder", &Arg::name) != tool.args.end();
    if (runs_in_folder && !arguments.contains("folder")) arguments["folder"] = base.string();
}

// The call's plan; where commands cannot be boxed, it needs all.
Result<Plan> plan_of(const Tool& tool, const Args& args, const Sandbox& sandbox, Workbench& bench) {
    if (!tool.plan) return Plan{};
    TRY(Plan plan, tool.plan(args, bench));
    if (!starts_programs(plan) || plan.needs.unconfined || sandbox.problem().empty()) return plan;
    print(STDERR_FILENO, fmt::format("culprit: {}; it runs without a sandbox\n", sandbox.problem()));
    plan.needs = {.unconfined = true};
    return plan;
}

void print_output(const Tool& tool, const Output& output, PrintAs format, bool one_of_many) {
    if (format == PrintAs::Text && tool.streams) {
        print(STDERR_FILENO, fmt::format("{}\n", printable(output.text.substr(0, output.text.find('\n')))));
        return;
    }
    if (format == PrintAs::Text && !output.bytes.empty()) {
        print(STDOUT_FILENO, output.bytes);
        return;
    }
    std::string text =
        format == PrintAs::JSON ? dump_json(output.data, one_of_many ? -1 : 2) : printable(output.text);
    if (!text.ends_with('\n')) text += '\n';
    print(STDOUT_FILENO, text);
}

// Where it is not the result, the output of what runs goes to stderr.
OnOutput passed_on(const Tool& tool, PrintAs format) {
    return [is_result = tool.streams && format == PrintAs::Text](Stream stream, std::string_view piece) {
        print(is_result && stream == Stream::Out ? STDOUT_FILENO : STDERR_FILENO, piece);
        return true;
    };
}

int run_once(const Tool& tool, Json arguments, PrintAs format, Workspace& workspace, const fs::path& base,
             Workbench& bench, bool one_of_many) {
    add_folder(tool, arguments, base);
    if (const auto admitted = admit_paths(tool, arguments, workspace.roots, base); !admitted)
        return report(admitted.error(), 3);
    const auto args = check_arguments(tool, arguments);
    if (!args) return report(args.error(), 2);
    const fs::path artifacts = workspace.project.state() / "artifacts/command-line";
    Runner planning = workspace.runner(artifacts, {}, {});
    bench.runner = &planning;
    auto plan = plan_of(tool, *args, workspace.sandbox, bench);
    if (!plan) return report(plan.error(), plan.error().fault == Fault::Invalid ? 2 : 3);
    if (starts_programs(*plan))
        if (const auto prepared = prepare_state(workspace.project); !prepared)
            return report(prepared.error(), 3);
    Runner runner = workspace.runner(artifacts, std::move(plan->needs), passed_on(tool, format));
    bench.runner = &runner;
    const auto output = tool.run(*args, bench);
    bench.runner = nullptr;
    if (!output) return report(output.error(), output.error().fault == Fault::Cancelled ? 130 : 3);
    print_output(tool, *output, format, one_of_many);
    return flag_at(output->data, "finding") ? 1 : 0;
}

}  // namespace

void add_tool_commands(CLI::App& app, ToolCommand& chosen) {
    for (const Tool& tool : all_tools()) {
        if (tool.command.empty()) continue;
        CLI::App* command = subcommand(app, tool);
        command->callback([&chosen, &tool] { chosen.tool = &tool; });
        if (!tool.example.empty()) command->footer(fmt::format("\nExample:\n  culprit {}\n", tool.example));
        for (const Arg& arg : tool.args) add_argument(*command, tool, arg, chosen);
    }
    chosen.arguments = Json::object();
}

int run_tool_command(const ToolCommand& command, PrintAs format, Workspace& workspace, const fs::path& base,
                     Workbench& bench) {
    const std::string_view missing = missing_argument(*command.tool, command.arguments);
    if (missing.empty() || ::isatty(STDIN_FILENO)) {
        return run_once(*command.tool, command.arguments, format, workspace, base, bench, false);
    }
    int worst = 0;
    // Many questions are worth the whole index; why there is none, each of them tells.
    if (command.tool->command.starts_with("source ")) static_cast<void>(bench.source.update(bench.stop));
    for (std::string line; std::getline(std::cin, line);) {
        if (trim(line).empty()) continue;
        Json arguments = command.arguments;
        arguments[std::string(missing)] = line;
        worst = std::max(worst, run_once(*command.tool, arguments, format, workspace, base, bench, true));
    }
    return worst;
}

}  // namespace culprit
