#include "tools/run/capture.h"

#include <algorithm>

#include <fcntl.h>

#include "base/text.h"

namespace culprit {
namespace {

constexpr std::size_t kHead = 8000, kTail = 8000;  // bytes of the output that are shown
constexpr std::size_t kMostShown = 9000;           // bytes that each of them may have become

// Leaves out what tells a terminal how to show things: "ESC [ … letter", "ESC ] … BEL", "ESC letter".
std::string without_escapes(std::string_view text) {
    std::string kept;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '\x1b') {
            kept += text[at];
            continue;
        }
        const char kind = at + 1 < text.size() ? text[at + 1] : '\0';
        if (kind == '[') {
            at += 2;
            while (at < text.size() && (text[at] < '@' || text[at] > '~')) ++at;
        } else if (kind == ']') {
            const std::size_t bell = text.find_first_of("\a\x1b", at + 2);
            at = std::min(bell, text.size());
            if (at < text.size() && text[at] == '\x1b') ++at;
        } else {
            ++at;
        }
    }
    return kept;
}

// A line as a terminal would show it in the end.
std::string_view last_state(std::string_view line) {
    while (line.ends_with('\r')) line.remove_suffix(1);
    const std::size_t start = line.rfind('\r');
    return start == std::string_view::npos ? line : line.substr(start + 1);
}

std::uint64_t count_lines(std::string_view text) {
    return static_cast<std::uint64_t>(std::ranges::count(text, '\n'));
}

bool goes_on(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// What was escaped is longer than it was; cut between letters.
std::string first_part(std::string text) {
    std::size_t end = std::min(text.size(), kMostShown);
    while (end < text.size() && end > 0 && goes_on(text[end])) --end;
    text.resize(end);
    return text;
}
std::string last_part(const std::string& text) {
    std::size_t start = text.size() - std::min(text.size(), kMostShown);
    while (start < text.size() && goes_on(text[start])) ++start;
    return text.substr(start);
}

}  // namespace

std::string readable_output(std::string_view bytes) {
    std::string text;
    const std::string plain = without_escapes(bytes);
    for (const std::string_view line : split(plain, '\n')) text += fmt::format("{}\n", last_state(line));
    text.pop_back();  // the last piece had no end of line
    return printable(text);
}

Result<> OutputCapture::add(std::string_view piece) {
    if (head_.size() < kHead) head_ += piece.substr(0, kHead - head_.size());
    tail_ += piece.substr(piece.size() - std::min(piece.size(), 2 * kTail));
    if (tail_.size() > 4 * kTail) tail_.erase(0, tail_.size() - kTail);
    const std::uint64_t room = kMostKept - std::min(kMostKept, bytes_);
    bytes_ += piece.size();
    lines_ += count_lines(piece);
    return keep(piece.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(room, piece.size()))));
}

Result<> OutputCapture::keep(std::string_view piece) {
    if (failed_ || piece.empty()) return {};
    if (!fd_) {
        auto made = make_folder(file_.parent_path());
        if (made) {
            fd_ =
                Descriptor(::open(file_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
            if (!fd_) made = std::unexpected(errno_error("making", file_));
        }
        failed_ = !made;
        if (!made) return made;
    }
    auto written = write_all(fd_.get(), piece, file_);
    failed_ = !written;
    return written;
}

std::string OutputCapture::text(std::string_view name) const {
    const std::size_t tail_bytes =
        static_cast<std::size_t>(std::min<std::uint64_t>(kTail, bytes_ - head_.size()));
    std::string_view tail = std::string_view(tail_).substr(tail_.size() - std::min(tail_.size(), tail_bytes));
    const std::uint64_t left_out = bytes_ - head_.size() - tail.size();
    if (left_out == 0) {
        std::string whole = readable_output(head_ + std::string(tail));
        if (whole.size() <= 2 * kMostShown) return whole;
    }
    if (const std::size_t line = tail.find('\n'); line < tail.size() / 5) tail.remove_prefix(line + 1);
    const std::string where = failed_              ? "they could not be kept"
                              : bytes_ > kMostKept ? fmt::format("read_file {} shows the first {}", name,
                                                                 bytes_text(static_cast<double>(kMostKept)))
                                                   : fmt::format("read_file {} shows them", name);
    const std::uint64_t lines = lines_ - std::min(lines_, count_lines(head_) + count_lines(tail));
    const std::string head = first_part(readable_output(head_));
    const std::string count = left_out == 0
                                  ? "some"
                                  : fmt::format("{} lines, {}", grouped(static_cast<std::int64_t>(lines)),
                                                bytes_text(static_cast<double>(left_out)));
    return fmt::format("{}{}[… {} left out; {} …]\n{}", head, head.ends_with('\n') ? "" : "\n", count, where,
                       last_part(readable_output(tail)));
}

}  // namespace culprit
