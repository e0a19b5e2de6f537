#include "tools/profile/formats/nettrace/metadata.h"

#include <algorithm>
#include <utility>

#include "tools/profile/formats/nettrace/event.h"

namespace culprit {
namespace {

constexpr std::pair<std::string_view, Provider> kProviders[] = {
    {"Microsoft-DotNETCore-SampleProfiler", Provider::SampleProfiler},
    {"Microsoft-Windows-DotNETRuntime", Provider::Runtime},
    {"Microsoft-Windows-DotNETRuntimeRundown", Provider::Rundown},
    {"Microsoft-DotNETCore-EventPipe", Provider::EventPipe},
    {"Universal.Events", Provider::UniversalEvents},
    {"Universal.System", Provider::UniversalSystem},
};

// The optional part of a version 6 row: only the event's version is of interest.
std::uint32_t version_in(std::string_view optional) {
    ByteCursor cursor(optional);
    while (cursor.left() > 0 && cursor.ok()) {
        switch (cursor.u8()) {
            case 1:
            case 8: cursor.skip(1); break;  // opcode, level
            case 3: cursor.skip(8); break;  // keywords
            case 4:
            case 5: cursor.utf8_sized(); break;                       // message, description
            case 6: cursor.utf8_sized(), cursor.utf8_sized(); break;  // key and value
            case 7: cursor.skip(16); break;                           // the provider's GUID
            case 9: return cursor.u8();
            default: return 0;
        }
    }
    return 0;
}

}  // namespace

EventType* EventTypes::find(std::uint32_t metadata_id) {
    if (last_ && last_id_ == metadata_id) return last_;
    const auto found = types_.find(metadata_id);
    if (found == types_.end()) return nullptr;
    last_id_ = metadata_id;
    return last_ = &found->second;
}

void EventTypes::add(std::uint32_t metadata_id, EventType type) {
    const auto known =
        std::ranges::find(kProviders, type.provider_name, &std::pair<std::string_view, Provider>::first);
    if (known != std::end(kProviders)) type.provider = known->second;
    types_.try_emplace(metadata_id, std::move(type));
}

bool EventTypes::read(const Block& block, int version) {
    if (version < 6) {
        EventReader rows(block.bytes, version);
        for (TraceEvent row; rows.next(row);) {
            ByteCursor cursor(row.payload);
            EventType type;
            const std::uint32_t id = cursor.u32();
            type.provider_name = utf8_of_utf16(cursor.utf16());
            type.id = cursor.u32();
            type.name = utf8_of_utf16(cursor.utf16());
            cursor.u64();  // keywords
            type.version = cursor.u32();
            if (!cursor.ok()) return false;
            add(id, std::move(type));
        }
        return rows.whole() && block.whole;
    }
    ByteCursor rows(block.bytes);
    rows.skip(rows.u16());
    while (rows.left() > 0) {
        ByteCursor cursor(rows.take(rows.u16()));
        EventType type;
        const auto id = static_cast<std::uint32_t>(cursor.varuint());
        type.provider_name = cursor.utf8_sized();
        type.id = static_cast<std::uint32_t>(cursor.varuint());
        type.name = cursor.utf8_sized();
        for (std::uint16_t fields = cursor.u16(); fields > 0 && cursor.ok(); --fields)
            cursor.skip(cursor.u16());
        type.version = version_in(cursor.take(cursor.u16()));
        if (!cursor.ok()) return false;
        add(id, std::move(type));
    }
    return rows.ok() && block.whole;
}

}  // namespace culprit
