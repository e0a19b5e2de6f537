#include "tools/profile/formats/nettrace/event.h"

namespace culprit {
namespace {

// What a compressed header brings; the rest is as in the event before.
enum Flag : unsigned {
    kType = 1,
    kCaptureThreadAndSequence = 2,
    kThread = 4,
    kStack = 8,
    kActivityOrLabels = 16,
    kRelatedActivity = 32,  // up to version 5
    kSize = 128,
};
constexpr std::size_t kGuid = 16;

}  // namespace

EventReader::EventReader(std::string_view block, int version) : cursor_(block), version_(version) {
    const std::uint16_t header_size = cursor_.u16();
    const std::uint16_t flags = cursor_.u16();
    compressed_ = flags & 1;
    cursor_.skip(header_size < 4 ? ~std::uint64_t{0} : header_size - 4u);
}

bool EventReader::next(TraceEvent& event) {
    if (cursor_.left() == 0) return false;
    if (compressed_)
        read_compressed();
    else
        read_plain();
    event_.payload = cursor_.take(payload_size_);
    event = event_;
    return cursor_.ok();
}

void EventReader::read_compressed() {
    const unsigned flags = cursor_.u8();
    if (flags & kType) event_.type = static_cast<std::uint32_t>(cursor_.varuint());
    if (flags & kCaptureThreadAndSequence) {
        event_.sequence += static_cast<std::uint32_t>(cursor_.varuint());
        event_.capture_thread = cursor_.varuint();
        cursor_.varuint();  // processor
    }
    if (event_.type != 0) ++event_.sequence;
    if (flags & kThread) event_.thread = cursor_.varuint();
    if (flags & kStack) event_.stack = static_cast<std::uint32_t>(cursor_.varuint());
    // In a damaged file the sum may be too large: then it wraps.
    event_.ticks = static_cast<std::int64_t>(static_cast<std::uint64_t>(event_.ticks) + cursor_.varuint());
    if (version_ >= 6) {
        if (flags & kActivityOrLabels) cursor_.varuint();
    } else {
        if (flags & kActivityOrLabels) cursor_.skip(kGuid);
        if (flags & kRelatedActivity) cursor_.skip(kGuid);
    }
    if (flags & kSize) payload_size_ = static_cast<std::uint32_t>(cursor_.varuint());
}

void EventReader::read_plain() {
    cursor_.u32();  // the size of all of it, which the size of the payload gives as well
    event_.type = cursor_.u32() & 0x7FFFFFFF;
    event_.sequence = cursor_.u32();
    event_.thread = cursor_.u64();
    event_.capture_thread = cursor_.u64();
    cursor_.u32();  // processor
    event_.stack = cursor_.u32();
    event_.ticks = cursor_.number<std::int64_t>();
    cursor_.skip(version_ >= 6 ? 4 : 2 * kGuid);
    payload_size_ = cursor_.u32();
}

}  // namespace culprit
