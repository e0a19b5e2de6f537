#include "tools/run/background.h"

#include <algorithm>
#include <optional>

#include "base/process_tree.h"
#include "base/text.h"
#include "tools/run/capture.h"

namespace culprit {

namespace {
constexpr std::size_t kMostPending = 1 << 20;  // bytes of output that wait to be taken; the file has the rest
}

struct Background::Entry {
    Entry(std::string name, const Job& job)
        : id(std::move(name)), command(job.shown), artifact(job.artifact), capture(job.file) {}

    std::string id, command, artifact;
    OutputCapture capture;
    std::string pending;         // output that was not taken yet
    std::uint64_t left_out = 0;  // bytes of it that were too many to wait
    std::chrono::steady_clock::time_point began = std::chrono::steady_clock::now(), ended{};
    bool running = true;
    std::optional<Error> failure;  // it could not be started
    std::string end;
    int exit_code = 0;
    std::jthread thread;  // last: it ends before what it uses
};

Background::Background() = default;

Background::~Background() {
    for (const auto& entry : entries_) entry->thread.request_stop();
    for (const auto& entry : entries_)
        if (entry->thread.joinable()) entry->thread.join();
}

Result<std::string> Background::start(Job job) {
    std::unique_lock lock(mutex_);
    const auto running = std::ranges::count_if(entries_, [](const auto& each) { return each->running; });
    if (static_cast<std::size_t>(running) >= kMostRunning)
        return fail(Fault::Unavailable, "{} commands run in the background already; stop one of them first",
                    running);
    entries_.push_back(std::make_unique<Entry>(fmt::format("b{}", entries_.size() + 1), job));
    Entry& entry = *entries_.back();
    entry.thread = std::jthread([this, &entry, job = std::move(job)](std::stop_token stop) mutable {
        run_job(entry, std::move(job), stop);
    });
    // A program that cannot be started says so at once; one that can has not ended within this time.
    changed_.wait_for(lock, std::chrono::milliseconds(200), [&] { return !entry.running; });
    if (entry.failure) return std::unexpected(*entry.failure);
    return entry.id;
}

void Background::run_job(Entry& entry, Job job, std::stop_token stop) {
    const auto take = [&](Stream, std::string_view piece) {
        const std::scoped_lock lock(mutex_);
        static_cast<void>(entry.capture.add(piece));
        const std::size_t room = kMostPending - std::min(kMostPending, entry.pending.size());
        entry.pending += piece.substr(0, room);
        entry.left_out += piece.size() - std::min(room, piece.size());
        changed_.notify_all();
        return true;
    };
    auto finished = run(job.command, stop, take);
    kill_marked(job.mark);
    const std::scoped_lock lock(mutex_);
    entry.running = false;
    entry.ended = std::chrono::steady_clock::now();
    if (!finished && finished.error().fault != Fault::Cancelled) {
        entry.failure = finished.error();
        entry.end = "could not be started: " + finished.error().what;
        entry.exit_code = 127;
    } else if (!finished) {
        entry.end = "stopped";
    } else {
        entry.exit_code = finished->exit_code;
        entry.end = finished->end == Finished::End::TimedOut ? "stopped at its time limit"
                    : finished->end == Finished::End::Crowded
                        ? "killed: it started too many processes"
                        : fmt::format("exit code {}", finished->exit_code);
    }
    changed_.notify_all();
}

Result<Background::Entry*> Background::find(std::string_view id) const {
    const auto found =
        std::ranges::find(entries_, id, [](const auto& each) { return std::string_view(each->id); });
    if (found != entries_.end()) return found->get();
    std::vector<std::string> ids;
    for (const auto& entry : entries_) ids.push_back(entry->id);
    return fail(Fault::NotFound, "no command '{}' runs in the background; there {}",
                one_line(printable(id), 40), ids.empty() ? "is none" : "are " + join(ids, ", "));
}

Background::Status Background::status_of(const Entry& entry) const {
    const auto until = entry.running ? std::chrono::steady_clock::now() : entry.ended;
    return {.id = entry.id,
            .command = entry.command,
            .running = entry.running,
            .end = entry.end,
            .exit_code = entry.exit_code,
            .elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(until - entry.began),
            .bytes = entry.capture.bytes(),
            .artifact = entry.artifact};
}

Result<std::string> Background::take_output(std::string_view id, std::size_t most) {
    const std::scoped_lock lock(mutex_);
    TRY(Entry * entry, find(id));
    const std::size_t taken = std::min(most, entry->pending.size());
    std::string text = entry->pending.substr(0, taken);
    entry->pending.erase(0, taken);
    if (entry->pending.empty() && entry->left_out > 0)
        text +=
            fmt::format("\n[… {} left out; read_file {} shows them …]\n",
                        bytes_text(static_cast<double>(std::exchange(entry->left_out, 0))), entry->artifact);
    return text;
}

Result<Background::Status> Background::wait(std::string_view id, std::chrono::milliseconds limit,
                                            std::stop_token stop) {
    std::unique_lock lock(mutex_);
    TRY(const Entry* entry, find(id));
    changed_.wait_for(lock, stop, limit, [&] { return !entry->running || !entry->pending.empty(); });
    if (stop.stop_requested()) return std::unexpected(cancelled());
    return status_of(*entry);
}

Result<Background::Status> Background::wait_for_end(std::string_view id, std::chrono::milliseconds limit,
                                                    std::stop_token stop) {
    std::unique_lock lock(mutex_);
    TRY(const Entry* entry, find(id));
    changed_.wait_for(lock, stop, limit, [&] { return !entry->running; });
    if (stop.stop_requested()) return std::unexpected(cancelled());
    return status_of(*entry);
}

Result<Background::Status> Background::stop(std::string_view id) {
    std::unique_lock lock(mutex_);
    TRY(Entry * entry, find(id));
    entry->thread.request_stop();
    changed_.wait(lock, [&] { return !entry->running; });
    return status_of(*entry);
}

Result<Background::Status> Background::status(std::string_view id) const {
    const std::scoped_lock lock(mutex_);
    TRY(const Entry* entry, find(id));
    return status_of(*entry);
}

std::vector<Background::Status> Background::list() const {
    const std::scoped_lock lock(mutex_);
    std::vector<Status> list;
    for (const auto& entry : entries_) list.push_back(status_of(*entry));
    return list;
}

}  // namespace culprit
