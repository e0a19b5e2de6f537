// Reads pprof's protobuf, packed by gzip or not, with all of its sample types.
//
// Metrics  the sample types under their own names; "samples" for counts of samples, "cpu" in nanoseconds
// stays "cpu" Frames   of inlined functions each one is a frame; a location without functions is its address
// in its mapping Threads  from the labels "thread", "thread_id", "tid" and the like, where samples have them
// Fails    Corrupt if the message breaks off before there is a sample; else what was read comes with a
// warning Source   google/pprof proto/profile.proto
#include <algorithm>
#include <array>
#include <unordered_map>

// A field of another wire type than it should have is read as if it had it: within bounds, and no reason to
// end the program.
#define protozero_assert(x) static_cast<void>(0)
#include <protozero/pbf_reader.hpp>

#include "base/text.h"
#include "tools/profile/builder.h"
#include "tools/profile/formats/format.h"

namespace culprit {
namespace {

// Field numbers of the messages in profile.proto.
namespace profile_field {
enum : protozero::pbf_tag_type {
    kSampleType = 1,
    kSample,
    kMapping,
    kLocation,
    kFunction,
    kStringTable,
    kDropFrames,
    kKeepFrames,
    kTimeNanos,
    kDurationNanos,
    kPeriodType,
    kPeriod,
    kComment,
    kDefaultSampleType
};
}
namespace value_type_field {
enum : protozero::pbf_tag_type { kType = 1, kUnit };
}
namespace sample_field {
enum : protozero::pbf_tag_type { kLocationId = 1, kValue, kLabel };
}
namespace label_field {
enum : protozero::pbf_tag_type { kKey = 1, kStr, kNum, kNumUnit };
}
namespace mapping_field {
enum : protozero::pbf_tag_type { kId = 1, kFilename = 5 };
}
namespace location_field {
enum : protozero::pbf_tag_type { kId = 1, kMappingId, kAddress, kLine };
}
namespace line_field {
enum : protozero::pbf_tag_type { kFunctionId = 1, kLine };
}
namespace function_field {
enum : protozero::pbf_tag_type { kId = 1, kName, kSystemName, kFilename, kStartLine };
}

struct SampleType {
    std::int64_t type = 0, unit = 0;  // in the string table
    ProfileBuilder::MetricId metric = 0;
    double factor = 1;
};

struct Function {
    std::int64_t name = 0, file = 0, line = 0;
};

struct Location {
    std::uint64_t mapping = 0, address = 0;
    std::vector<std::uint64_t> functions;  // innermost first
};

class Reader {
  public:
    explicit Reader(std::string_view bytes) : bytes_(bytes), builder_("pprof") {}
    Result<Profile> read(const Reading& reading);

  private:
    void read_tables();
    void read_location(protozero::pbf_reader message);
    void read_function(protozero::pbf_reader message);
    void read_samples(const Reading& reading);
    void read_sample(protozero::pbf_reader message);
    void read_label(protozero::pbf_reader message, std::string_view& thread, std::uint64_t& thread_id);
    void make_metrics();
    const std::vector<FrameId>& frames_of(std::uint64_t location);
    std::vector<FrameId> make_frames(const Location& location);
    std::string_view string(std::int64_t index) const;

    std::string_view bytes_;
    ProfileBuilder builder_;
    std::vector<std::string_view> strings_;
    std::vector<SampleType> types_;
    std::unordered_map<std::uint64_t, Function> functions_;
    std::unordered_map<std::uint64_t, Location> locations_;
    std::unordered_map<std::uint64_t, std::int64_t> mappings_;  // file name by id
    std::unordered_map<std::uint64_t, std::vector<FrameId>> frames_;
    double duration_ns_ = 0;
    std::uint64_t samples_ = 0;
};

std::string_view view(const protozero::data_view& data) { return {data.data(), data.size()}; }

std::string_view Reader::string(std::int64_t index) const {
    return index >= 0 && static_cast<std::size_t>(index) < strings_.size()
               ? strings_[static_cast<std::size_t>(index)]
               : std::string_view();
}

Result<Profile> Reader::read(const Reading& reading) {
    try {
        read_tables();
        make_metrics();
        read_samples(reading);
    } catch (const protozero::exception& error) {
        if (samples_ == 0)
            return fail(Fault::Corrupt, "pprof: the message is damaged or cut short ({})", error.what());
        builder_.warn(fmt::format("the file is damaged or cut short ({}): {} samples were read before",
                                  error.what(), grouped(static_cast<std::int64_t>(samples_))));
    }
    if (reading.stop.stop_requested()) return std::unexpected(cancelled());
    if (types_.empty()) return fail(Fault::Corrupt, "pprof: the profile has no sample types");
    builder_.set_duration(duration_ns_);
    return std::move(builder_).finish();
}

// All but the samples, as these name what may stand behind them. A message that breaks off is read up to
// there.
void Reader::read_tables() {
    protozero::pbf_reader message(bytes_.data(), bytes_.size());
    try {
        while (message.next()) {
            switch (message.tag()) {
                case profile_field::kSampleType: {
                    SampleType type;
                    for (auto inner = message.get_message(); inner.next();) {
                        if (inner.tag() == value_type_field::kType)
                            type.type = inner.get_int64();
                        else if (inner.tag() == value_type_field::kUnit)
                            type.unit = inner.get_int64();
                        else
                            inner.skip();
                    }
                    types_.push_back(type);
                    break;
                }
                case profile_field::kMapping: {
                    std::uint64_t id = 0;
                    std::int64_t file = 0;
                    for (auto inner = message.get_message(); inner.next();) {
                        if (inner.tag() == mapping_field::kId)
                            id = inner.get_uint64();
                        else if (inner.tag() == mapping_field::kFilename)
                            file = inner.get_int64();
                        else
                            inner.skip();
                    }
                    mappings_[id] = file;
                    break;
                }
                case profile_field::kLocation: read_location(message.get_message()); break;
                case profile_field::kFunction: read_function(message.get_message()); break;
                case profile_field::kStringTable: strings_.push_back(view(message.get_view())); break;
                case profile_field::kDurationNanos:
                    duration_ns_ = static_cast<double>(message.get_int64());
                    break;
                default: message.skip();
            }
        }
    } catch (const protozero::exception&) {  // the samples will meet it again
    }
    duration_ns_ = std::max(0.0, duration_ns_);
}

void Reader::read_location(protozero::pbf_reader message) {
    std::uint64_t id = 0;
    Location location;
    while (message.next()) {
        switch (message.tag()) {
            case location_field::kId: id = message.get_uint64(); break;
            case location_field::kMappingId: location.mapping = message.get_uint64(); break;
            case location_field::kAddress: location.address = message.get_uint64(); break;
            case location_field::kLine:
                for (auto line = message.get_message(); line.next();) {
                    if (line.tag() == line_field::kFunctionId)
                        location.functions.push_back(line.get_uint64());
                    else
                        line.skip();
                }
                break;
            default: message.skip();
        }
    }
    locations_[id] = std::move(location);
}

void Reader::read_function(protozero::pbf_reader message) {
    std::uint64_t id = 0;
    Function function;
    while (message.next()) {
        switch (message.tag()) {
            case function_field::kId: id = message.get_uint64(); break;
            case function_field::kName: function.name = message.get_int64(); break;
            case function_field::kFilename: function.file = message.get_int64(); break;
            case function_field::kStartLine: function.line = message.get_int64(); break;
            default: message.skip();
        }
    }
    functions_[id] = function;
}

void Reader::make_metrics() {
    struct Unit {
        std::string_view file, name;
        double factor;
    };
    constexpr std::array<Unit, 8> kUnits = {{{"nanoseconds", "ns", 1},
                                             {"microseconds", "ns", 1e3},
                                             {"milliseconds", "ns", 1e6},
                                             {"seconds", "ns", 1e9},
                                             {"bytes", "bytes", 1},
                                             {"kilobytes", "bytes", 1024},
                                             {"megabytes", "bytes", 1024 * 1024},
                                             {"count", "count", 1}}};
    for (SampleType& type : types_) {
        std::string_view name = string(type.type), unit = string(type.unit);
        if (name == "sample" || name.empty()) name = "samples";
        const auto known = std::ranges::find(kUnits, unit, &Unit::file);
        if (known != kUnits.end()) {
            unit = known->name;
            type.factor = known->factor;
        }
        type.metric = builder_.metric(name, unit.empty() ? "count" : unit);
    }
}

void Reader::read_samples(const Reading& reading) {
    protozero::pbf_reader message(bytes_.data(), bytes_.size());
    while (message.next()) {
        if (message.tag() == profile_field::kSample)
            read_sample(message.get_message());
        else
            message.skip();
        if (samples_ % 4096 == 0 && reading.stop.stop_requested()) return;
    }
}

void Reader::read_sample(protozero::pbf_reader message) {
    std::vector<std::uint64_t> locations;
    std::vector<std::int64_t> values;
    std::string_view thread;
    std::uint64_t thread_id = 0;
    while (message.next()) {
        switch (message.tag_and_type()) {
            case protozero::tag_and_type(sample_field::kLocationId,
                                         protozero::pbf_wire_type::length_delimited):
                for (const std::uint64_t id : message.get_packed_uint64()) locations.push_back(id);
                break;
            case protozero::tag_and_type(sample_field::kLocationId, protozero::pbf_wire_type::varint):
                locations.push_back(message.get_uint64());
                break;
            case protozero::tag_and_type(sample_field::kValue, protozero::pbf_wire_type::length_delimited):
                for (const std::int64_t value : message.get_packed_int64()) values.push_back(value);
                break;
            case protozero::tag_and_type(sample_field::kValue, protozero::pbf_wire_type::varint):
                values.push_back(message.get_int64());
                break;
            case protozero::tag_and_type(sample_field::kLabel, protozero::pbf_wire_type::length_delimited):
                read_label(message.get_message(), thread, thread_id);
                break;
            default: message.skip();
        }
    }
    ++samples_;
    NodeId node = kRootNode;
    for (auto id = locations.rbegin(); id != locations.rend(); ++id) {
        for (const FrameId frame : frames_of(*id)) node = builder_.child(node, frame);
    }
    const ThreadId in =
        builder_.thread(0, thread_id, thread.empty() && thread_id == 0 ? "all threads" : thread);
    for (std::size_t i = 0; i < std::min(values.size(), types_.size()); ++i) {
        if (values[i] == 0) continue;
        const double value = static_cast<double>(values[i]) * types_[i].factor;
        const bool counts = string(types_[i].unit) == "count" && values[i] > 0;
        builder_.add(types_[i].metric, node, in, 0, value,
                     counts ? static_cast<std::uint64_t>(values[i]) : 1);
    }
}

void Reader::read_label(protozero::pbf_reader message, std::string_view& thread, std::uint64_t& thread_id) {
    std::int64_t key = 0, text = 0, number = 0;
    while (message.next()) {
        switch (message.tag()) {
            case label_field::kKey: key = message.get_int64(); break;
            case label_field::kStr: text = message.get_int64(); break;
            case label_field::kNum: number = message.get_int64(); break;
            default: message.skip();
        }
    }
    const std::string_view name = string(key);
    if (!name.starts_with("thread") && name != "tid" && name != "os_thread") return;
    if (text != 0) thread = string(text);
    if (number != 0) thread_id = static_cast<std::uint64_t>(number);
}

const std::vector<FrameId>& Reader::frames_of(std::uint64_t id) {
    const auto [known, is_new] = frames_.try_emplace(id);
    if (is_new) {
        const auto location = locations_.find(id);
        known->second = make_frames(location == locations_.end() ? Location{} : location->second);
    }
    return known->second;
}

// Outermost first.
std::vector<FrameId> Reader::make_frames(const Location& location) {
    const auto mapping = mappings_.find(location.mapping);
    const std::string_view image = mapping == mappings_.end() ? std::string_view() : string(mapping->second);
    const StringId module = builder_.intern(image.substr(image.find_last_of('/') + 1));
    std::vector<FrameId> frames;
    for (auto id = location.functions.rbegin(); id != location.functions.rend(); ++id) {
        const auto found = functions_.find(*id);
        const Function function = found == functions_.end() ? Function{} : found->second;
        const std::string_view name = string(function.name);
        const bool has_line = function.line > 0 && function.line < std::int64_t{UINT32_MAX};
        frames.push_back(builder_.frame({.name = builder_.intern(name.empty() ? "(unknown)" : name),
                                         .module = module,
                                         .file = builder_.intern(string(function.file)),
                                         .line = has_line ? static_cast<std::uint32_t>(function.line) : 0}));
    }
    if (!frames.empty()) return frames;
    return {builder_.frame(
        {.name = builder_.intern(image.empty() ? "?!?" : fmt::format("{}!?", builder_.text(module))),
         .module = module,
         .file = builder_.intern(image),
         .kind = FrameKind::Unresolved,
         .address = location.address})};
}

// A message that begins as this one does: a sample type that is a message of two small numbers.
Likeness probe(std::string_view head) {
    protozero::pbf_reader message(head.data(), head.size());
    std::size_t types = 0, strings = 0, samples = 0;
    try {
        while (message.next()) {
            if (message.tag() == 0 || message.tag() > 17) return Likeness::No;
            switch (message.tag()) {
                case profile_field::kSampleType:
                    for (auto inner = message.get_message(); inner.next(); inner.skip()) {
                        if (inner.tag() != 1 && inner.tag() != 2) return Likeness::No;
                    }
                    ++types;
                    break;
                case profile_field::kStringTable: ++strings, message.skip(); break;
                case profile_field::kSample: ++samples, message.skip(); break;
                default: message.skip();
            }
        }
    } catch (const protozero::exception&) {  // the head may end in a field
    }
    return types > 0 && types < 100 && strings + samples > 0 ? Likeness::Yes : Likeness::No;
}

Result<Profile> parse(std::string_view bytes, const Reading& reading) { return Reader(bytes).read(reading); }

}  // namespace

Format pprof_format() { return {"pprof", ".pb.gz", probe, parse}; }

}  // namespace culprit
