// Reads Chrome's trace events, as an array or as an object that holds one, with or without its end.
//
// Metrics  "time" (ns; "thread_time" if .NET's tools exported the file) from B, E and X events, which nest
// within a thread;
//          if there are profiles of V8 among the events, "samples" and "time" of those alone; "samples" if
//          the object lists samples and stack frames; asynchronous and other events are left out
// Order    events of a thread count in the order of their times, those of one time in the order of the file:
// exporters
//          write them nested, and any other order tears stacks apart
// Source   "Trace Event Format", Google; jlfwong/speedscope src/import/trace-event.ts
#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "base/text.h"
#include "tools/profile/builder.h"
#include "tools/profile/formats/format.h"
#include "tools/profile/formats/json_cursor.h"
#include "tools/profile/formats/v8/v8_profile.h"
#include "tools/profile/names.h"

namespace culprit {
namespace {

// A begin or an end. X events become one of each.
struct Event {
    double at_us = 0;
    double order =
        0;  // among events of one time: ends of X by their begin, the latest first; X by their length
    std::int64_t index = 0;  // in the file
    StringId name = 0;
    enum class Kind : std::uint8_t { EndX, BeginX, Begin, End } kind = Kind::Begin;

    auto key() const {
        const bool is_end =
            kind == Kind::EndX;  // of two that began together the one that stands later ends first
        return std::tuple(at_us, is_end ? 0 : kind == Kind::BeginX ? 1 : 2, -order, is_end ? -index : index);
    }
};

// One event of the file, as far as it matters.
struct Raw {
    char phase = 0;
    std::string name, id;
    double process = 0, thread = 0, at_us = 0, length_us = 0;
    bool has_time = false;
    std::string thread_name;  // of a metadata event: args.name
    std::size_t args = std::string_view::npos;
};

using ThreadKey = std::pair<double, double>;  // process, thread

class Reader {
  public:
    Reader(std::string_view text, const Reading& reading)
        : text_(text), reading_(reading), builder_("chrome trace") {}
    Result<Profile> read();

  private:
    void read_file(JsonCursor& json);
    void read_events(JsonCursor& json);
    bool read_event(JsonCursor& json, Raw& raw);
    void add(const Raw& raw);
    void add_v8(const Raw& raw);
    void read_v8_data(JsonCursor& json, V8Profile& profile);
    void read_stack_frames(JsonCursor& json);
    void read_samples(JsonCursor& json);
    void give_events();
    void give_thread(ThreadId thread, std::vector<Event>& events);
    NodeId node_of_stack(std::uint64_t stack_frame);
    ThreadId thread_of(const ThreadKey& key);
    FrameId frame_of(StringId name);
    void fine(JsonCursor& json) {
        if (!problem_) problem_ = json.problem();
    }

    struct StackFrame {
        FrameId frame = 0;
        std::uint64_t parent = 0;
        bool has_parent = false;
        std::optional<NodeId> node;
    };

    std::string_view text_;
    const Reading& reading_;
    ProfileBuilder builder_;
    std::map<ThreadKey, std::vector<Event>> events_;
    std::map<double, std::string> process_names_;
    std::map<ThreadKey, std::string> thread_names_;
    std::map<std::string, std::pair<ThreadKey, V8Profile>> v8_;
    std::map<std::uint64_t, StackFrame> stack_frames_;
    std::vector<std::tuple<ThreadKey, std::uint64_t, double>> samples_;  // thread, stack frame, weight
    std::optional<JsonCursor::Problem> problem_;
    std::int64_t count_ = 0;
    std::uint64_t misplaced_ = 0, unended_ = 0, left_out_ = 0;
    double start_us_ = INFINITY, end_us_ = 0;
    bool of_dotnet_ = false;
};

Result<Profile> Reader::read() {
    JsonCursor json(text_);
    read_file(json);
    fine(json);
    if (reading_.stop.stop_requested()) return std::unexpected(cancelled());
    if (problem_ && !(problem_->truncated && count_ > 0)) {
        return fail(Fault::Corrupt, "chrome trace: {} at byte {}", problem_->what, problem_->offset);
    }
    if (count_ == 0) return fail(Fault::Corrupt, "chrome trace: there is no event in the file");
    // The format allows the end of the array to be missing: then nothing is lost.
    const bool lacks_more = problem_ && !trim(text_.substr(problem_->offset)).empty();
    if (lacks_more) {
        builder_.warn(fmt::format("the file is cut short: {} of {} bytes could be read", problem_->offset,
                                  text_.size()));
    }
    give_events();
    return std::move(builder_).finish();
}

void Reader::read_file(JsonCursor& json) {
    if (json.peek() == '[') return read_events(json);
    std::string_view key;
    for (json.begin_object(); json.next_member(key) && !reading_.stop.stop_requested();) {
        if (key == "traceEvents") {
            read_events(json);
        } else if (key == "stackFrames") {
            read_stack_frames(json);
        } else if (key == "samples") {
            read_samples(json);
        } else if (key == "otherData") {
            std::string_view inner;
            std::string exporter;
            for (json.begin_object(); json.next_member(inner);) {
                if (inner == "exporter")
                    json.read(exporter);
                else
                    json.skip();
            }
            of_dotnet_ = exporter.find("TraceEvent") != std::string::npos;
        } else {
            json.skip();
        }
    }
}

void Reader::read_events(JsonCursor& json) {
    Raw raw;
    for (json.begin_array(); json.next_element() && !reading_.stop.stop_requested();) {
        if (read_event(json, raw)) add(raw);
    }
}

bool Reader::read_event(JsonCursor& json, Raw& raw) {
    raw = {};
    std::string text;
    std::string_view key;
    for (json.begin_object(); json.next_member(key);) {
        if (key == "ph") {
            if (json.read(text) && !text.empty()) raw.phase = text.front();
        } else if (key == "name") {
            json.read(raw.name);
        } else if (key == "ts") {
            raw.has_time = json.read_number_or_text(raw.at_us);
        } else if (key == "dur") {
            json.read_number_or_text(raw.length_us);
        } else if (key == "pid") {
            json.read_number_or_text(raw.process);
        } else if (key == "tid") {
            json.read_number_or_text(raw.thread);
        } else if (key == "id" && json.peek() == '"') {
            json.read(raw.id);
        } else if (key == "args") {
            raw.args = json.offset();
            json.skip();
        } else {
            json.skip();
        }
    }
    return !json.problem();
}

void Reader::add(const Raw& raw) {
    ++count_;
    if (raw.name == "Profile" || raw.name == "ProfileChunk" || raw.name == "CpuProfile") return add_v8(raw);
    const ThreadKey key(raw.process, raw.thread);
    if (raw.phase == 'M') {
        std::string name;
        JsonCursor args(text_, std::min(raw.args, text_.size()));
        std::string_view member;
        if (raw.name != "thread_name" && raw.name != "process_name") return;
        for (args.begin_object(); args.next_member(member);) {
            if (member == "name" && args.peek() == '"')
                args.read(name);
            else
                args.skip();
        }
        (raw.name == "thread_name" ? thread_names_[key] : process_names_[raw.process]) = name;
        return;
    }
    const bool nests = raw.phase == 'B' || raw.phase == 'E' || raw.phase == 'X';
    if (!nests || !raw.has_time || !std::isfinite(raw.at_us)) {
        ++left_out_;
        return;
    }
    auto& events = events_[key];
    Event event{.at_us = raw.at_us, .index = count_, .name = builder_.intern(raw.name)};
    start_us_ = std::min(start_us_, raw.at_us);
    end_us_ = std::max(end_us_, raw.at_us + std::max(0.0, raw.length_us));
    if (raw.phase == 'X') {
        if (!(raw.length_us > 0)) return;
        event.kind = Event::Kind::BeginX;
        event.order = raw.length_us;
        events.push_back(event);
        event.kind = Event::Kind::EndX;
        event.order = raw.at_us;
        event.at_us += raw.length_us;
    } else {
        event.kind = raw.phase == 'B' ? Event::Kind::Begin : Event::Kind::End;
    }
    events.push_back(event);
}

// Profiles come in one piece or in chunks, told apart by their id.
void Reader::add_v8(const Raw& raw) {
    if (raw.args == std::string_view::npos) return;
    const std::string id = raw.id.empty() ? fmt::format("{}:{}", raw.process, raw.thread) : raw.id;
    auto& [key, profile] = v8_.try_emplace(id, ThreadKey(raw.process, raw.thread), V8Profile{}).first->second;
    if (raw.name != "ProfileChunk") key = {raw.process, raw.thread};
    JsonCursor args(text_, raw.args);
    std::string_view member;
    for (args.begin_object(); args.next_member(member);) {
        if (member == "data" && args.peek() == '{')
            read_v8_data(args, profile);
        else
            args.skip();
    }
}

void Reader::read_v8_data(JsonCursor& json, V8Profile& profile) {
    std::string_view key, inner;
    for (json.begin_object(); json.next_member(key);) {
        if (key == "cpuProfile" && json.peek() == '{') {
            for (json.begin_object(); json.next_member(inner);) {
                if (!profile.read_member(inner, json, builder_)) json.skip();
            }
        } else if (!profile.read_member(key, json, builder_)) {
            json.skip();
        }
    }
}

// {"17": {"name": "f", "parent": 16, "category": "module"}, ...}
void Reader::read_stack_frames(JsonCursor& json) {
    std::string_view id, key;
    std::string name;
    for (json.begin_object(); json.next_member(id);) {
        StackFrame frame;
        const auto number = static_cast<std::uint64_t>(std::strtoull(std::string(id).c_str(), nullptr, 10));
        for (json.begin_object(); json.next_member(key);) {
            double parent = 0;
            if (key == "name") {
                json.read(name);
            } else if (key == "parent") {
                frame.has_parent = json.read_number_or_text(parent) && parent >= 0 && parent < 1e15;
                if (frame.has_parent) frame.parent = static_cast<std::uint64_t>(parent);
            } else {
                json.skip();
            }
        }
        frame.frame = frame_of(builder_.intern(name));
        stack_frames_[number] = frame;
    }
}

void Reader::read_samples(JsonCursor& json) {
    std::string_view key;
    for (json.begin_array(); json.next_element();) {
        double process = 0, thread = 0, weight = 1, frame = -1;
        for (json.begin_object(); json.next_member(key);) {
            if (key == "pid")
                json.read_number_or_text(process);
            else if (key == "tid")
                json.read_number_or_text(thread);
            else if (key == "weight")
                json.read_number_or_text(weight);
            else if (key == "sf")
                json.read_number_or_text(frame);
            else
                json.skip();
        }
        ++count_;
        if (frame >= 0 && frame < 1e15 && weight > 0) {
            samples_.emplace_back(ThreadKey(process, thread), static_cast<std::uint64_t>(frame), weight);
        }
    }
}

FrameId Reader::frame_of(StringId name) {
    const std::string text(name == 0 ? "(unnamed)" : builder_.text(name));
    return builder_.frame(of_dotnet_ ? dotnet_frame(text, builder_) : Frame{.name = builder_.intern(text)});
}

ThreadId Reader::thread_of(const ThreadKey& key) {
    const auto id = [](double number) {
        return number >= 0 && number < 1e18 ? static_cast<std::uint64_t>(number) : 0;
    };
    const auto thread = thread_names_.find(key);
    const auto process = process_names_.find(key.first);
    std::string name = thread == thread_names_.end() ? "" : thread->second;
    if (process != process_names_.end())
        name = name.empty() ? process->second : process->second + ", " + name;
    return builder_.thread(id(key.first), id(key.second), name);
}

NodeId Reader::node_of_stack(std::uint64_t id) {
    std::vector<StackFrame*> path;
    NodeId node = kRootNode;
    for (;;) {
        const auto found = stack_frames_.find(id);
        if (found == stack_frames_.end() || path.size() > stack_frames_.size()) break;
        if (found->second.node) {
            node = *found->second.node;
            break;
        }
        path.push_back(&found->second);
        if (!found->second.has_parent) break;
        id = found->second.parent;
    }
    for (; !path.empty(); path.pop_back())
        path.back()->node = node = builder_.child(node, path.back()->frame);
    return node;
}

void Reader::give_events() {
    const bool has_v8 =
        std::ranges::any_of(v8_, [](const auto& entry) { return !entry.second.second.empty(); });
    if (has_v8) {
        double duration = 0;
        for (auto& [id, entry] : v8_) {
            duration = std::max(duration, entry.second.give(thread_of(entry.first), reading_, builder_));
        }
        builder_.set_duration(duration);
        return;
    }
    for (const auto& [key, frame, weight] : samples_) {
        builder_.add(builder_.metric("samples", "count"), node_of_stack(frame), thread_of(key), 0, weight);
    }
    for (auto& [key, events] : events_) give_thread(thread_of(key), events);
    builder_.set_duration(events_.empty() ? 0 : (end_us_ - start_us_) * 1e3);
    const auto warn = [&](std::uint64_t count, std::string_view what) {
        if (count > 0) builder_.warn(fmt::format("{} {}", grouped(static_cast<std::int64_t>(count)), what));
    };
    warn(misplaced_, "events end what is not the innermost event that began");
    warn(unended_, "events began and did not end: they last to the last event of their thread");
    warn(left_out_, "asynchronous, instant and other events that do not nest were left out");
}

void Reader::give_thread(ThreadId thread, std::vector<Event>& events) {
    const bool is_sorted = std::ranges::is_sorted(events, {}, &Event::at_us);
    const bool has_x =
        std::ranges::any_of(events, [](const Event& e) { return e.kind == Event::Kind::BeginX; });
    if (!is_sorted || has_x) std::ranges::sort(events, {}, &Event::key);
    struct Open {
        StringId name;
        NodeId node;
    };
    std::vector<Open> stack;
    const auto metric = builder_.metric(of_dotnet_ ? "thread_time" : "time", "ns");
    double last_us = 0;
    for (const Event& event : events) {
        const double from = std::max((last_us - start_us_) * 1e3, reading_.from_ns);
        const double span = std::min((event.at_us - start_us_) * 1e3, reading_.to_ns) - from;
        if (!stack.empty() && span > 0) {
            builder_.add(metric, stack.back().node, thread, 0, span);
            builder_.add_time(metric, from, span, span);
        }
        last_us = event.at_us;
        if (event.kind == Event::Kind::Begin || event.kind == Event::Kind::BeginX) {
            const NodeId parent = stack.empty() ? kRootNode : stack.back().node;
            stack.push_back({event.name, builder_.child(parent, frame_of(event.name))});
            continue;
        }
        // An end may come without the name of what it ends.
        const auto open = std::ranges::find_if(stack.rbegin(), stack.rend(), [&](const Open& o) {
            return event.name == 0 || o.name == event.name;
        });
        if (open == stack.rend() || open != stack.rbegin()) ++misplaced_;
        if (open != stack.rend()) stack.erase(std::prev(open.base()), stack.end());
    }
    unended_ += stack.size();
}

Likeness probe(std::string_view head) {
    const std::string_view text = trim(head);
    const auto has = [&](std::string_view word) { return text.find(word) != std::string_view::npos; };
    if (text.starts_with('{')) return has("\"traceEvents\"") ? Likeness::Yes : Likeness::No;
    return text.starts_with('[') && has("\"ph\"") ? Likeness::Yes : Likeness::No;
}

Result<Profile> parse(std::string_view bytes, const Reading& reading) {
    return Reader(bytes, reading).read();
}

}  // namespace

Format chrome_trace_format() { return {"chrome trace", ".trace.json", probe, parse}; }

}  // namespace culprit
