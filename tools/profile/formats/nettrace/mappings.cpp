#include "tools/profile/formats/nettrace/mappings.h"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>

#include "tools/profile/formats/byte_cursor.h"
#include "tools/profile/names.h"

namespace culprit {
namespace {

constexpr std::uint64_t kKernelSpace = 0xffff'8000'0000'0000;
constexpr std::string_view kJittedCode =
    "/memfd:doublemapper";  // where the runtime maps the code that it compiles

std::string_view sized_text(ByteCursor& cursor) { return cursor.take(cursor.u16()); }

std::string_view module_name(std::string_view file) {
    file.remove_prefix(file.find_last_of('/') + 1);
    if (file.ends_with(".dll")) file.remove_suffix(4);
    return file;
}

}  // namespace

void Mappings::add_mapping(std::uint64_t process, std::string_view payload) {
    ByteCursor cursor(payload);
    cursor.varuint();  // its id
    Range mapping{.process = process};
    mapping.start = cursor.varuint();
    mapping.last = cursor.varuint() - 1;
    cursor.varuint();  // offset in the file
    mapping.name = sized_text(cursor);
    if (!cursor.ok() || mapping.last < mapping.start) return;
    if (mapping.name.empty() || mapping.name.starts_with(kJittedCode)) return;
    mappings_.push_back(mapping);
    sorted_ = false;
}

void Mappings::add_symbol(std::uint64_t process, std::string_view payload) {
    ByteCursor cursor(payload);
    cursor.varuint();  // its id
    cursor.varuint();  // the mapping's
    Range symbol{.process = process};
    symbol.start = cursor.varuint();
    symbol.last = cursor.varuint();
    symbol.name = sized_text(cursor);
    if (!cursor.ok() || symbol.last < symbol.start || symbol.last - symbol.start >= kKernelSpace) return;
    symbols_.push_back(symbol);
    sorted_ = false;
}

// Of several names for one place the first counts.
void Mappings::sort() {
    const auto key = [](const Range& range) { return std::pair(range.process, range.start); };
    for (std::vector<Range>* ranges : {&mappings_, &symbols_}) {
        std::ranges::stable_sort(*ranges, {}, key);
        const auto same = std::ranges::unique(*ranges, {}, key);
        ranges->erase(same.begin(), same.end());
    }
    sorted_ = true;
}

Mappings::Range* Mappings::find(std::vector<Range>& ranges, std::uint64_t process, std::uint64_t address) {
    const auto behind =
        std::ranges::upper_bound(ranges, std::pair(process, address), {},
                                 [](const Range& range) { return std::pair(range.process, range.start); });
    if (behind == ranges.begin()) return nullptr;
    Range& range = *std::prev(behind);
    return range.process == process && address <= range.last ? &range : nullptr;
}

FrameId Mappings::frame_at(std::uint64_t process, std::uint64_t address, ProfileBuilder& builder) {
    if (!sorted_) sort();
    Range* const symbol = find(symbols_, process, address);
    if (symbol && symbol->frame != kNoFrame) return symbol->frame;
    const Range* const mapping = find(mappings_, process, address);
    const std::string_view module = mapping ? module_name(mapping->name) : std::string_view();
    Frame frame{.module = builder.intern(module), .file = mapping ? builder.intern(mapping->name) : 0};
    if (!symbol) {
        frame.name = builder.intern(module.empty() ? "?!?" : fmt::format("{}!?", module));
        frame.kind = FrameKind::Unresolved;
        frame.address = address;
        return builder.frame(frame);
    }
    if (const std::optional<Frame> method = jitted_frame(symbol->name, builder)) {
        frame = *method;
        const std::string_view of = builder.text(frame.module);
        frame.name = builder.intern(fmt::format("{}!{}", of, bare_name(symbol->name, of)));
    } else {
        frame.name = module.empty() ? builder.intern(symbol->name)
                                    : builder.intern(fmt::format("{}!{}", module, symbol->name));
        frame.kind = address >= kKernelSpace ? FrameKind::Kernel : FrameKind::Code;
    }
    return symbol->frame = builder.frame(frame);
}

}  // namespace culprit
