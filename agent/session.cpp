#include "agent/session.h"

#include <algorithm>

#include "agent/session_commands.h"
#include "agent/spending.h"
#include "base/secrets.h"

namespace culprit {
namespace {

// Takes secrets out of the texts of an event. What a provider must get back unchanged is left alone.
struct Masker {
    std::span<const std::string> values;

    void mask(std::string& text) const { text = mask_secrets(std::move(text), values); }
    void operator()(UserText& event) const {
        mask(event.text);
        for (auto& [argument, words] : event.playbook.words) {
            for (std::string& word : words) mask(word);
        }
    }
    void operator()(AssistantReply& event) const {
        mask(event.text);
        for (ToolCall& call : event.calls) mask(call.arguments);
    }
    void operator()(ToolResult& event) const {
        mask(event.text);
        if (event.data.is_null()) return;
        const std::string data = dump_json(event.data);
        std::string masked = data;
        mask(masked);
        if (masked == data) return;
        auto json = parse_json(masked, "");
        event.data = json ? *std::move(json) : Json();
    }
    void operator()(WriteUpChecked& event) const {
        mask(event.shown);
        mask(event.asked);
    }
    void operator()(Cancelled& event) const { mask(event.partial); }
    void operator()(TurnFailed& event) const {
        mask(event.what);
        mask(event.partial);
    }
    void operator()(Summarized& event) const {
        mask(event.text);
        mask(event.message);
    }
    void operator()(ArtifactKept& event) const { mask(event.text); }
    template <class Other>
    void operator()(Other&) const {}
};

}  // namespace

Session::Session(const Project& project, Workspace& workspace, const Clock& clock)
    : project_(project),
      workspace_(workspace),
      clock_(clock),
      place_(SessionStore(project.state()).place_new(clock)) {}

Result<> Session::begin() {
    TRY_OK(prepare_state(project_));
    note_project(project_.folder);
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

Result<> Session::keep_partial(std::string_view piece) {
    return log_->keep_partial(mask_secrets(std::string(piece), secrets_));
}

Result<UserText> Session::last_message() const {
    const auto is_message = [](const Event& event) { return std::holds_alternative<UserText>(event.body); };
    const auto all = events();
    const auto last = std::ranges::find_if(all.rbegin(), all.rend(), is_message);
    if (last != all.rend()) return std::get<UserText>(last->body);
    return fail(Fault::NotFound, "there is no turn to take back{}",
                all.empty() ? "" : " since the conversation was summarised");
}

Result<> Session::undo() { return record(Undone{spent_in_turn(events())}); }

Result<> Session::record(EventBody body) {
    if (!log_) TRY_OK(begin());
    std::visit(Masker{secrets_}, body);
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
    for (const Event& event : log_->events()) {
        const auto* result = std::get_if<ToolResult>(&event.body);
        std::error_code code;
        if (result && !result->artifact.path.empty() &&
            !fs::exists(place_.artifacts / result->artifact.path, code))
            warnings_.push_back(fmt::format("the whole of {} ({}) is gone: {} is missing", result->evidence,
                                            result->tool,
                                            (place_.artifacts / result->artifact.path).string()));
    }
    read_guidelines();
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

Result<std::string> Session::keep(std::string_view name, std::string_view text) {
    if (!log_) TRY_OK(begin());
    const fs::path given(name);
    fs::path file = place_.artifacts / given;
    std::error_code code;
    for (int number = 2; fs::exists(file, code); ++number)
        file = place_.artifacts /
               fmt::format("{}-{}{}", given.stem().string(), number, given.extension().string());
    TRY_OK(write_file(file, mask_secrets(std::string(text), secrets_), Mode::Private));
    return fmt::format("artifacts/{}", file.filename().string());
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

void Session::read_guidelines() {
    std::vector<fs::path> folders;
    for (const Root* root : workspace_.roots.sources()) folders.push_back(root->path);
    workspace_.guidelines = guidelines_for(project_.folder, folders);
}

Result<> Session::record_roots_from(std::size_t first) {
    read_guidelines();
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
