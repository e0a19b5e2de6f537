// Reads .heapprofile, V8's sampling of the heap: what is in memory, by the stack that allocated it.
//
// Metrics  "heap" (bytes)
// Fails    Corrupt with the byte; a file that was cut short gives the nodes that are whole
// Source   v8/v8 src/inspector/js_protocol.json, type HeapProfiler.SamplingHeapProfile
#include "base/text.h"
#include "tools/profile/formats/format.h"
#include "tools/profile/formats/v8/call_tree.h"

namespace culprit {
namespace {

struct Open {
    CallFrame frame;
    double size = 0;
};

// A node's place is known when its function is, which may come after its children: so the tree is kept first.
struct Kept {
    std::uint32_t parent = 0;
    FrameId frame = 0;
    double size = 0;
    bool is_root = false;
};

class Reader {
  public:
    explicit Reader(std::string_view bytes) : bytes_(bytes), json_(bytes), builder_("heapprofile") {}

    Result<Profile> read() {
        std::string_view key;
        for (json_.begin_object(); json_.next_member(key);) {
            if (key == "head")
                read_head();
            else
                json_.skip();
        }
        while (!open_.empty()) close();  // what the file was cut in
        if (const auto& problem = json_.problem()) {
            if (!problem->truncated || kept_.empty()) {
                return fail(Fault::Corrupt, "heapprofile: {} at byte {}", problem->what, problem->offset);
            }
            builder_.warn(fmt::format("the file is cut short: {} of {} bytes could be read", problem->offset,
                                      bytes_.size()));
        }
        if (kept_.empty()) return fail(Fault::Corrupt, "heapprofile: there is no 'head' in the file");
        give();
        return std::move(builder_).finish();
    }

  private:
    void read_head() {
        read_tree(
            json_,
            [&] {
                const auto index = static_cast<std::uint32_t>(kept_.size());
                kept_.push_back({.parent = open_.empty() ? index : open_.back().first});
                open_.emplace_back(index, Open{});
            },
            [&](std::string_view key) {
                if (key == "callFrame") return open_.back().second.frame.read(json_), true;
                if (key == "selfSize") return json_.read(open_.back().second.size) || true;
                return false;
            },
            [&] { close(); });
    }

    void close() {
        auto& [index, node] = open_.back();
        kept_[index].frame = node.frame.frame(builder_);
        kept_[index].size = node.size;
        kept_[index].is_root = node.frame.name == "(root)";
        open_.pop_back();
    }

    void give() {
        const auto heap = builder_.metric("heap", "bytes");
        const ThreadId thread = builder_.thread(0, 0, "main");
        std::vector<NodeId> nodes(kept_.size());
        for (std::size_t i = 0; i < kept_.size(); ++i) {
            const NodeId parent = kept_[i].parent == i ? kRootNode : nodes[kept_[i].parent];
            nodes[i] = kept_[i].is_root ? parent : builder_.child(parent, kept_[i].frame);
            if (kept_[i].size > 0) builder_.add(heap, nodes[i], thread, 0, kept_[i].size);
        }
    }

    std::string_view bytes_;
    JsonCursor json_;
    ProfileBuilder builder_;
    std::vector<Kept> kept_;
    std::vector<std::pair<std::uint32_t, Open>> open_;
};

Result<Profile> parse(std::string_view bytes, const Reading&) { return Reader(bytes).read(); }

Likeness probe(std::string_view head) {
    const bool is_one = trim(head).starts_with('{') && head.find("\"head\"") != std::string_view::npos &&
                        head.find("\"callFrame\"") != std::string_view::npos;
    return is_one ? Likeness::Yes : Likeness::No;
}

}  // namespace

Format heapprofile_format() { return {"heapprofile", ".heapprofile", probe, parse}; }

}  // namespace culprit
