#include "tools/run/side_program.h"

namespace culprit {
namespace {

constexpr std::size_t kKept = 256 * 1024;

}  // namespace

SideProgram::SideProgram(Command command)
    : thread_([this, command = std::move(command)](std::stop_token stop) mutable {
          work(std::move(command), std::move(stop));
      }) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return is_started_ || result_; });
}

void SideProgram::work(Command command, std::stop_token stop) {
    command.on_start = [this](int pid) {
        const std::lock_guard lock(mutex_);
        pid_ = pid;
        is_started_ = true;
        changed_.notify_all();
    };
    auto result =
        run(command, std::move(stop), [this](Stream, std::string_view piece) { return take(piece); });
    const std::lock_guard lock(mutex_);
    result_ = std::move(result);
    changed_.notify_all();
}

bool SideProgram::take(std::string_view piece) {
    const std::lock_guard lock(mutex_);
    output_ += piece;
    if (output_.size() > 2 * kKept) output_.erase(0, output_.size() - kKept);
    changed_.notify_all();
    return true;
}

bool SideProgram::wait(std::chrono::milliseconds most, const std::stop_token& stop,
                       const std::function<bool(std::string_view)>& enough) {
    const auto is_enough = [&] { return enough && enough(output_); };
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, stop, most, [&] { return result_ || is_enough(); });
    return is_enough();
}

bool SideProgram::has_ended() const {
    const std::lock_guard lock(mutex_);
    return result_.has_value();
}

int SideProgram::pid() const {
    const std::lock_guard lock(mutex_);
    return pid_;
}

std::string SideProgram::output() const {
    const std::lock_guard lock(mutex_);
    return output_.size() > kKept ? output_.substr(output_.size() - kKept) : output_;
}

const Result<Finished>& SideProgram::result() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return result_.has_value(); });
    return *result_;
}

}  // namespace culprit
