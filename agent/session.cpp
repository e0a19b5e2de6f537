#include "agent/session.h"

namespace culprit {

Session::Session(const Project& project, Workspace& workspace, const Clock& clock)
    : project_(project),
      workspace_(workspace),
      clock_(clock),
      place_(SessionStore(project.state()).place_new(clock)) {}

Result<> Session::begin() {
    TRY_OK(prepare_state(project_));
    const SessionStore store(project_.state());
    for (int attempt = 0; !log_; ++attempt) {
        auto log = Log::create(place_.log, {.id = place_.id, .program = "culprit " CULPRIT_VERSION}, clock_);
        std::error_code code;
        // Another session began in the same millisecond.
        const bool is_taken = !log && fs::exists(place_.log, code) && attempt < 100;
        if (!log && !is_taken) return std::unexpected(std::move(log).error());
        if (log)
            log_ = *std::move(log);
        else
            place_ = store.place_new(clock_);
    }
    TRY_OK(workspace_.roots.add_private("artifacts", place_.artifacts));
    for (RootAdded& root : std::exchange(unwritten_, {})) TRY_OK(log_->append(std::move(root)));
    return {};
}

Result<> Session::record(EventBody body) {
    if (!log_) TRY_OK(begin());
    return log_->append(std::move(body));
}

Result<> Session::resume(SessionPlace place) {
    TRY(log_, Log::open(place.log, clock_));
    place_ = std::move(place);
    warnings_ = log_->warnings();
    TRY_OK(workspace_.roots.add_private("artifacts", place_.artifacts));
    for (const Event& event : log_->events()) {
        const auto* root = std::get_if<RootAdded>(&event.body);
        if (!root) continue;
        if (auto restored = restore(*root); !restored) {
            warnings_.push_back(
                fmt::format("the session cannot read {} any more: {}", root->name, restored.error().what));
        }
    }
    for (const ToolCall& call : open_calls(log_->events())) {
        TRY_OK(log_->append(
            ToolResult{.call_id = call.id,
                       .tool = call.name,
                       .evidence = next_evidence(),
                       .text = "culprit ended before this call had a result; ask again if it is needed",
                       .fault = std::string(to_string(Fault::Cancelled))}));
    }
    return {};
}

Result<> Session::restore(const RootAdded& root) {
    const fs::path path = place_.log.parent_path() / root.path;  // an absolute one stands for itself
    return root.is_file ? workspace_.roots.add_file(path) : workspace_.roots.add_source(root.name, path);
}

Result<> Session::add_source(std::string_view name, const fs::path& folder) {
    const std::size_t before = workspace_.roots.all().size();
    TRY_OK(workspace_.roots.add_source(name, folder));
    return record_roots_from(before);
}

Result<> Session::add_file(const fs::path& file) {
    const std::size_t before = workspace_.roots.all().size();
    TRY_OK(workspace_.roots.add_file(file));
    return record_roots_from(before);
}

Result<> Session::record_roots_from(std::size_t first) {
    for (const Root& root : std::span(workspace_.roots.all()).subspan(first)) {
        RootAdded added{root.name, root.path.string(), root.what == Root::What::File};
        if (log_)
            TRY_OK(log_->append(std::move(added)));
        else
            unwritten_.push_back(std::move(added));
    }
    return {};
}

std::span<const Event> Session::events() const {
    return log_ ? std::span<const Event>(log_->events()) : std::span<const Event>();
}

std::string Session::next_evidence(std::size_t ahead) const {
    return fmt::format("E{}", (log_ ? log_->evidence_count() : 0) + 1 + ahead);
}

}  // namespace culprit
