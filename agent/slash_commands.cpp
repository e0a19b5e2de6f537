#include "agent/slash_commands.h"

#include <algorithm>
#include <charconv>

#include "agent/compose.h"
#include "agent/context.h"
#include "agent/playbooks/start.h"
#include "agent/spending.h"
#include "base/text.h"

namespace culprit {
namespace {

using What = AfterCommand::What;

Result<AfterCommand> run_model(const ChatParts& chat, std::string_view rest) {
    if (!rest.empty()) {
        const auto change = parse_model_change(rest);
        const Result<> changed = change ? chat.change_model(*change) : std::unexpected(change.error());
        if (!changed) return show_error(chat, changed.error());
    }
    return show(chat, chat.model_text());
}

Result<AfterCommand> run_context(const ChatParts& chat, std::string_view) {
    const TurnParts turn = chat.turn();
    if (turn.before_reply) turn.before_reply();
    TRY(const Request request, compose_request(turn.session, turn.tools, turn.provider.model()));
    std::string text = context_text(request, turn.session.events(), turn.provider);
    const std::string& guidelines = turn.session.workspace().guidelines;
    for (const std::string_view line : split_lines(guidelines)) {
        if (line.starts_with("## /")) text += fmt::format("  guidelines: {}\n", line.substr(3));
    }
    if (!guidelines.empty())
        text += fmt::format("  guidelines are {} of the system prompt\n",
                            bytes_text(static_cast<double>(guidelines.size())));
    return show(chat, text);
}

Result<AfterCommand> run_cost(const ChatParts& chat, std::string_view) {
    return show(chat, spending_text(chat.turn().session.events(), chat.models));
}

Result<AfterCommand> run_edit(const ChatParts&, std::string_view rest) {
    return AfterCommand{What::Edit, std::string(rest)};
}

Result<AfterCommand> run_quit(const ChatParts&, std::string_view) { return AfterCommand{What::Leave}; }

Result<AfterCommand> run_help(const ChatParts& chat, std::string_view) {
    std::string text = chat.enter_sends
                           ? "Enter sends a message, Alt-Enter begins a new line in it.\n"
                           : "A blank line sends a message; Alt-Enter begins a new line within a line.\n";
    text +=
        "@path attaches a file (of a profile its summary); Tab completes commands and paths; Up recalls "
        "messages.\n"
        "Ctrl-C stops an answer, or drops what is typed (Up brings it back).\n\n| command | what it does "
        "|\n|---|---|\n";
    for (const SlashCommand& each : slash_commands())
        text += fmt::format("| `/{}{}{}` | {} |\n", each.name, each.arguments.empty() ? "" : " ",
                            cell(each.arguments), cell(each.about));
    text += "\n| playbook | what it does |\n|---|---|\n";
    for (const Playbook& each : chat.playbooks.all())
        text += fmt::format("| `{}` | {} |\n", cell(usage_of(each, "/")),
                            cell(one_line(first_sentence(each.description), 120)));
    return show(chat, text);
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
    static const std::vector<SlashCommand> commands = [] {
        std::vector<SlashCommand> all = {
            {"help", "", "this list", run_help},
            {"model", "[NAME] [effort=…] …", "show or change the model: also temperature=…, max-tokens=…",
             run_model},
            {"context", "", "what fills the model's window", run_context},
            {"cost", "", "tokens and money of the last turn and of the session", run_cost},
        };
        std::ranges::copy(project_slash_commands(), std::back_inserter(all));
        std::ranges::copy(session_slash_commands(), std::back_inserter(all));
        all.push_back({"edit", "[TEXT]", "write the message in $EDITOR", run_edit});
        all.push_back({"quit", "", "leave; the session is kept", run_quit});
        return all;
    }();
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

Result<AfterCommand> run_slash_command(const ChatParts& chat, std::string_view line) {
    const std::string_view name = first_word(line);
    const std::string_view rest = trim(line.substr(1 + name.size()));
    if (const SlashCommand* command = find(name)) return command->run(chat, rest);
    if (const Playbook* playbook = chat.playbooks.find(name)) {
        const auto words = words_of(*playbook, rest);
        if (!words) return show_error(chat, words.error());
        TRY_OK(chat.play(*playbook, *words));
        return AfterCommand{};
    }
    auto alike = complete_word(chat.playbooks, chat.base, "", fmt::format("/{}", name.substr(0, 2)));
    std::erase_if(alike, [&](const std::string& each) {  // a folder below "/" is none
        return !find(each.substr(1)) && !chat.playbooks.find(each.substr(1));
    });
    return show_error(chat,
                      {Fault::NotFound,
                       fmt::format("there is no command /{}{}; /help lists them", name,
                                   alike.empty() ? "" : fmt::format(" (is it {}?)", join(alike, " or ")))});
}

std::string cell(std::string_view text) { return replace_all(std::string(text), "|", "\\|"); }

Result<AfterCommand> show(const ChatParts& chat, std::string_view text) {
    Terminal& terminal = chat.turn().terminal;
    terminal.answer(text);
    terminal.end_answer();
    return AfterCommand{};
}

Result<AfterCommand> show_error(const ChatParts& chat, const Error& error) {
    chat.turn().terminal.failure(error.what);
    return AfterCommand{};
}

std::vector<std::string> complete_word(const PlaybookShelf& playbooks, const fs::path& base,
                                       std::string_view before, std::string_view word) {
    std::vector<std::string> found;
    if (word.starts_with('/') && trim(before).empty()) {
        for (const SlashCommand& each : slash_commands()) found.push_back(fmt::format("/{}", each.name));
        for (const Playbook& each : playbooks.all()) found.push_back("/" + each.name);
        std::erase_if(found, [&](const std::string& each) { return !each.starts_with(word); });
        std::ranges::sort(found);
        if (!found.empty()) return found;
    }
    const std::string_view sign = word.starts_with('@') ? "@" : "";
    const std::string_view path = word.substr(sign.size());
    if (sign.empty() && !path.contains('/') && !trim(before).starts_with('/'))
        return found;  // a word like any other
    const std::size_t slash = path.rfind('/');
    const std::string_view folder = slash == std::string_view::npos ? "" : path.substr(0, slash + 1);
    const std::string_view begin = path.substr(folder.size());
    const fs::path in = folder.starts_with("~/") ? home_folder() / folder.substr(2) : base / folder;
    std::error_code code;
    for (const auto& entry :
         fs::directory_iterator(in, fs::directory_options::skip_permission_denied, code)) {
        const std::string name = entry.path().filename().string();
        if (!name.starts_with(begin) || (begin.empty() && name.starts_with('.'))) continue;
        found.push_back(fmt::format("{}{}{}{}", sign, folder, name, entry.is_directory(code) ? "/" : ""));
    }
    std::ranges::sort(found);
    return found;
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
