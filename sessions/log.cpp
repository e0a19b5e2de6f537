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
    TRY_OK(log.load());
    TRY_OK(log.close_cut_reply());
    return log;
}

Result<Log> Log::read(const fs::path& file) {
    Log log(file, Descriptor(), nullptr);
    TRY_OK(log.load());
    return log;
}

Result<> Log::load() {
    TRY(const MappedFile mapped, MappedFile::open(file_));
    const std::string_view bytes = mapped.bytes();
    ends_in_the_middle_ = !bytes.empty() && bytes.back() != '\n';
    const std::string name = file_.filename().string();
    std::size_t number = 0;
    for (const std::string_view line : split_lines(bytes)) {
        ++number;
        if (trim(line).empty()) continue;
        auto event = decode_event(line);
        if (!event) {
            warnings_.push_back(
                fmt::format("{}: line {} is passed over: {}", name, number, event.error().what));
            continue;
        }
        if (events_.empty() && !std::holds_alternative<SessionStarted>(event->body)) break;
        events_.push_back(*std::move(event));
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

fs::path Log::partial_file() const { return fs::path(file_).replace_extension(".partial"); }

// The partial file begins with the number of events there were when the reply began: if the log has more by
// now, the reply is in it.
Result<> Log::close_cut_reply() {
    const auto text = read_file(partial_file());
    if (text) {
        const std::size_t line = text->find('\n');
        if (line != std::string::npos && text->substr(0, line) == std::to_string(events_.size())) {
            TRY_OK(append(Cancelled{text->substr(line + 1)}));
        }
    }
    clear_partial();
    return {};
}

Result<> Log::keep_partial(std::string_view piece) {
    if (!partial_) {
        const fs::path file = partial_file();
        partial_ =
            Descriptor(::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600));
        if (!partial_) return std::unexpected(errno_error("writing", file));
        TRY_OK(write_all(partial_.get(), std::to_string(events_.size()) + "\n", file));
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
    events_.push_back(std::move(event));
    if (partial_) clear_partial();
    return {};
}

std::size_t Log::evidence_count() const {
    return static_cast<std::size_t>(std::ranges::count_if(
        events_, [](const Event& event) { return std::holds_alternative<ToolResult>(event.body); }));
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
