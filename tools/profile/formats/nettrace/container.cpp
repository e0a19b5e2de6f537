#include "tools/profile/formats/nettrace/container.h"

#include <algorithm>
#include <chrono>

#include "base/clock.h"
#include "tools/profile/formats/byte_cursor.h"

namespace culprit {
namespace {

constexpr std::string_view kMagic = "Nettrace";
constexpr std::string_view kSerialization = "!FastSerialization.1";
constexpr std::uint8_t kNullReference = 1, kBeginObject = 5, kEndObject = 6;

BlockKind kind_of(std::string_view type_name) {
    if (type_name == "Trace") return BlockKind::Trace;
    if (type_name == "EventBlock") return BlockKind::Event;
    if (type_name == "MetadataBlock") return BlockKind::Metadata;
    if (type_name == "StackBlock") return BlockKind::Stack;
    if (type_name == "SPBlock") return BlockKind::SequencePoint;
    return BlockKind::Other;
}

// Eight numbers: year, month, day of the week, day, hour, minute, second, millisecond.
std::string read_time(ByteCursor& cursor) {
    int parts[8];
    for (int& part : parts) part = cursor.number<std::int16_t>();
    const std::chrono::year_month_day date{std::chrono::year(parts[0]),
                                           std::chrono::month(static_cast<unsigned>(parts[1])),
                                           std::chrono::day(static_cast<unsigned>(parts[3]))};
    if (!cursor.ok() || !date.ok()) return "";
    return time_text(std::chrono::sys_days(date) + std::chrono::hours(parts[4]) +
                     std::chrono::minutes(parts[5]) + std::chrono::seconds(parts[6]) +
                     std::chrono::milliseconds(parts[7]));
}

}  // namespace

Result<BlockReader> BlockReader::open(std::string_view bytes) {
    BlockReader reader(bytes);
    ByteCursor cursor(bytes);
    if (cursor.take(kMagic.size()) != kMagic)
        return fail(Fault::Corrupt, "nettrace: the file does not begin with 'Nettrace'");
    const std::uint32_t size_or_zero = cursor.u32();
    if (size_or_zero == 0) {
        const std::uint32_t major = cursor.u32();
        cursor.u32();  // the minor version changes nothing for readers
        if (!cursor.ok()) return fail(Fault::Corrupt, "nettrace: the file ends in its header");
        reader.header_.version = static_cast<int>(std::min<std::uint32_t>(major, 99));
        if (reader.header_.version < 6)
            return fail(Fault::Corrupt, "nettrace: version {} has another header", major);
    } else if (cursor.take(size_or_zero) != kSerialization) {
        return fail(Fault::Corrupt, "nettrace: no '{}' behind the first 8 bytes", kSerialization);
    }
    reader.at_ = bytes.size() - cursor.left();
    Block trace;
    if (!reader.next(trace) || trace.kind != BlockKind::Trace) {
        return fail(Fault::Corrupt, "nettrace: the first block is not the description of the trace (byte {})",
                    reader.at_);
    }
    if (reader.header_.version < 4 || reader.header_.version > 6) {
        return fail(Fault::Invalid, "nettrace: version {} of the format is not read, only 4, 5 and 6",
                    reader.header_.version);
    }
    TRY_OK(reader.read_trace(trace));
    return reader;
}

Result<> BlockReader::read_trace(const Block& block) {
    ByteCursor cursor(block.bytes);
    header_.start_utc = read_time(cursor);
    header_.start_ticks = cursor.number<std::int64_t>();
    const auto frequency = cursor.number<std::int64_t>();
    header_.pointer_size = cursor.u32();
    if (header_.version < 6) {
        header_.process = cursor.u32();
        header_.processors = cursor.u32();
        cursor.u32();  // a sampling rate that nobody fills in
    } else {
        for (std::uint32_t left = cursor.u32(); left > 0 && cursor.ok(); --left) {
            const std::string_view key = cursor.utf8_sized();
            header_.values.emplace_back(key, cursor.utf8_sized());
        }
    }
    for (const auto& [key, value] : header_.values) {
        if (key == "HardwareThreadCount")
            header_.processors = static_cast<std::uint32_t>(std::strtoul(value.c_str(), nullptr, 10));
        if (key == "ProcessId") header_.process = std::strtoull(value.c_str(), nullptr, 10);
    }
    if (!cursor.ok())
        return fail(Fault::Corrupt, "nettrace: the description of the trace is cut short (byte {})", at_);
    if (frequency <= 0 || (header_.pointer_size != 4 && header_.pointer_size != 8)) {
        return fail(Fault::Corrupt, "nettrace: {} ticks a second and pointers of {} bytes cannot be",
                    frequency, header_.pointer_size);
    }
    header_.ns_per_tick = 1e9 / static_cast<double>(frequency);
    return {};
}

bool BlockReader::next(Block& block) {
    if (ended_ || at_ >= bytes_.size()) return false;
    return header_.version >= 6 ? next_block(block) : next_object(block);
}

bool BlockReader::next_block(Block& block) {
    ByteCursor cursor(bytes_.substr(at_));
    const std::uint32_t word = cursor.u32();
    const std::uint32_t size = word & 0xFFFFFF, kind = word >> 24;
    if (!cursor.ok()) return false;
    block.kind = kind <= 8 ? static_cast<BlockKind>(kind) : BlockKind::Other;
    block.whole = cursor.left() >= size;
    block.bytes = cursor.take(block.whole ? size : cursor.left());
    at_ = bytes_.size() - cursor.left();
    ended_ = block.kind == BlockKind::EndOfStream;
    return !ended_;
}

// An object is: begin, its type (begin, null, version, least version of readers, name, end), content, end.
bool BlockReader::next_object(Block& block) {
    ByteCursor cursor(bytes_.substr(at_));
    const std::uint8_t tag = cursor.u8();
    if (tag == kNullReference) {
        ended_ = true;
        return false;
    }
    const bool begins = tag == kBeginObject && cursor.u8() == kBeginObject && cursor.u8() == kNullReference;
    const std::uint32_t version = cursor.u32();
    cursor.u32();
    block.kind = kind_of(cursor.take(cursor.u32()));
    if (cursor.u8() != kEndObject || !begins || !cursor.ok()) return false;
    std::uint64_t size = 48;  // of the description of the trace, which says nothing about its size
    if (block.kind == BlockKind::Trace) {
        if (header_.version == 0) header_.version = static_cast<int>(version);
    } else {
        size = cursor.u32();
        const std::size_t offset = bytes_.size() - cursor.left();
        cursor.skip((4 - offset % 4) % 4);
        if (!cursor.ok()) return false;
    }
    block.whole = cursor.left() >= size;
    block.bytes = cursor.take(block.whole ? size : cursor.left());
    if (block.whole && cursor.u8() != kEndObject && cursor.ok()) return false;
    at_ = bytes_.size() - cursor.left();
    return true;
}

}  // namespace culprit
