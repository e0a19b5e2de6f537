#include "agent/live_output.h"

#include <algorithm>

#include "base/text.h"
#include "tools/run/capture.h"

namespace culprit {
namespace {

constexpr double kLinesASecond = 40, kAtOnce = 80;
constexpr std::size_t kLongestLine = 4096;

}  // namespace

bool LiveOutput::may_show() {
    const auto now = std::chrono::steady_clock::now();
    const double passed = std::chrono::duration<double>(now - last_).count();
    last_ = now;
    allowance_ = std::min(kAtOnce, allowance_ + passed * kLinesASecond);
    if (allowance_ < 1) return false;
    allowance_ -= 1;
    return true;
}

void LiveOutput::tell_skipped(std::vector<std::string>& lines) {
    if (skipped_ > 0)
        lines.push_back(
            fmt::format("[… {} lines not shown …]", grouped(static_cast<std::int64_t>(skipped_))));
    skipped_ = 0;
}

void LiveOutput::add_line(std::vector<std::string>& lines) {
    if (may_show()) {
        tell_skipped(lines);
        lines.push_back(one_line(readable_output(line_), width_));
    } else {
        ++skipped_;
    }
    line_.clear();
}

std::vector<std::string> LiveOutput::take(std::string_view piece) {
    std::vector<std::string> lines;
    while (!piece.empty()) {
        const std::size_t end = std::min(piece.find('\n'), piece.size());
        if (line_.size() < kLongestLine) line_ += piece.substr(0, end);
        if (end == piece.size()) break;
        add_line(lines);
        piece.remove_prefix(end + 1);
    }
    return lines;
}

std::vector<std::string> LiveOutput::finish() {
    std::vector<std::string> lines;
    tell_skipped(lines);
    if (!line_.empty()) lines.push_back(one_line(readable_output(line_), width_));
    line_.clear();
    return lines;
}

}  // namespace culprit
