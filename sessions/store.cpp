#include "sessions/store.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"

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
        if (entry.path().extension() == ".jsonl") ids.push_back(entry.path().stem().string());
    }
    std::ranges::sort(ids, std::greater());
    return ids;
}

std::vector<SessionSummary> SessionStore::list(std::vector<std::string>& warnings) const {
    std::vector<SessionSummary> summaries;
    for (const std::string& id : ids()) {
        const auto log = Log::read_tail(place(id).log);
        if (log)
            summaries.push_back(summarize(place(id), *log));
        else
            warnings.push_back(log.error().what);
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
