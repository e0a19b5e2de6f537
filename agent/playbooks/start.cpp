#include "agent/playbooks/start.h"

#include <algorithm>

#include "base/text.h"
#include "tools/run/looks.h"

namespace culprit {
namespace {

using Takes = PlaybookArgument::Kind;

bool takes_all(const PlaybookArgument& argument) {
    return argument.kind != Takes::Text && argument.kind != Takes::Input;
}

std::vector<std::string> words_in(std::string_view line) {
    std::vector<std::string> words;
    while (!(line = trim(line)).empty()) {
        const char quote = line.front();
        std::size_t end = std::string_view::npos;
        if (quote == '"' || quote == '\'') end = line.find(quote, 1);
        if (end != std::string_view::npos) {
            words.emplace_back(line.substr(1, end - 1));
            line.remove_prefix(end + 1);
            continue;
        }
        end = std::min(line.find_first_of(" \t\n"), line.size());
        words.emplace_back(line.substr(0, end));
        line.remove_prefix(end);
    }
    return words;
}

std::string upper(std::string text) {
    for (char& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    return text;
}

class Starter {
  public:
    Starter(const Playbook& playbook, const PlaybookWords& words, Session& session,
            const PlaybookInputs& inputs)
        : playbook_(playbook), words_(words), session_(session), inputs_(inputs) {}

    Result<PlaybookStart> start() {
        for (const PlaybookArgument& argument : playbook_.arguments) {
            TRY(values_[argument.name], value_of(argument));
            if (auto words = words_again(argument); !words.empty())
                start_.again[argument.name] = std::move(words);
            if (argument.required && values_[argument.name].empty()) {
                return fail(Fault::Invalid, "{} needs {} ({}): {}", playbook_.name, upper(argument.name),
                            argument.about, usage_of(playbook_, ""));
            }
        }
        std::string typed = playbook_.name;
        for (const PlaybookArgument& argument : playbook_.arguments) {
            const std::string& value = values_[argument.name];
            const bool in_words = argument.kind == Takes::Text || argument.kind == Takes::Rest;
            if (in_words && !value.empty()) start_.words += (start_.words.empty() ? "" : "\n") + value;
            if (!value.empty()) typed += " " + value;
        }
        start_.message = fmt::format("{}\n\n{}", typed, playbook_message(playbook_, values_));
        int number = 0;
        for (const PlaybookCall& call : playbook_opening(playbook_, values_))
            start_.opening.push_back(
                {fmt::format("{}{}", kOpeningId, ++number), call.tool, dump_json(call.arguments)});
        return std::move(start_);
    }

  private:
    std::vector<std::string> given(const PlaybookArgument& argument) const {
        const auto found = words_.find(argument.name);
        return found == words_.end() ? std::vector<std::string>() : found->second;
    }

    std::vector<std::string> words_again(const PlaybookArgument& argument) {
        const std::string& value = values_[argument.name];
        if (argument.kind == Takes::Input && !value.empty()) return {value};
        if (argument.kind == Takes::Commands && !ran_commands_) return {"@" + value};
        return given(argument);
    }

    Result<std::string> value_of(const PlaybookArgument& argument) {
        const std::vector<std::string> words = given(argument);
        switch (argument.kind) {
            case Takes::Text:
            case Takes::Rest: return join(words, " ");
            case Takes::Input: return input(words.empty() ? "" : words.front());
            case Takes::Files: return files(words);
            case Takes::Commands: return commands(words);
        }
        return std::string();
    }

    Result<std::string> input(const std::string& word) {
        if (!word.empty() && word != "-") return file(word);
        TRY(const std::string text, piped());
        if (trim(text).empty()) return std::string();
        return keep("input.txt", text);
    }

    Result<std::string> piped() {
        return inputs_.piped ? inputs_.piped() : Result<std::string>(std::string());
    }

    Result<std::string> keep(std::string_view name, const std::string& text) {
        start_.echo += text;
        return session_.keep(name, text);
    }

    Result<std::string> file(const std::string& word) {
        const Roots& roots = session_.workspace().roots;
        TRY(const fs::path path, real_path(inputs_.base / word));
        std::error_code code;
        if (!fs::is_regular_file(path, code)) {
            if (roots.resolve(word)) return word;  // as tools name it
            return fail(Fault::NotFound, "there is no file {}", word);
        }
        if (!roots.resolve(path.string())) TRY_OK(session_.add_file(path));
        if (const auto text = read_file(path, 1 << 20)) start_.echo += *text;
        return roots.shown(path);
    }

    // What is no file stays as it is: the number of a job on a server.
    Result<std::string> files(const std::vector<std::string>& words) {
        Json list = Json::array();
        std::error_code code;
        for (const std::string& word : words) {
            std::string name = word;
            if (fs::exists(inputs_.base / word, code)) {
                TRY(name, file(word));
            }
            list.push_back(name);
        }
        return list.empty() ? std::string() : dump_json(list);
    }

    // Commands, "@FILE" with what they printed, or that piped in; with none of it the sixty seconds.
    Result<std::string> commands(std::vector<std::string> words) {
        if (words.size() == 1 && words.front().starts_with('@')) return file(words.front().substr(1));
        TRY(const std::string text, piped());
        if (!trim(text).empty() && words.empty()) return keep("commands.txt", text);
        std::string host = join(given({.name = "host", .about = {}}), " ");
        const bool is_host =
            words.size() > 1 && host.empty() &&
            (words.front() == "localhost" || words.front().contains('@') || words.front().ends_with(':'));
        if (is_host) {
            host = words.front();
            if (host.ends_with(':')) host.pop_back();
            words.erase(words.begin());
        }
        if (host == "localhost") host.clear();
        std::vector<std::string> chosen = words.empty() ? sixty_seconds() : words;
        inputs_.tell(fmt::format("Running {} command{} {}…", chosen.size(), chosen.size() == 1 ? "" : "s",
                                 host.empty() ? "here" : "on " + host));
        ran_commands_ = true;
        // Many figures are judged by it.
        if (std::ranges::find(chosen, "nproc") == chosen.end()) chosen.emplace_back("nproc");
        Runner runner = session_.workspace().runner(session_.place().artifacts, needs_on(host), {});
        TRY(const Looks looks, look_at(runner, host, chosen, inputs_.stop));
        return keep("commands.txt", looks_text(looks));
    }

    // Here they see the machine and write nothing, as of check_host; elsewhere the person's ssh decides.
    Needs needs_on(const std::string& host) const {
        const std::string& problem = session_.workspace().sandbox.problem();
        if (host.empty() && problem.empty()) return {.network = true, .processes = true};
        if (host.empty()) inputs_.tell(fmt::format("{}; they run without a sandbox", problem));
        return {.unconfined = true};
    }

    const Playbook& playbook_;
    const PlaybookWords& words_;
    Session& session_;
    const PlaybookInputs& inputs_;
    PlaybookValues values_;
    PlaybookStart start_;
    bool ran_commands_ = false;  // else their output was given
};

}  // namespace

Result<PlaybookWords> words_of(const Playbook& playbook, std::string_view line) {
    PlaybookWords words;
    std::vector<const PlaybookArgument*> places;
    for (const PlaybookArgument& each : playbook.arguments) {
        if (!each.is_option) places.push_back(&each);
    }
    // One argument that takes all takes the line as it is, quotes too.
    if (places.size() == 1 && places.front()->kind == Takes::Rest && !line.starts_with("--")) {
        if (!trim(line).empty()) words[places.front()->name] = {std::string(trim(line))};
        return words;
    }
    std::size_t place = 0;
    const std::vector<std::string> all = words_in(line);
    for (std::size_t i = 0; i < all.size(); ++i) {
        const auto option = std::ranges::find_if(playbook.arguments, [&](const PlaybookArgument& each) {
            return each.is_option && all[i] == "--" + each.name;
        });
        if (option != playbook.arguments.end()) {
            if (i + 1 == all.size())
                return fail(Fault::Invalid, "{} needs a value: {}", all[i], usage_of(playbook, "/"));
            words[option->name].push_back(all[++i]);
            continue;
        }
        if (place == places.size())
            return fail(Fault::Invalid, "'{}' is too much: {}", all[i], usage_of(playbook, "/"));
        words[places[place]->name].push_back(all[i]);
        if (!takes_all(*places[place])) ++place;
    }
    return words;
}

Result<PlaybookStart> start_playbook(const Playbook& playbook, const PlaybookWords& words, Session& session,
                                     const PlaybookInputs& inputs) {
    return Starter(playbook, words, session, inputs).start();
}

std::string usage_of(const Playbook& playbook, std::string_view before) {
    std::string usage = fmt::format("{}{}", before, playbook.name);
    for (const PlaybookArgument& each : playbook.arguments) {
        std::string shown =
            each.is_option ? fmt::format("--{} {}", each.name, each.kind == Takes::Input ? "FILE" : "TEXT")
                           : upper(each.name) + (takes_all(each) ? "…" : "");
        usage += each.required && each.kind != Takes::Input ? " " + shown : fmt::format(" [{}]", shown);
    }
    return usage;
}

Toolbox tools_for(const Playbook& playbook, const Toolbox& tools) {
    if (playbook.tools.empty()) return tools;
    std::vector<std::string> names = playbook.tools;
    for (const PlaybookCall& call : playbook.opening) names.push_back(call.tool);
    return tools.only(names);
}

OfferedTool playbook_tool(const PlaybookShelf& shelf) {
    return {.name = "playbook",
            .about =
                "Open a playbook: how to work on one kind of question, with the form of its answer. Your "
                "instructions list them.",
            .effect = Effect::Reads,
            .schema = {{"type", "object"},
                       {"properties", {{"name", {{"type", "string"}}}}},
                       {"required", {"name"}},
                       {"additionalProperties", false}},
            .run = [&shelf](const Json& arguments, Workbench&) -> Result<Output> {
                const std::string name = text_at(arguments, "name");
                const Playbook* playbook = shelf.find(name);
                if (!playbook)
                    return fail(Fault::NotFound, "there is no playbook '{}'; there are:\n{}", name,
                                shelf.list());
                PlaybookValues values;
                for (const PlaybookArgument& each : playbook->arguments)
                    values[each.name] = "<" + each.name + ">";
                std::string text = playbook_message(*playbook, values);
                for (const PlaybookCall& call : playbook->opening)
                    text += fmt::format("\nBegin with: {} {}", call.tool, dump_json(call.arguments));
                return Output{.text = std::move(text), .data = {{"name", name}}};
            }};
}

}  // namespace culprit
