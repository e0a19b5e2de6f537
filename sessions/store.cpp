#include "sessions/store.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "sessions/event_json.h"

namespace culprit {

SessionPlace SessionStore::place(std::string_view id) const {
    return {std::string(id), state_ / "sessions" / (std::string(id) + ".jsonl"), state_ / "artifacts" / id};
}

SessionPlace SessionStore::place_new(const Clock& clock) const {
    for (Time time = clock.now();; time += std::chrono::milliseconds(1)) {
        std::string id = time_text(time).substr(0, 23);  // 2026-11-21T10:16:40.999
        std::erase_if(id, [](char c) { return c == '-' || c == ':'; });
        id[8] = '-';
        id[15] = '-';
        std::error_code code;
        if (!fs::exists(place(id).log, code)) return place(id);
    }
}

std::vector<std::string> SessionStore::ids() const {
    std::vector<std::string> ids;
    std::error_code code;
    for (const auto& entry : fs::directory_iterator(state_ / "sessions", code)) {
        // An empty one: its writer was killed before the first line, so there is nothing to go on with.
        if (entry.path().extension() == ".jsonl" && entry.file_size(code) > 0 && !code)
            ids.push_back(entry.path().stem().string());
    }
    std::ranges::sort(ids, std::greater());
    return ids;
}

std::vector<SessionSummary> SessionStore::list(std::vector<std::string>& warnings) const {
    std::vector<SessionSummary> summaries;
    std::size_t number = 0;
    for (const std::string& id : ids()) {
        ++number;
        const auto log = Log::read_tail(place(id).log);
        if (!log) {
            warnings.push_back(log.error().what);
            continue;
        }
        summaries.push_back(summarize(place(id), *log));
        summaries.back().number = number;
    }
    return summaries;
}

Result<SessionPlace> SessionStore::find(std::string_view which) const {
    const std::vector<std::string> all = ids();
    if (all.empty())
        return fail(Fault::NotFound, "there is no session in {} yet", (state_ / "sessions").string());
    if (which.empty()) return place(all.front());

    std::vector<std::string> matching;
    std::ranges::copy_if(all, std::back_inserter(matching),
                         [&](const auto& id) { return id.starts_with(which); });
    if (matching.size() == 1 || (!matching.empty() && matching.back() == which))
        return place(matching.back());
    std::size_t number = 0;
    const auto [end, error] = std::from_chars(which.data(), which.data() + which.size(), number);
    if (error == std::errc() && end == which.data() + which.size() && number >= 1 && number <= all.size()) {
        return place(all[number - 1]);
    }
    if (matching.empty()) return fail(Fault::NotFound, "no session '{}'; culprit sessions lists them", which);
    return fail(Fault::Invalid, "several sessions begin with '{}': {}", which, join(matching, ", "));
}

Result<SessionPlace> SessionStore::fork(const SessionPlace& from, int turns, const Clock& clock) const {
    TRY(const Log log, Log::read(from.log));
    if (turns > log.turns())
        return fail(Fault::Invalid, "the session {} has {} turns, not {}", from.id, log.turns(), turns);
    SessionPlace to = place_new(clock);
    std::string lines;
    int turn = 0;
    for (Event event : log.events()) {
        if (auto* start = std::get_if<SessionStarted>(&event.body)) start->id = to.id;
        if (std::holds_alternative<UserText>(event.body) && ++turn > turns && turns > 0) break;
        lines += encode_event(event) + "\n";
    }
    std::error_code code;
    if (fs::exists(from.artifacts, code)) {
        TRY_OK(make_folder(to.artifacts.parent_path()));
        fs::copy(from.artifacts, to.artifacts, fs::copy_options::recursive, code);
        if (code) return fail(Fault::Unavailable, "copying {}: {}", from.artifacts.string(), code.message());
    }
    TRY_OK(write_file(to.log, lines, Mode::Private));
    return to;
}

SessionSummary summarize(SessionPlace place, const Log& log) {
    SessionSummary summary{.place = std::move(place),
                           .title = one_line(trim(log.first_message()), 60),
                           .model = {},
                           .started = log.events().front().at,
                           .last = log.events().back().at,
                           .turns = log.turns()};
    for (const Event& event : log.events()) {
        if (const auto* reply = std::get_if<AssistantReply>(&event.body)) summary.model = reply->model;
        const auto* before = std::get_if<Summarized>(&event.body);
        if (before && !before->spent.empty()) summary.model = before->spent.back().first;
    }
    return summary;
}

}  // namespace culprit
