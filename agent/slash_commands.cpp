#include "agent/slash_commands.h"

#include <algorithm>
#include <charconv>

#include "agent/compose.h"
#include "agent/context.h"
#include "agent/spending.h"
#include "base/text.h"

namespace culprit {
namespace {

void show(const ChatParts& chat, std::string_view text) {
    Terminal& terminal = chat.turn().terminal;
    terminal.answer(text);
    terminal.end_answer();
}

Result<> run_model(const ChatParts& chat, std::string_view rest) {
    if (!rest.empty()) {
        const auto change = parse_model_change(rest);
        const Result<> changed = change ? chat.change_model(*change) : std::unexpected(change.error());
        if (!changed) {
            chat.turn().terminal.failure(changed.error().what);
            return {};
        }
    }
    show(chat, chat.model_text());
    return {};
}

Result<> run_context(const ChatParts& chat, std::string_view) {
    const TurnParts turn = chat.turn();
    if (turn.before_reply) turn.before_reply();
    TRY(const Request request, compose_request(turn.session, turn.tools, turn.provider.model()));
    show(chat, context_text(request, turn.session.events(), turn.provider));
    return {};
}

Result<> run_cost(const ChatParts& chat, std::string_view) {
    show(chat, spending_text(chat.turn().session.events(), chat.models));
    return {};
}

Result<> run_help(const ChatParts& chat, std::string_view) {
    std::string text;
    for (const SlashCommand& each : slash_commands())
        text += fmt::format("{:44} {}\n", fmt::format("/{} {}", each.name, each.arguments), each.about);
    show(chat, text);
    return {};
}

std::string_view first_word(std::string_view line) {
    line.remove_prefix(1);
    return line.substr(0, line.find_first_of(" \t\n"));
}

const SlashCommand* find(std::string_view name) {
    const auto found = std::ranges::find(slash_commands(), name, &SlashCommand::name);
    return found == slash_commands().end() ? nullptr : &*found;
}

template <class T>
Result<T> number_of(std::string_view name, std::string_view text) {
    T number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc() && end == text.data() + text.size() && number >= T{}) return number;
    return fail(Fault::Invalid, "/model: {}={} is no number", name, text);
}

}  // namespace

const std::vector<SlashCommand>& slash_commands() {
    static const std::vector<SlashCommand> commands = {
        {"model", "[NAME] [effort=…] [temperature=…] [max-tokens=…]",
         "show or change the model that is asked", run_model},
        {"context", "", "what fills the model's window", run_context},
        {"cost", "", "tokens and money of the last turn and of the session", run_cost},
        {"help", "", "this list", run_help},
    };
    return commands;
}

bool is_slash_command(std::string_view line) {
    if (!line.starts_with('/') || line.contains('\n')) return false;
    const std::string_view word = first_word(line);
    const bool is_word =
        !word.empty() && std::ranges::all_of(word, [](char c) { return (c >= 'a' && c <= 'z') || c == '-'; });
    std::error_code code;
    return is_word && (find(word) || !fs::exists(fs::path("/") / word, code));
}

Result<> run_slash_command(const ChatParts& chat, std::string_view line) {
    const std::string_view name = first_word(line);
    if (const SlashCommand* command = find(name))
        return command->run(chat, trim(line.substr(1 + name.size())));
    chat.turn().terminal.failure(fmt::format("there is no command /{}; /help lists them", name));
    return {};
}

Result<ModelFlags> parse_model_change(std::string_view text) {
    ModelFlags flags;
    for (const std::string_view part : split(text, ' ')) {
        const std::size_t equals = part.find('=');
        const std::string_view name = part.substr(0, equals);
        const std::string_view value =
            equals == std::string_view::npos ? std::string_view() : part.substr(equals + 1);
        if (part.empty()) continue;
        if (equals == std::string_view::npos && flags.model.empty()) {
            flags.model = part;
        } else if (name == "effort") {
            flags.effort = value;
        } else if (name == "temperature") {
            TRY(flags.temperature, number_of<double>(name, value));
        } else if (name == "max-tokens") {
            TRY(flags.max_tokens, number_of<std::int64_t>(name, value));
        } else {
            return fail(Fault::Invalid,
                        "/model does not know '{}'; it takes NAME, effort=…, temperature=…, max-tokens=…",
                        part);
        }
    }
    return flags;
}

}  // namespace culprit
