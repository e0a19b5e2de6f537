#include "agent/input_history.h"

#include <algorithm>
#include <charconv>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <signal.h>
#include <unistd.h>

#include "base/json.h"
#include "base/secrets.h"
#include "base/text.h"

namespace culprit {
namespace {

constexpr std::size_t kMostBytes = 8 << 20;
constexpr std::size_t kLongestKept = 1 << 20;  // of one message

std::string json_text(std::string_view message) {
    return dump_json(Json(mask_secrets(std::string(message))));
}

bool is_alive(int pid) { return ::kill(pid, 0) == 0 || errno == EPERM; }

}  // namespace

InputHistory::InputHistory(fs::path file) : file_(std::move(file)) {}

InputHistory::~InputHistory() {
    draft_.close();
    if (file_.empty()) return;
    std::error_code ignored;
    fs::remove(draft_file(), ignored);
    fs::remove(file_.parent_path(), ignored);  // if nothing else is in it
}

fs::path InputHistory::draft_file() const {
    return file_.parent_path() / fmt::format("draft.{}", ::getpid());
}

std::vector<std::string> InputHistory::load() {
    std::vector<std::string> messages;
    if (file_.empty()) return messages;
    const auto text = read_file(file_, kMostBytes);
    const auto lines = text ? split_lines(*text) : std::vector<std::string_view>();
    const std::size_t skip = lines.size() - std::min(lines.size(), kMostMessages);
    for (const std::string_view line : std::span(lines).subspan(skip)) {
        const auto json = parse_json(line, "the history");
        if (json && json->is_string()) messages.push_back(json->get<std::string>());
    }
    // It is written anew when half of it is no longer looked at.
    if (skip > kMostMessages) {
        std::string kept;
        for (const std::string& each : messages) kept += json_text(each) + "\n";
        static_cast<void>(write_file(file_, kept, Mode::Private));
    }
    std::error_code code;
    for (const auto& entry : fs::directory_iterator(file_.parent_path(), code)) {
        const std::string name = entry.path().filename().string();
        int pid = 0;
        if (!name.starts_with("draft.")) continue;
        std::from_chars(name.data() + 6, name.data() + name.size(), pid);
        if (pid <= 0 || is_alive(pid)) continue;
        if (const auto draft = read_file(entry.path(), kLongestKept); draft && !trim(*draft).empty()) {
            messages.push_back(*draft);
            add(*draft);
            found_draft_ = true;
        }
        fs::remove(entry.path(), code);
    }
    return messages;
}

void InputHistory::add(std::string_view message) {
    if (file_.empty() || trim(message).empty() || message.size() > kLongestKept || message == last_) return;
    last_ = message;
    if (!make_folder(file_.parent_path())) return;
    const Descriptor fd(::open(file_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
    if (fd) static_cast<void>(write_all(fd.get(), json_text(message) + "\n", file_));
}

void InputHistory::draft(std::string_view typed) {
    if (file_.empty()) return;
    if (!draft_) {
        if (typed.empty() || !make_folder(file_.parent_path())) return;
        draft_ = Descriptor(::open(draft_file().c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
        if (!draft_) return;
    }
    if (::ftruncate(draft_.get(), 0) == 0)
        static_cast<void>(::pwrite(draft_.get(), typed.data(), typed.size(), 0) < 0);
}

}  // namespace culprit
