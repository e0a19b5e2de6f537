// search_history: the project's memory and the transcripts of its sessions.
#include <algorithm>
#include <map>

#include "base/process.h"
#include "base/text.h"
#include "memory/project_memory.h"
#include "sessions/store.h"
#include "tools/notes/memory.h"
#include "tools/source/answer.h"

namespace culprit {
namespace {

struct Found {
    std::string where;  // "MEMORY.md:3", "session 2026… turn 2, answer"
    std::string text;   // the line
    double rank = 0;
    Json json;
};

std::vector<std::string> words_of(std::string_view query) {
    std::vector<std::string> words;
    for (const std::string_view word : split(query, ' ')) {
        if (!trim(word).empty()) words.push_back(to_lower(trim(word)));
    }
    return words;
}

// The share of the words that stand in the line; more for what a person said, and for an answer.
double rank_of(std::string_view line, const std::vector<std::string>& words) {
    const auto in = std::ranges::count_if(
        words, [&](const std::string& word) { return contains_ignoring_case(line, word); });
    return static_cast<double>(in) / static_cast<double>(words.size());
}

// The best line of a text.
Found best_line(std::string_view text, const std::vector<std::string>& words) {
    Found best;
    for (const std::string_view line : split_lines(text)) {
        const double rank = rank_of(line, words);
        if (rank > best.rank)
            best = {.where = {}, .text = one_line(trim(line), 200), .rank = rank, .json = {}};
    }
    return best;
}

void search_memory(const ProjectMemory& memory, const std::vector<std::string>& words,
                   std::vector<Found>& found) {
    for (const std::string& file : memory.files()) {
        const auto text = memory.view(file);
        std::size_t number = 0;
        for (const std::string_view line : text ? split_lines(*text) : std::vector<std::string_view>()) {
            ++number;
            const double rank = rank_of(line, words);
            if (rank == 0) continue;
            found.push_back({fmt::format("memory/{}:{}", file, number),
                             one_line(trim(line), 200),
                             rank + 0.3,
                             {{"file", "memory/" + file}, {"line", number}}});
        }
    }
}

void search_session(const SessionPlace& place, const std::vector<std::string>& words,
                    std::vector<Found>& found) {
    const auto log = Log::read(place.log);
    if (!log) return;
    std::size_t turn = 0;
    std::map<std::string, Found>
        best;  // of each turn and kind, so that one long session does not fill the list
    const auto take = [&](std::string_view kind, std::string_view text, double more) {
        Found line = best_line(text, words);
        if (line.rank == 0) return;
        line.rank += more;
        line.where = fmt::format("session {} turn {}, {}", place.id, turn, kind);
        line.json = {{"session", place.id}, {"turn", turn}, {"kind", kind}};
        Found& known = best[line.where];
        if (line.rank > known.rank) known = std::move(line);
    };
    for (const Event& event : log->events()) {
        if (const auto* user = std::get_if<UserText>(&event.body)) {
            ++turn;
            take("message", user->text, 0.2);
        }
        if (const auto* reply = std::get_if<AssistantReply>(&event.body)) take("answer", reply->text, 0.2);
        if (const auto* result = std::get_if<ToolResult>(&event.body))
            take(result->evidence + " " + result->tool, result->text, 0);
    }
    for (auto& [where, line] : best) found.push_back(std::move(line));
}

// The logs in which some of the words stand, newest first.
Result<std::vector<std::string>> sessions_with(const fs::path& folder, const std::vector<std::string>& words,
                                               std::stop_token stop) {
    Command command{.argv = {"rg", "--no-config", "--files-with-matches", "--ignore-case", "--fixed-strings",
                             "--no-ignore", "--hidden", "--glob=*.jsonl"}};
    for (const std::string& word : words) command.argv.insert(command.argv.end(), {"-e", word});
    command.argv.insert(command.argv.end(), {"--", folder.string()});
    TRY(const Finished finished, run(command, stop));
    std::vector<std::string> ids;
    for (const std::string_view line : split_lines(finished.out))
        ids.push_back(fs::path(line).stem().string());
    std::ranges::sort(ids, std::greater());
    return ids;
}

Result<Output> run_search_history(const Args& args, Workbench& bench) {
    constexpr std::size_t kMostSessions = 200;
    const std::vector<std::string> words = words_of(args.text("query"));
    if (words.empty()) return fail(Fault::Invalid, "say which words to search for");
    const std::int64_t limit = std::clamp<std::int64_t>(args.integer("limit"), 1, 200);
    std::vector<Found> found;
    search_memory(bench.memory, words, found);
    const fs::path state = bench.memory.folder().parent_path();
    const SessionStore store(state);
    std::error_code code;
    if (fs::is_directory(state / "sessions", code)) {
        TRY(const auto ids, sessions_with(state / "sessions", words, bench.stop));
        for (const std::string& id : ids | std::views::take(kMostSessions)) {
            if (bench.stop.stop_requested()) return std::unexpected(cancelled());
            search_session(store.place(id), words, found);
        }
    }
    std::ranges::stable_sort(found, std::ranges::greater(), &Found::rank);
    Lines lines;
    Json rows = Json::array();
    for (const Found& each : found | std::views::take(limit)) {
        lines.add(fmt::format("{}: {}", each.where, each.text));
        rows.push_back(each.json);
        rows.back()["text"] = each.text;
    }
    if (found.empty())
        return Output{.text = fmt::format("Neither memory nor a session has {}\n", args.text("query")),
                      .data = {{"rows", rows}}};
    const bool has_session =
        std::ranges::any_of(found, [](const Found& each) { return each.json.contains("session"); });
    const char* next = has_session ? "culprit resume SESSION opens one of them\n" : "";
    return Output{.text = lines.text("more words") + next, .data = {{"rows", std::move(rows)}}};
}

}  // namespace

Tool search_history_tool() {
    return {
        "search_history",
        "history",
        "Search this project's memory and the transcripts of all its sessions (messages, answers, results of "
        "tools) for words, "
        "best first, each with its session and turn. Use it when a question may have been answered before.",
        Effect::Reads,
        {{"query", Kind::String, "words; lines with more of them come first"},
         {"limit", Kind::Integer, "most lines", std::int64_t{20}}},
        run_search_history,
        "history 'lock contention StockLedger'"};
}

}  // namespace culprit
