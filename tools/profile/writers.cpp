#include "tools/profile/writers.h"

#include <fmt/format.h>
#include <zlib.h>

// See formats/pprof.cpp.
#define protozero_assert(x) static_cast<void>(0)
#include <algorithm>
#include <cmath>
#include <map>

#include <nlohmann/json.hpp>
#include <protozero/pbf_writer.hpp>

#include "base/json.h"
#include "base/text.h"

namespace culprit {
namespace {

std::string json_text(std::string_view text) { return dump_json(Json(std::string(text))); }

std::vector<FrameId> stack_of(const Profile& profile, NodeId node) {
    std::vector<FrameId> frames;
    for (; node != kRootNode; node = profile.nodes[node].parent) frames.push_back(profile.nodes[node].frame);
    std::ranges::reverse(frames);
    return frames;
}

std::string_view speedscope_unit(std::string_view unit) {
    return unit == "ns" ? "nanoseconds" : unit == "bytes" ? "bytes" : "none";
}

// Weights by node of each thread.
std::map<ThreadId, std::map<NodeId, double>> by_thread(const Exported& exported) {
    std::map<ThreadId, std::map<NodeId, double>> threads;
    for (const Cell& cell : exported.cells) threads[cell.thread][cell.node] += cell.weight;
    return threads;
}

std::string frames_json(const Profile& profile) {
    std::string json;
    for (const Frame& frame : profile.frames) {
        json += json.empty() ? "" : ",\n";
        json += fmt::format("{{\"name\":{}", json_text(profile.text(frame.name)));
        if (frame.file != 0) json += fmt::format(",\"file\":{}", json_text(profile.text(frame.file)));
        if (frame.line != 0) json += fmt::format(",\"line\":{}", frame.line);
        if (frame.column != 0) json += fmt::format(",\"col\":{}", frame.column);
        json += '}';
    }
    return json;
}

// The strings of a pprof profile, each once, the empty one first.
class PprofStrings {
  public:
    std::int64_t operator()(std::string_view text) { return strings_.intern(text); }
    void write(protozero::pbf_writer& profile) const {
        for (StringId id = 0; id < strings_.size(); ++id) {
            const std::string text = valid_utf8(strings_[id]);
            profile.add_string(6, text);
        }
    }

  private:
    StringTable strings_;
};

Result<std::string> packed(std::string_view bytes) {
    z_stream stream{};
    if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
        return fail(Fault::Unavailable, "gzip: no memory is left");
    }
    std::string out(deflateBound(&stream, bytes.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    const int status = deflate(&stream, Z_FINISH);
    out.resize(out.size() - stream.avail_out);
    deflateEnd(&stream);
    if (status != Z_STREAM_END) return fail(Fault::Internal, "gzip: the profile could not be packed");
    return out;
}

}  // namespace

std::string to_speedscope(const Exported& exported, std::string_view name) {
    const Profile& profile = exported.profile;
    std::string profiles;
    for (const auto& [thread, weights] : by_thread(exported)) {
        std::string samples, values;
        double total = 0;
        for (const auto& [node, weight] : weights) {
            samples +=
                fmt::format("{}[{}]", samples.empty() ? "" : ",", fmt::join(stack_of(profile, node), ","));
            values += fmt::format("{}{}", values.empty() ? "" : ",", weight);
            total += weight;
        }
        profiles += fmt::format(
            "{}{{\"type\":\"sampled\",\"name\":{},\"unit\":\"{}\",\"startValue\":0,\"endValue\":{},\n"
            "\"samples\":[{}],\n\"weights\":[{}]}}",
            profiles.empty() ? "" : ",\n", json_text(profile.thread_name(thread)),
            speedscope_unit(exported.metric.unit), total, samples, values);
    }
    return fmt::format(
        "{{\"$schema\":\"https://www.speedscope.app/"
        "file-format-schema.json\",\"exporter\":\"culprit\",\"name\":{},\n"
        "\"shared\":{{\"frames\":[\n{}]}},\n\"profiles\":[\n{}]}}\n",
        json_text(name), frames_json(profile), profiles);
}

std::string to_collapsed(const Exported& exported) {
    const Profile& profile = exported.profile;
    std::vector<std::string> names;
    for (FrameId frame = 0; frame < profile.frames.size(); ++frame) {
        std::string name = profile.full_name(frame);
        std::ranges::replace(name, ';', ':');
        std::ranges::replace(name, '\n', ' ');
        names.push_back(std::move(name));
    }
    std::map<NodeId, double> weights;
    for (const Cell& cell : exported.cells) weights[cell.node] += cell.weight;
    std::string text;
    for (const auto& [node, weight] : weights) {
        const auto count = static_cast<std::int64_t>(std::llround(std::min(weight, 9e18)));
        if (node == kRootNode || count == 0) continue;
        std::string_view separator;
        for (const FrameId frame : stack_of(profile, node)) {
            text += separator;
            text += names[frame];
            separator = ";";
        }
        text += fmt::format(" {}\n", count);
    }
    return text;
}

Result<std::string> to_pprof(const Exported& exported) {
    const Profile& profile = exported.profile;
    std::string bytes;
    protozero::pbf_writer out(bytes);
    PprofStrings strings;
    {
        protozero::pbf_writer type(out, 1);
        type.add_int64(1, strings(exported.metric.name));
        type.add_int64(2, strings(exported.metric.unit == "ns" ? "nanoseconds" : exported.metric.unit));
    }
    for (const Cell& cell : exported.cells) {
        std::vector<std::uint64_t> locations;  // leaf first; a location for each frame, ids from 1
        for (NodeId node = cell.node; node != kRootNode; node = profile.nodes[node].parent) {
            locations.push_back(std::uint64_t{profile.nodes[node].frame} + 1);
        }
        const std::int64_t value = std::llround(std::clamp(cell.weight, -9e18, 9e18));
        protozero::pbf_writer sample(out, 2);
        sample.add_packed_uint64(1, locations.begin(), locations.end());
        sample.add_packed_int64(2, &value, &value + 1);
        protozero::pbf_writer label(sample, 3);
        label.add_int64(1, strings("thread"));
        label.add_int64(2, strings(profile.thread_name(cell.thread)));
    }
    for (FrameId id = 0; id < profile.frames.size(); ++id) {
        const Frame& frame = profile.frames[id];
        {
            protozero::pbf_writer location(out, 4);
            location.add_uint64(1, std::uint64_t{id} + 1);
            protozero::pbf_writer line(location, 4);
            line.add_uint64(1, std::uint64_t{id} + 1);
            line.add_int64(2, frame.line);
        }
        protozero::pbf_writer function(out, 5);
        function.add_uint64(1, std::uint64_t{id} + 1);
        function.add_int64(2, strings(profile.text(frame.name)));
        function.add_int64(4, strings(profile.text(frame.file)));
        function.add_int64(5, frame.line);
    }
    out.add_int64(10, static_cast<std::int64_t>(std::min(profile.duration_ns, 9e18)));
    strings.write(out);
    return packed(bytes);
}

}  // namespace culprit
