#include "sessions/log.h"

#include <algorithm>
#include <set>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/text.h"
#include "sessions/event_json.h"

namespace culprit {
namespace {

Result<Descriptor> open_locked(const fs::path& file, int flags) {
    Descriptor fd(::open(file.c_str(), O_RDWR | O_APPEND | O_CLOEXEC | flags, 0600));
    if (!fd) return std::unexpected(errno_error("opening the session", file));
    if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
        return fail(Fault::Unavailable,
                    "the session {} is open in another culprit; close that one, or start a new session",
                    file.stem().string());
    }
    return fd;
}

// Where the line of the last summary begins that can be read; 0 if there is none.
std::size_t last_summary(std::string_view bytes) {
    for (std::size_t before = bytes.size();;) {
        const std::size_t at = bytes.rfind("\n{\"type\":\"summary\"", before);
        if (at == std::string_view::npos) return 0;
        if (decode_event(bytes.substr(at + 1, bytes.find('\n', at + 1) - at - 1))) return at + 1;
        if (at == 0) return 0;
        before = at - 1;
    }
}

}  // namespace

Result<Log> Log::create(const fs::path& file, SessionStarted start, const Clock& clock) {
    TRY_OK(make_folder(file.parent_path()));
    std::error_code ignored;
    fs::permissions(file.parent_path(), fs::perms::owner_all, ignored);
    TRY(Descriptor fd, open_locked(file, O_CREAT | O_EXCL));
    Log log(file, std::move(fd), &clock);
    TRY_OK(log.append(std::move(start)));
    return log;
}

Result<Log> Log::open(const fs::path& file, const Clock& clock) {
    TRY(Descriptor fd, open_locked(file, 0));
    Log log(file, std::move(fd), &clock);
    TRY_OK(log.load(Part::Tail));
    TRY_OK(log.close_cut_reply());
    return log;
}

Result<Log> Log::read(const fs::path& file) {
    Log log(file, Descriptor(), nullptr);
    TRY_OK(log.load(Part::Whole));
    return log;
}

Result<Log> Log::read_tail(const fs::path& file) {
    Log log(file, Descriptor(), nullptr);
    TRY_OK(log.load(Part::Tail));
    return log;
}

// Line by line. Of the lines before the last summary only those that count are read: they are told apart by
// their type, which is written first.
Result<> Log::load(Part part) {
    TRY(const MappedFile mapped, MappedFile::open(file_));
    const std::string_view bytes = mapped.bytes();
    ends_in_the_middle_ = !bytes.empty() && bytes.back() != '\n';
    const std::size_t tail = part == Part::Tail ? last_summary(bytes) : 0;
    const std::string name = file_.filename().string();
    std::size_t number = 0;
    for (const std::string_view line : split_lines(bytes)) {
        ++number;
        if (trim(line).empty()) continue;
        if (number > 1 && line.data() < bytes.data() + tail) {
            pass_over(line, number);
            continue;
        }
        load_line(line, number);
        if (events_.empty()) break;
    }
    if (events_.empty()) return fail(Fault::Corrupt, "{} is not the log of a session", file_.string());
    if (start().version > SessionStarted::kVersion) {
        warnings_.push_back(
            fmt::format("{} was written by {}, which is newer than this program: some of it may be lost on "
                        "it",
                        name, start().program));
    }
    return {};
}

// An event; what cannot be read is told of.
void Log::load_line(std::string_view line, std::size_t number) {
    auto event = decode_event(line);
    if (!event) {
        warnings_.push_back(fmt::format("{}: line {} is passed over: {}", file_.filename().string(), number,
                                        event.error().what));
        return;
    }
    if (events_.empty() && !std::holds_alternative<SessionStarted>(event->body)) return;
    count(*event);
    events_.push_back(*std::move(event));
    if (std::holds_alternative<Undone>(events_.back().body)) forget_last_turn();
}

// A line before the last summary.
void Log::pass_over(std::string_view line, std::size_t number) {
    const auto is = [&](std::string_view type) {
        constexpr std::string_view kStart = R"({"type":")";
        return line.starts_with(kStart) && line.substr(kStart.size()).starts_with(type);
    };
    if (is("root\"")) load_line(line, number);
    if (is("tool\"")) ++evidence_;
    if (is("undo\"") && turns_ > 0) --turns_;
    if (!is("user\"")) return;
    if (turns_ > 0) {
        ++turns_;
    } else if (const auto first = decode_event(line)) {
        count(*first);
    }
}

void Log::count(const Event& event) {
    if (std::holds_alternative<ToolResult>(event.body)) ++evidence_;
    const auto* user = std::get_if<UserText>(&event.body);
    if (user && ++turns_ == 1) {
        // A playbook's text is for the model, but for its first line: what was typed.
        const bool is_typed = user->playbook.name.empty();
        first_message_ = is_typed ? user->text : user->text.substr(0, user->text.find('\n'));
    }
}

void Log::forget_before_summary() {
    const Event summary = std::move(events_.back());
    std::erase_if(events_, [](const Event& event) {
        return !std::holds_alternative<SessionStarted>(event.body) &&
               !std::holds_alternative<RootAdded>(event.body);
    });
    events_.push_back(summary);
    events_.shrink_to_fit();
}

// All since the last message but the roots, which were opened for good.
void Log::forget_last_turn() {
    const Event undone = std::move(events_.back());
    events_.pop_back();
    std::size_t from = events_.size();
    while (from > 0 && !std::holds_alternative<UserText>(events_[from - 1].body)) --from;
    if (from == 0) {
        events_.push_back(undone);
        return;
    }
    std::size_t at = 0;
    std::erase_if(events_, [&](const Event& event) {
        return ++at >= from && !std::holds_alternative<RootAdded>(event.body);
    });
    --turns_;
    events_.push_back(undone);
}

fs::path Log::partial_file() const { return fs::path(file_).replace_extension(".partial"); }

// The partial file begins with the size that the log had when the reply began: if it has grown since, the
// reply is in it.
Result<> Log::close_cut_reply() {
    const auto text = read_file(partial_file());
    if (text) {
        const std::size_t line = text->find('\n');
        if (line != std::string::npos && text->substr(0, line) == size_now()) {
            TRY_OK(append(Cancelled{text->substr(line + 1)}));
        }
    }
    clear_partial();
    return {};
}

std::string Log::size_now() const {
    std::error_code code;
    return std::to_string(fs::file_size(file_, code));
}

Result<> Log::keep_partial(std::string_view piece) {
    if (!partial_) {
        const fs::path file = partial_file();
        partial_ =
            Descriptor(::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600));
        if (!partial_) return std::unexpected(errno_error("writing", file));
        TRY_OK(write_all(partial_.get(), size_now() + "\n", file));
    }
    return write_all(partial_.get(), piece, partial_file());
}

void Log::clear_partial() {
    partial_.close();
    std::error_code ignored;
    fs::remove(partial_file(), ignored);
}

Result<> Log::append(EventBody body) {
    if (!clock_) return fail(Fault::Internal, "{} was opened to be read only", file_.string());
    Event event{clock_->now(), std::move(body)};
    const std::string line = (ends_in_the_middle_ ? "\n" : "") + encode_event(event) + "\n";
    ends_in_the_middle_ = true;  // until all of it is written
    TRY_OK(write_all(fd_.get(), line, file_));
    ends_in_the_middle_ = false;
    count(event);
    events_.push_back(std::move(event));
    if (std::holds_alternative<Summarized>(events_.back().body)) forget_before_summary();
    if (std::holds_alternative<Undone>(events_.back().body)) forget_last_turn();
    if (partial_) clear_partial();
    return {};
}

std::vector<ToolCall> open_calls(std::span<const Event> events) {
    std::vector<ToolCall> open;
    for (const Event& event : events) {
        if (const auto* reply = std::get_if<AssistantReply>(&event.body)) {
            open.insert(open.end(), reply->calls.begin(), reply->calls.end());
        } else if (const auto* result = std::get_if<ToolResult>(&event.body)) {
            const auto call = std::ranges::find(open, result->call_id, &ToolCall::id);
            if (call != open.end()) open.erase(call);
        }
    }
    return open;
}

}  // namespace culprit
