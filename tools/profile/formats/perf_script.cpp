// Reads what `perf script` prints: a header for each event, below it the stack, innermost first, then an
// empty line.
//
// Metrics  "samples" (count) of the first kind of event; the sum of its periods as "cpu" (ns) if it is a
// clock, else under
//          its own name ("cycles"); other kinds of events under their names; "wall_time" (ns): the time
//          between the samples of a thread, half to each, as speedscope has it, in which sleeping counts
// Threads  by command and ids, as the headers name them
// Source   torvalds/linux tools/perf/builtin-script.c; jlfwong/speedscope src/import/linux-tools-perf.ts
#include <algorithm>
#include <array>

#include "base/text.h"
#include "tools/profile/builder.h"
#include "tools/profile/formats/format.h"
#include "tools/profile/formats/text.h"
#include "tools/profile/names.h"

namespace culprit {
namespace {

constexpr std::size_t kMostKinds = 64;  // of events; further ones count with the last of them

struct Header {
    std::string_view command, ids, event, rest;
    std::optional<double> time_s;
    std::optional<double> period;
};

std::string_view next_word(std::string_view& text) {
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(word.size());
    return word;
}

bool are_ids(std::string_view word) {
    return !word.empty() && word.find_first_not_of("0123456789/") == std::string_view::npos &&
           word.front() != '/';
}

std::optional<double> time_in(std::string_view word) {
    if (!word.ends_with(':') || word.find('.') == std::string_view::npos) return std::nullopt;
    return number_in<double>(word.substr(0, word.size() - 1));
}

// "dotnet 15310/15318 [001]  7689.200318:    2004008 cpu-clock: ..."; commands may hold blanks and numbers,
// so the ids are the number before the time, or the first one where there are no times.
std::optional<Header> header_of(std::string_view line) {
    Header header;
    std::string_view rest = line, first_ids, behind_first;
    for (std::string_view word = next_word(rest); !word.empty(); word = next_word(rest)) {
        if ((header.time_s = time_in(word))) break;
        if (word.starts_with('[')) continue;  // the processor
        header.ids = are_ids(word) && word.data() != line.data() ? word : std::string_view();
        if (!first_ids.empty() || header.ids.empty()) continue;
        first_ids = header.ids;
        behind_first = rest;
    }
    if (!header.time_s) {
        header.ids = first_ids;
        rest = behind_first;
    }
    if (header.ids.empty()) return std::nullopt;
    header.command = trim(line.substr(0, static_cast<std::size_t>(header.ids.data() - line.data())));
    std::string_view word = next_word(rest);
    if (word.starts_with('[')) word = next_word(rest);
    if ((header.period = number_in<double>(word))) word = next_word(rest);
    while (word.ends_with(':')) word.remove_suffix(1);
    header.event = word;
    header.rest = trim(rest);
    return header;
}

bool is_clock(std::string_view event) {
    return event.starts_with("cpu-clock") || event.starts_with("task-clock");
}

class Reader {
  public:
    Reader(std::string_view text, const Reading& reading)
        : text_(text), reading_(reading), builder_("perf script") {
        samples_ = builder_.metric("samples", "count");
    }
    Result<Profile> read();

  private:
    struct ThreadState {
        ThreadId thread = 0;
        NodeId node = kRootNode;  // of the last sample
        double from_s = 0, at_s = 0;
        std::uint64_t samples = 0;
    };
    struct Event {
        std::string_view name;
        ProfileBuilder::MetricId metric;
    };
    void begin(const Header& header);
    void end();
    void add_frame(std::string_view line);
    FrameId frame_of(std::string_view line);
    ThreadState& thread_of(const Header& header);
    const Event& event_of(std::string_view name, bool has_period);
    void add_wall_time(ThreadState& state, double at_s);
    bool is_wanted(double at_ns) const { return at_ns >= reading_.from_ns && at_ns < reading_.to_ns; }

    struct Line {
        std::string_view text;
        FrameId frame;  // kNoFrame: the line is none
    };
    static constexpr FrameId kNoFrame = ~FrameId{0};

    std::string_view text_;
    const Reading& reading_;
    ProfileBuilder builder_;
    ProfileBuilder::MetricId samples_ = 0, wall_ = 0;
    std::vector<Event> events_;
    std::vector<ThreadState> threads_;
    std::vector<std::string> thread_keys_;
    IndexTable thread_index_, line_index_;
    std::vector<Line> lines_;       // each distinct one
    std::vector<FrameId> stack_;    // innermost first
    std::optional<Header> header_;  // of the event that is read
    double start_s_ = -1, last_s_ = 0;
    std::size_t unread_ = 0;  // headers that are none
    std::uint64_t count_ = 0;
};

Result<Profile> Reader::read() {
    std::string_view line;
    std::size_t told = 0;
    for (std::string_view rest = text_; next_line(rest, line);) {
        if (line.empty()) {
            end();
            const std::size_t at = text_.size() - rest.size();
            if (at - told < (std::size_t{1} << 22)) continue;
            told = at;
            if (reading_.stop.stop_requested()) return std::unexpected(cancelled());
            if (reading_.passed) reading_.passed(at);
        } else if (line.front() == '\t' || line.front() == ' ') {
            add_frame(line);
        } else if (line.front() != '#') {
            end();
            if (const std::optional<Header> header = header_of(line))
                begin(*header);
            else
                ++unread_;
        }
    }
    end();
    if (count_ == 0) return fail(Fault::Corrupt, "perf script: there is no event in the file");
    for (ThreadState& state : threads_) add_wall_time(state, state.at_s);
    if (unread_ > 0)
        builder_.warn(
            fmt::format("{} lines are neither events nor frames of their stacks: skipped", unread_));
    builder_.set_duration(start_s_ < 0 ? 0 : (last_s_ - start_s_) * 1e9);
    return std::move(builder_).finish();
}

void Reader::begin(const Header& header) {
    header_ = header;
    stack_.clear();
    if (!header.rest.empty()) add_frame(header.rest);  // without stacks the place stands behind the event
}

void Reader::add_frame(std::string_view line) {
    if (!header_) return;
    const auto next = static_cast<std::uint32_t>(lines_.size());
    const std::uint32_t known =
        line_index_.find_or_add(hash_of(line), next, [&](std::uint32_t i) { return lines_[i].text == line; });
    if (known == next) lines_.push_back({line, frame_of(line)});
    if (lines_[known].frame != kNoFrame) stack_.push_back(lines_[known].frame);
}

// "    7fbf4c073010 __sched_yield+0x10 (/usr/lib/libc.so.6)"
FrameId Reader::frame_of(std::string_view line) {
    line = trim(line);
    const std::string_view address = line.substr(0, line.find(' '));
    if (address.find_first_not_of("0123456789abcdef") != std::string_view::npos ||
        address.size() == line.size()) {
        return kNoFrame;
    }
    if (line.ends_with(" (deleted))"))
        line.remove_suffix(11);
    else if (line.ends_with(')'))
        line.remove_suffix(1);
    else
        return kNoFrame;
    const std::size_t open = line.rfind(" (");
    if (open == std::string_view::npos || open < address.size()) return kNoFrame;
    const std::string_view image = line.substr(open + 2);
    std::string_view symbol = trim(line.substr(address.size(), open - address.size()));
    if (const std::size_t offset = symbol.rfind("+0x"); offset != std::string_view::npos && offset > 0) {
        const bool is_offset =
            symbol.find_first_not_of("0123456789abcdef", offset + 3) == std::string_view::npos;
        if (is_offset) symbol = symbol.substr(0, offset);
    }
    const StringId file = builder_.intern(image);
    const StringId module = builder_.intern(image.substr(image.find_last_of('/') + 1));
    if (symbol == "[unknown]") {
        return builder_.frame({.name = builder_.intern(fmt::format("??? ({})", image)),
                               .module = image == "[unknown]" ? 0 : module,
                               .file = file,
                               .kind = FrameKind::Unresolved});
    }
    if (std::optional<Frame> method = jitted_frame(symbol, builder_)) {
        method->file = file;
        return builder_.frame(*method);
    }
    const bool is_kernel =
        image.starts_with("[kernel") || image.starts_with("[guest.kernel") || image.ends_with(".ko");
    return builder_.frame({.name = builder_.intern(symbol),
                           .module = module,
                           .file = file,
                           .kind = is_kernel ? FrameKind::Kernel : FrameKind::Code});
}

Reader::ThreadState& Reader::thread_of(const Header& header) {
    const auto next = static_cast<std::uint32_t>(threads_.size());
    const std::string_view key(
        header.command.data(),
        static_cast<std::size_t>(header.ids.data() + header.ids.size() - header.command.data()));
    const std::uint32_t known = thread_index_.find_or_add(
        hash_of(key), next, [&](std::uint32_t i) { return thread_keys_[i] == key; });
    if (known < next) return threads_[known];
    const std::size_t slash = header.ids.find('/');
    const std::uint64_t process = slash == std::string_view::npos
                                      ? 0
                                      : number_in<std::uint64_t>(header.ids.substr(0, slash)).value_or(0);
    const std::uint64_t id =
        number_in<std::uint64_t>(header.ids.substr(slash == std::string_view::npos ? 0 : slash + 1))
            .value_or(0);
    thread_keys_.emplace_back(key);
    threads_.push_back({.thread = builder_.thread(process, id, header.command)});
    return threads_.back();
}

const Reader::Event& Reader::event_of(std::string_view name, bool has_period) {
    const auto known = std::ranges::find(events_, name, &Event::name);
    if (known != events_.end()) return *known;
    if (events_.size() == kMostKinds) return events_.back();
    const bool is_time = is_clock(name) && has_period;
    events_.push_back({name, builder_.metric(is_time ? "cpu" : name, is_time ? "ns" : "count")});
    return events_.back();
}

void Reader::end() {
    if (!header_) return;
    const Header header = *std::exchange(header_, std::nullopt);
    ++count_;
    ThreadState& state = thread_of(header);
    const bool is_first_kind = events_.empty() || header.event == events_.front().name;
    const Event& event = event_of(header.event, header.period.has_value());
    if (header.time_s && start_s_ < 0) start_s_ = *header.time_s;
    if (header.time_s) last_s_ = std::max(last_s_, *header.time_s);
    const double at_ns = header.time_s ? (*header.time_s - start_s_) * 1e9 : -1;
    if (header.time_s && !is_wanted(std::max(0.0, at_ns))) return;
    NodeId node = kRootNode;
    for (auto frame = stack_.rbegin(); frame != stack_.rend(); ++frame) node = builder_.child(node, *frame);
    const double weight = header.period.value_or(1);
    builder_.add(event.metric, node, state.thread, 0, weight);
    builder_.add_time(event.metric, at_ns, 0, weight);
    if (!is_first_kind) return;
    builder_.add(samples_, node, state.thread, 0, 1);
    builder_.add_time(samples_, at_ns, 0, 1);
    if (!header.time_s) return;
    if (state.samples++ == 0)
        state.from_s = *header.time_s;
    else
        add_wall_time(state, (*header.time_s + state.at_s) / 2);
    state.at_s = *header.time_s;
    state.node = node;
}

// Gives the last sample of the thread the time up to here.
void Reader::add_wall_time(ThreadState& state, double at_s) {
    if (state.samples < 2 || at_s <= state.from_s) return;
    if (wall_ == 0) wall_ = builder_.metric("wall_time", "ns");
    builder_.add(wall_, state.node, state.thread, 0, (at_s - state.from_s) * 1e9);
    state.from_s = at_s;
}

// A line that is an event, and below it one that is a frame of it.
Likeness probe(std::string_view head) {
    bool after_header = false;
    std::size_t headers = 0;
    std::string_view line;
    for (std::string_view rest = head; next_line(rest, line);) {
        if (line.empty() || line.front() == '#') continue;
        if (line.front() == '\t' || line.front() == ' ') {
            const std::string_view frame = trim(line);
            const bool is_frame =
                frame.find_first_not_of("0123456789abcdef") == frame.find(' ') && frame.ends_with(')');
            if (after_header && is_frame) return Likeness::Yes;
            continue;
        }
        const std::optional<Header> header = header_of(line);
        after_header = header && (header->time_s || header->period) && !header->event.empty();
        if (after_header) ++headers;
    }
    return headers > 2 ? Likeness::Maybe : Likeness::No;
}

Result<Profile> parse(std::string_view bytes, const Reading& reading) {
    return Reader(bytes, reading).read();
}

}  // namespace

Format perf_script_format() { return {"perf script", ".linux-perf.txt", probe, parse}; }

}  // namespace culprit
