// Reads speedscope's JSON: evented and sampled profiles, several in one file, each of them a thread.
//
// Metrics   time units: "time", or "thread_time" if .NET's tools exported the file; a sampled profile also
// counts its
//           "samples"; unit "none": the weights are "samples"; unit "bytes": "bytes"
// Order     the members of an object may come in any order; what needs a later one is read in a second pass
// Fails     Corrupt with the place ("profiles[0].events[17]") and the byte; Invalid if a stack names a frame
// that is
//           not there. A file that was cut short gives what is whole, with a warning
// Source    jlfwong/speedscope src/lib/file-format-spec.ts, 1.25
#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "tools/profile/builder.h"
#include "tools/profile/formats/format.h"
#include "tools/profile/formats/json_cursor.h"
#include "tools/profile/names.h"

namespace culprit {
namespace {

struct Unit {
    std::string_view file, name;
    double factor;
};
constexpr Unit kUnits[] = {
    {"none", "count", 1},        {"nanoseconds", "ns", 1}, {"microseconds", "ns", 1e3},
    {"milliseconds", "ns", 1e6}, {"seconds", "ns", 1e9},   {"bytes", "bytes", 1},
};

constexpr std::size_t kMostKnown = 1 << 20;  // stacks that are known by their text

// What one of the file's profiles says about itself.
struct Header {
    std::string name = {};
    Unit unit = kUnits[0];
    double start = 0, end = 0;  // in the file's unit
    bool has_unit = false, has_start = false;

    bool complete() const { return has_unit && has_start; }
    bool in_time() const { return unit.name == "ns"; }
};

class Reader {
  public:
    Reader(std::string_view text, const Reading& reading)
        : text_(text), reading_(reading), builder_("speedscope") {
        builder_.metric("samples", "count");  // comes first where there are samples
    }

    Result<Profile> read();

  private:
    void read_file(JsonCursor& json);
    void read_frames(JsonCursor& json);
    void read_frame(JsonCursor& json);
    void read_profiles(JsonCursor& json);
    void read_profile(JsonCursor& json);
    void read_header(JsonCursor& json, std::string_view key, Header& header);
    void read_unit(JsonCursor& json, Header& header);
    void read_events(JsonCursor& json, const Header& header);
    void read_samples(JsonCursor& json);
    void read_weights(JsonCursor& json, const Header& header);
    NodeId read_stack(JsonCursor& json);
    NodeId read_new_stack(JsonCursor& json);
    std::optional<FrameId> frame_at(JsonCursor& json);
    void close(FrameId frame);
    void spend(const Header& header, NodeId node, double at, double weight);
    void count(NodeId node, double weight);
    void finish_profile(const Header& header);
    std::string_view time_metric() const { return of_dotnet_ ? "thread_time" : "time"; }
    bool fine(JsonCursor& json);
    std::string place() const;

    struct Open {
        FrameId frame;
        NodeId node;
    };
    struct Known {
        std::string_view text;
        NodeId node;
    };
    struct Sum {
        double weight = 0;
        std::uint64_t events = 0;
    };

    std::string_view text_;
    const Reading& reading_;
    ProfileBuilder builder_;
    std::vector<FrameId> frames_;
    bool has_frames_ = false, of_dotnet_ = false;
    std::optional<JsonCursor::Problem> problem_;  // the first one

    std::size_t profiles_ = 0;     // how many were begun
    std::string_view where_ = {};  // the array that is read, and how far
    std::size_t index_ = 0;
    std::size_t misplaced_ = 0;      // events that close what is not open or go back in time
    double base_ns_ = std::nan("");  // where time begins
    double end_ns_ = 0;

    // Of the profile that is read:
    std::vector<Open> stack_;   // what is open; for samples, the stack of the one before
    std::vector<Known> known_;  // stacks by their text, of all profiles
    IndexTable known_index_;
    std::vector<NodeId> nodes_;  // of each sample, as long as its weight is not known
    std::vector<Sum> sums_;      // by node
    std::vector<NodeId> touched_;
};

Result<Profile> Reader::read() {
    JsonCursor json(text_);
    read_file(json);
    fine(json);
    if (reading_.stop.stop_requested()) return std::unexpected(cancelled());
    if (problem_ && !(problem_->truncated && profiles_ > 0)) {
        return fail(Fault::Corrupt, "speedscope: {} at byte {}{}", problem_->what, problem_->offset, place());
    }
    if (problem_) {
        builder_.warn(fmt::format("the file is cut short: {} of {} bytes could be read{}", problem_->offset,
                                  text_.size(), place()));
    }
    if (profiles_ == 0) return fail(Fault::Corrupt, "speedscope: there is no profile in the file");
    if (misplaced_ > 0) {
        builder_.warn(fmt::format("{} events close a frame that is not the innermost one, or go back in time",
                                  grouped(static_cast<std::int64_t>(misplaced_))));
    }
    builder_.set_duration(end_ns_);
    return std::move(builder_).finish();
}

// " in profiles[0].events[17]"
std::string Reader::place() const {
    if (profiles_ == 0) return "";
    const std::string profile = fmt::format(" in profiles[{}]", profiles_ - 1);
    return where_.empty() ? profile : fmt::format("{}.{}[{}]", profile, where_, index_);
}

bool Reader::fine(JsonCursor& json) {
    if (!problem_) problem_ = json.problem();
    return !problem_ && !reading_.stop.stop_requested();
}

void Reader::read_file(JsonCursor& json) {
    std::optional<std::size_t> later;
    std::string_view key;
    for (json.begin_object(); json.next_member(key);) {
        if (key == "shared") {
            read_frames(json);
        } else if (key == "exporter") {
            std::string exporter;
            json.read(exporter);
            of_dotnet_ = exporter.find("TraceEvent") != std::string::npos;
        } else if (key == "profiles" && has_frames_) {
            read_profiles(json);
        } else {
            if (key == "profiles") later = json.offset();
            json.skip();
        }
        if (!fine(json)) return;
    }
    if (!later || !fine(json)) return;
    JsonCursor again(text_, *later);
    read_profiles(again);
    fine(again);
}

void Reader::read_frames(JsonCursor& json) {
    std::string_view key;
    for (json.begin_object(); json.next_member(key);) {
        if (key == "frames") {
            for (json.begin_array(); json.next_element();) read_frame(json);
            has_frames_ = true;
        } else {
            json.skip();
        }
    }
}

void Reader::read_frame(JsonCursor& json) {
    std::string name, file;
    std::uint64_t line = 0;
    std::string_view key;
    for (json.begin_object(); json.next_member(key);) {
        if (key == "name")
            json.read(name);
        else if (key == "file")
            json.read(file);
        else if (key == "line")
            json.read(line);
        else
            json.skip();
    }
    Frame frame = of_dotnet_ ? dotnet_frame(name, builder_) : Frame{.name = builder_.intern(name)};
    frame.file = builder_.intern(file);
    frame.line = static_cast<std::uint32_t>(std::min(line, std::uint64_t{UINT32_MAX}));
    frames_.push_back(builder_.frame(frame));
}

void Reader::read_profiles(JsonCursor& json) {
    for (json.begin_array(); json.next_element() && fine(json);) read_profile(json);
}

void Reader::read_profile(JsonCursor& json) {
    ++profiles_;
    where_ = {};
    Header header;
    std::vector<std::pair<std::string_view, std::size_t>> later;
    std::string_view key;
    for (json.begin_object(); json.next_member(key);) {
        if (key == "events" && header.complete()) {
            read_events(json, header);
        } else if (key == "samples") {
            read_samples(json);
        } else if (key == "weights" && header.complete() && !nodes_.empty()) {
            read_weights(json, header);
        } else if (key == "events" || key == "weights") {
            later.emplace_back(key == "events" ? "events" : "weights", json.offset());
            json.skip();
        } else {
            read_header(json, key, header);
        }
    }
    fine(json);
    for (const auto& [what, offset] : later) {
        if (problem_) break;
        JsonCursor again(text_, offset);
        if (what == "events")
            read_events(again, header);
        else
            read_weights(again, header);
        fine(again);
    }
    finish_profile(header);
}

void Reader::read_header(JsonCursor& json, std::string_view key, Header& header) {
    if (key == "name")
        json.read(header.name);
    else if (key == "unit")
        read_unit(json, header);
    else if (key == "startValue")
        header.has_start = json.read(header.start);
    else if (key == "endValue")
        json.read(header.end);
    else
        json.skip();
}

void Reader::read_unit(JsonCursor& json, Header& header) {
    std::string name;
    if (!json.read(name)) return;
    const auto found = std::ranges::find(kUnits, std::string_view(name), &Unit::file);
    if (found == std::end(kUnits)) return json.fail(fmt::format("'{}' is no unit", name));
    header.unit = *found;
    header.has_unit = true;
}

std::optional<FrameId> Reader::frame_at(JsonCursor& json) {
    std::uint64_t index = 0;
    if (!json.read(index)) return std::nullopt;
    if (index < frames_.size()) return frames_[index];
    json.fail(fmt::format("frame {} is named, and there are {}", index, frames_.size()));
    return std::nullopt;
}

void Reader::read_events(JsonCursor& json, const Header& header) {
    where_ = "events";
    index_ = 0;
    stack_.clear();
    double last = header.start;
    std::string type;
    std::string_view key;
    for (json.begin_array(); json.next_element(); ++index_) {
        type.clear();
        double at = last;
        std::optional<FrameId> frame;
        for (json.begin_object(); json.next_member(key);) {
            if (key == "type")
                json.read(type);
            else if (key == "at")
                json.read(at);
            else if (key == "frame")
                frame = frame_at(json);
            else
                json.skip();
        }
        if (json.problem()) break;
        if (!frame || (type != "O" && type != "C"))
            return json.fail("an event without type O or C, or without frame");
        if (at < last) ++misplaced_;
        if (!stack_.empty() && at > last) spend(header, stack_.back().node, last, at - last);
        last = std::max(at, last);
        if (type == "O") {
            const NodeId parent = stack_.empty() ? kRootNode : stack_.back().node;
            stack_.push_back({*frame, builder_.child(parent, *frame)});
        } else {
            close(*frame);
        }
    }
    if (!stack_.empty() && !json.problem() && header.end > last)
        spend(header, stack_.back().node, last, header.end - last);
}

// Frames that were opened later and not closed end with it; to close what is not open changes nothing.
void Reader::close(FrameId frame) {
    const auto open = std::ranges::find(stack_.rbegin(), stack_.rend(), frame, &Open::frame);
    if (open == stack_.rend() || open != stack_.rbegin()) ++misplaced_;
    if (open != stack_.rend()) stack_.erase(std::prev(open.base()), stack_.end());
}

void Reader::read_samples(JsonCursor& json) {
    where_ = "samples";
    index_ = 0;
    stack_.clear();
    nodes_.clear();
    for (json.begin_array(); json.next_element(); ++index_) {
        const NodeId node = read_stack(json);
        if (json.problem()) return;
        nodes_.push_back(node);
    }
}

// The stacks of most samples were met before, to the byte. What is known was read whole: nothing but numbers.
NodeId Reader::read_stack(JsonCursor& json) {
    const std::string_view text = json.flat_array();
    if (text.empty()) return read_new_stack(json);
    const auto next = static_cast<std::uint32_t>(known_.size());
    const auto equal = [&](std::uint32_t index) { return known_[index].text == text; };
    const std::uint32_t index = next < kMostKnown ? known_index_.find_or_add(hash_of(text), next, equal)
                                                  : known_index_.find(hash_of(text), equal);
    if (index < next) {
        json.skip(text);
        return known_[index].node;
    }
    const NodeId node = read_new_stack(json);
    if (index == next) known_.push_back({json.problem() ? std::string_view() : text, node});
    return node;
}

// Most others begin like the one before: as long as they do, their nodes are known.
NodeId Reader::read_new_stack(JsonCursor& json) {
    std::size_t depth = 0;
    for (json.begin_array(); json.next_element(); ++depth) {
        const std::optional<FrameId> frame = frame_at(json);
        if (!frame) break;
        if (depth < stack_.size() && stack_[depth].frame == *frame) continue;
        stack_.resize(depth);
        stack_.push_back({*frame, builder_.child(depth == 0 ? kRootNode : stack_.back().node, *frame)});
    }
    stack_.resize(depth);
    return stack_.empty() ? kRootNode : stack_.back().node;
}

void Reader::read_weights(JsonCursor& json, const Header& header) {
    where_ = "weights";
    index_ = 0;
    double at = header.start;
    for (json.begin_array(); json.next_element(); ++index_) {
        double weight = 0;
        if (!json.read(weight)) return;
        if (index_ >= nodes_.size())
            return json.fail(fmt::format("there are more weights than the {} samples", nodes_.size()));
        spend(header, nodes_[index_], at, weight);
        at += weight;
    }
    if (index_ < nodes_.size() && !json.problem()) {
        json.fail(fmt::format("{} samples have {} weights", nodes_.size(), index_));
    }
    nodes_.clear();
}

// Charges a weight to a node; if it is a time, only the part of it that was asked for.
void Reader::spend(const Header& header, NodeId node, double at, double weight) {
    if (!header.in_time()) return count(node, weight * header.unit.factor);
    if (std::isnan(base_ns_)) base_ns_ = header.start * header.unit.factor;
    const double start = at * header.unit.factor - base_ns_;
    const double span = weight * header.unit.factor;
    const double cut = std::max(0.0, reading_.from_ns - start) + std::max(0.0, start + span - reading_.to_ns);
    if (cut > 0 && cut >= span) return;
    end_ns_ = std::max(end_ns_, start + span);
    count(node, span - cut);
    builder_.add_time(builder_.metric(time_metric(), "ns"), std::max(start, reading_.from_ns), span - cut,
                      span - cut);
}

void Reader::count(NodeId node, double weight) {
    if (sums_.size() <= node) sums_.resize(std::max<std::size_t>(node + 1, sums_.size() * 2));
    Sum& sum = sums_[node];
    if (sum.events == 0) touched_.push_back(node);
    sum.weight += weight;
    ++sum.events;
}

// Hands over what the profile came to.
void Reader::finish_profile(const Header& header) {
    const ThreadId thread = builder_.thread(0, 0, header.name);
    const bool sampled = where_ != "events";
    if (!nodes_.empty()) {
        builder_.warn("the weights are missing: every sample counts as one");
        for (const NodeId node : nodes_) count(node, 0);
        nodes_.clear();
    }
    for (const NodeId node : touched_) {
        const Sum sum = std::exchange(sums_[node], {});
        if (sampled && header.in_time()) {
            builder_.add(builder_.metric("samples", "count"), node, thread, 0,
                         static_cast<double>(sum.events), sum.events);
        }
        const std::string_view name = header.in_time()              ? time_metric()
                                      : header.unit.name == "bytes" ? "bytes"
                                                                    : "samples";
        builder_.add(builder_.metric(name, header.unit.name), node, thread, 0, sum.weight, sum.events);
    }
    touched_.clear();
}

Likeness probe(std::string_view head) {
    const bool is_object = trim(head).starts_with('{');
    if (is_object && head.find("speedscope.app/file-format-schema.json") != std::string_view::npos)
        return Likeness::Yes;
    const bool looks_like = head.find("\"shared\"") != std::string_view::npos &&
                            head.find("\"frames\"") != std::string_view::npos;
    return is_object && looks_like ? Likeness::Maybe : Likeness::No;
}

Result<Profile> parse(std::string_view bytes, const Reading& reading) {
    return Reader(bytes, reading).read();
}

}  // namespace

Format speedscope_format() { return {"speedscope", ".speedscope.json", probe, parse}; }

}  // namespace culprit
