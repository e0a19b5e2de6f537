#include "tools/profile/formats/nettrace/threads.h"

#include "tools/profile/formats/byte_cursor.h"

namespace culprit {

Threads::Known Threads::find(std::uint64_t id_or_index) {
    if (last_known_ && last_thread_ == id_or_index) return *last_known_;
    auto found = threads_.find(id_or_index);
    if (found == threads_.end()) {
        const Known known{builder_.thread(header_.process, id_or_index, ""), id_or_index, header_.process};
        found = threads_.emplace(id_or_index, known).first;
    }
    last_thread_ = id_or_index;
    last_known_ = &found->second;
    return found->second;
}

bool Threads::read(const Block& block) {
    ByteCursor rows(block.bytes);
    while (rows.left() > 0) {
        ByteCursor cursor(rows.take(rows.u16()));
        const std::uint64_t index = cursor.varuint();
        Known known{.process = header_.process};
        std::string_view name;
        while (cursor.left() > 0) {
            const std::uint8_t kind = cursor.u8();
            if (kind == 1) {
                name = cursor.utf8_sized();
            } else if (kind == 2) {
                known.process = cursor.varuint();
            } else if (kind == 3) {
                known.id = cursor.varuint();
            } else if (kind == 4) {
                cursor.utf8_sized();
                cursor.utf8_sized();
            } else {
                break;  // of a later version: its size is not known
            }
        }
        if (!cursor.ok()) return false;
        known.index = builder_.thread(known.process, known.id, name);
        threads_.insert_or_assign(index, known);
    }
    return rows.ok();
}

bool Threads::read_removals(const Block& block) {
    ByteCursor cursor(block.bytes);
    while (cursor.left() > 0) {
        const std::uint64_t index = cursor.varuint();
        checkpoint(index, static_cast<std::uint32_t>(cursor.varuint()));
    }
    return cursor.ok();
}

bool Threads::read_sequence_point(const Block& block) {
    const bool is_v6 = header_.version >= 6;
    ByteCursor cursor(block.bytes);
    cursor.u64();  // time
    if (is_v6) cursor.u32();
    for (std::uint32_t left = cursor.u32(); left > 0; --left) {
        const std::uint64_t thread = is_v6 ? cursor.varuint() : cursor.u64();
        const auto sequence = is_v6 ? static_cast<std::uint32_t>(cursor.varuint()) : cursor.u32();
        if (!cursor.ok()) return false;
        checkpoint(thread, sequence);
    }
    return true;
}

void Threads::count(std::uint64_t capture_thread, std::uint32_t sequence) {
    if (!last_sequence_ || last_capture_thread_ != capture_thread) {
        last_sequence_ = &sequences_.try_emplace(capture_thread, sequence - 1).first->second;
        last_capture_thread_ = capture_thread;
    }
    checkpoint(capture_thread, sequence - 1);
    *last_sequence_ = sequence;
}

// Up to version 5 the number of a thread may begin anew when another gets its id.
void Threads::checkpoint(std::uint64_t capture_thread, std::uint32_t sequence) {
    const auto [last, is_new] = sequences_.try_emplace(capture_thread, sequence);
    const auto gap = static_cast<std::int32_t>(sequence - last->second);
    if (!is_new && gap > 0 && (header_.version >= 6 || last->second != 0))
        dropped_ += static_cast<std::uint32_t>(gap);
    last->second = sequence;
}

}  // namespace culprit
