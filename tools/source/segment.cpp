#include "tools/source/segment.h"

#include <algorithm>
#include <cstring>
#include <tuple>

#include <xxhash.h>

namespace culprit {
namespace {

constexpr std::uint64_t kMagic = 0x3130'7865'646e'6963;  // "cindex01"
constexpr std::uint32_t kVersion = 4;  // raise it when a record or what an extractor finds changes

struct Head {
    std::uint64_t magic = kMagic;
    std::uint32_t version = kVersion;
    std::uint32_t tables = 0;
    std::uint64_t size = 0;
    std::uint64_t hash = 0;  // of all behind the head
};

constexpr std::size_t aligned(std::size_t size) { return (size + 7) & ~std::size_t{7}; }

std::size_t hash_of(std::string_view text) { return XXH3_64bits(text.data(), text.size()); }

}  // namespace

std::uint32_t word_hash(std::string_view word) { return static_cast<std::uint32_t>(hash_of(word) >> 32); }

SegmentBuilder::SegmentBuilder() {
    tables.text_ends.push_back(0);
    tables.text_slots.assign(1024, 0);
}

std::string_view SegmentBuilder::view(facts::Text text) const {
    const std::uint32_t begin = text == 0 ? 0 : tables.text_ends[text - 1];
    return {tables.text_bytes.data() + begin, tables.text_ends[text] - begin};
}

std::uint32_t& SegmentBuilder::slot(std::string_view text) {
    const std::size_t mask = tables.text_slots.size() - 1;
    std::size_t place = hash_of(text) & mask;
    while (tables.text_slots[place] != 0 && view(tables.text_slots[place]) != text)
        place = (place + 1) & mask;
    return tables.text_slots[place];
}

void SegmentBuilder::grow_slots() {
    tables.text_slots.assign(tables.text_slots.size() * 2, 0);
    for (facts::Text text = 1; text < tables.text_ends.size(); ++text) slot(view(text)) = text;
}

facts::Text SegmentBuilder::text(std::string_view text) {
    if (text.empty()) return 0;
    std::uint32_t& found = slot(text);
    if (found != 0) return found;
    const auto added = static_cast<facts::Text>(tables.text_ends.size());
    found = added;
    tables.text_bytes.insert(tables.text_bytes.end(), text.begin(), text.end());
    tables.text_ends.push_back(static_cast<std::uint32_t>(tables.text_bytes.size()));
    if (tables.text_ends.size() * 3 > tables.text_slots.size() * 2) grow_slots();
    return added;
}

namespace {

facts::Index end_of(const auto& table) { return static_cast<facts::Index>(table.size()); }

// The ranges of a file beside the tables they lie in.
template <class Tables, class Visit>
void each_range(facts::File& file, Tables& tables, Visit visit) {
    visit(file.definitions, tables.definitions), visit(file.parameters, tables.parameters);
    visit(file.texts, tables.texts), visit(file.expressions, tables.expressions),
        visit(file.lists, tables.lists);
    visit(file.arguments, tables.arguments), visit(file.calls, tables.calls),
        visit(file.locals, tables.locals);
    visit(file.usings, tables.usings);
}

}  // namespace

facts::File& SegmentBuilder::begin_file(std::string_view path) {
    facts::File file;
    file.path = text(path);
    each_range(file, tables, [](facts::Range& range, const auto& table) { range.begin = end_of(table); });
    return tables.files.emplace_back(file);
}

void SegmentBuilder::end_file() {
    facts::File& file = tables.files.back();
    each_range(file, tables, [](facts::Range& range, const auto& table) { range.end = end_of(table); });
    std::sort(tables.arguments.begin() + file.arguments.begin, tables.arguments.end(),
              [](const auto& a, const auto& b) { return a.expression < b.expression; });
    std::stable_sort(tables.locals.begin() + file.locals.begin, tables.locals.end(),
                     [](const auto& a, const auto& b) { return a.name < b.name; });
}

std::size_t SegmentBuilder::size_bytes() const {
    std::size_t size = 0;
    const_cast<SegmentTables<Vector>&>(tables).each(
        [&](const auto& table) { size += table.size() * sizeof(table[0]); });
    return size;
}

std::string SegmentBuilder::finish() {
    const auto fill = [](auto& order, std::size_t size, auto key) {
        order.resize(size);
        for (std::size_t i = 0; i < size; ++i) order[i] = static_cast<facts::Index>(i);
        std::ranges::sort(order, {}, key);
    };
    fill(tables.definitions_by_name, tables.definitions.size(), [&](facts::Index i) {
        return std::tuple(tables.definitions[i].name, tables.definitions[i].scope, i);
    });
    fill(tables.calls_by_name, tables.calls.size(),
         [&](facts::Index i) { return std::tuple(tables.calls[i].name, i); });
    std::ranges::sort(tables.derived, {}, [](const Derived& d) { return std::tuple(d.base, d.definition); });
    std::ranges::sort(tables.words);

    std::size_t size = sizeof(Head);
    Head head;
    tables.each([&](auto& table) {
        size += 8 + aligned(table.size() * sizeof(table[0]));
        ++head.tables;
    });
    std::string bytes(size, '\0');
    std::size_t place = sizeof(Head);
    tables.each([&](auto& table) {
        const std::uint64_t count = table.size();
        std::memcpy(bytes.data() + place, &count, sizeof count);
        if (count) std::memcpy(bytes.data() + place + 8, table.data(), count * sizeof(table[0]));
        place += 8 + aligned(count * sizeof(table[0]));
        std::remove_reference_t<decltype(table)>().swap(table);
    });
    head.size = size;
    head.hash = XXH3_64bits(bytes.data() + sizeof head, size - sizeof head);
    std::memcpy(bytes.data(), &head, sizeof head);
    *this = SegmentBuilder();
    return bytes;
}

Result<Segment> Segment::open(const fs::path& file) {
    TRY(MappedFile mapped, MappedFile::open(file));
    Segment segment;
    segment.memory_ = std::move(mapped);
    if (auto laid = segment.lay_out(segment.bytes()); !laid) {
        return fail(Fault::Corrupt, "{}: {}", file.string(), laid.error().what);
    }
    return segment;
}

Result<Segment> Segment::from_bytes(std::string bytes) {
    Segment segment;
    bytes.shrink_to_fit();
    segment.memory_ = std::move(bytes);
    TRY_OK(segment.lay_out(segment.bytes()));
    return segment;
}

std::string_view Segment::bytes() const {
    if (const auto* mapped = std::get_if<MappedFile>(&memory_)) return mapped->bytes();
    return std::get<std::string>(memory_);
}

Result<> Segment::lay_out(std::string_view bytes) {
    Head head;
    if (bytes.size() < sizeof head) return fail(Fault::Corrupt, "shorter than the head of an index");
    std::memcpy(&head, bytes.data(), sizeof head);
    if (head.magic != kMagic || head.version != kVersion)
        return fail(Fault::Corrupt, "an index of another version");
    if (head.size != bytes.size())
        return fail(Fault::Corrupt, "{} bytes instead of {}", bytes.size(), head.size);
    if (XXH3_64bits(bytes.data() + sizeof head, bytes.size() - sizeof head) != head.hash) {
        return fail(Fault::Corrupt, "the index does not have the hash that it should have");
    }
    std::size_t place = sizeof head;
    bool whole = true;
    tables_.each([&]<class T>(std::span<const T>& table) {
        std::uint64_t count = 0;
        if (!whole || bytes.size() - place < 8) return void(whole = false);
        std::memcpy(&count, bytes.data() + place, sizeof count);
        place += 8;
        if (count > (bytes.size() - place) / sizeof(T) || aligned(count * sizeof(T)) > bytes.size() - place) {
            return void(whole = false);
        }
        table = {reinterpret_cast<const T*>(bytes.data() + place), static_cast<std::size_t>(count)};
        place += aligned(count * sizeof(T));
    });
    const std::size_t slots = tables_.text_slots.size();
    if (!whole || slots == 0 || (slots & (slots - 1)) != 0)
        return fail(Fault::Corrupt, "a table does not fit");
    return {};
}

std::string_view Segment::text(facts::Text text) const {
    if (text == 0 || text >= tables_.text_ends.size()) return {};
    const std::uint32_t begin = tables_.text_ends[text - 1], end = tables_.text_ends[text];
    if (begin > end || end > tables_.text_bytes.size()) return {};
    return {tables_.text_bytes.data() + begin, end - begin};
}

std::optional<facts::Text> Segment::find_text(std::string_view wanted) const {
    if (wanted.empty()) return 0;
    const std::size_t mask = tables_.text_slots.size() - 1;
    std::size_t place = hash_of(wanted) & mask;
    for (std::size_t tried = 0; tried <= mask && tables_.text_slots[place] != 0; ++tried) {
        if (text(tables_.text_slots[place]) == wanted) return tables_.text_slots[place];
        place = (place + 1) & mask;
    }
    return std::nullopt;
}

std::span<const facts::Local> Segment::locals(const facts::File& file, facts::Text name) const {
    const auto found =
        std::ranges::equal_range(part(tables_.locals, file.locals), name, {}, &facts::Local::name);
    return {found.begin(), found.end()};
}

const facts::Argument* Segment::argument(const facts::File& file, facts::Index expression) const {
    const auto all = part(tables_.arguments, file.arguments);
    const auto found = std::ranges::lower_bound(all, expression, {}, &facts::Argument::expression);
    return found != all.end() && found->expression == expression ? &*found : nullptr;
}

std::span<const facts::Index> Segment::definitions_named(facts::Text name) const {
    const auto found = std::ranges::equal_range(tables_.definitions_by_name, name, {},
                                                [&](facts::Index i) { return definition(i).name; });
    return {found.begin(), found.end()};
}

std::span<const facts::Index> Segment::calls_named(facts::Text name) const {
    const auto found = std::ranges::equal_range(tables_.calls_by_name, name, {},
                                                [&](facts::Index i) { return call(i).name; });
    return {found.begin(), found.end()};
}

std::vector<facts::Index> Segment::files_with(std::string_view word) const {
    const std::uint64_t hash = word_hash(word);
    std::vector<facts::Index> result;
    const auto all = tables_.words;
    for (auto i = std::ranges::lower_bound(all, hash << 32); i != all.end() && *i >> 32 == hash; ++i) {
        result.push_back(static_cast<facts::Index>(*i));
    }
    return result;
}

std::span<const Derived> Segment::derived_from(facts::Text base) const {
    const auto found = std::ranges::equal_range(tables_.derived, base, {}, &Derived::base);
    return {found.begin(), found.end()};
}

}  // namespace culprit
