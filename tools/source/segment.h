// A segment: the facts of many files in one block of memory that never changes, built in memory or mapped
// from disk.
//
// In memory and on disk it is the same: a head, then the tables one after another, each aligned to 8 bytes.
// Nothing read from disk is trusted: open() checks the head, the sizes and the hash; every index is checked
// where it is followed, and one that points nowhere yields an empty record. Immutable, so any number of
// threads may read.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/files.h"
#include "tools/source/facts.h"

namespace culprit {

struct Derived {
    facts::Text base = 0;  // simple name of a base
    facts::Index definition = facts::kNone;
};

template <template <class> class Array>
struct SegmentTables {
    Array<facts::File> files;
    Array<facts::Definition> definitions;
    Array<facts::Parameter> parameters;
    Array<facts::Text> texts;
    Array<facts::Expression> expressions;
    Array<facts::Index> lists;
    Array<facts::Argument> arguments;  // of a file by expression
    Array<facts::Call> calls;
    Array<facts::Local> locals;  // of a file by name
    Array<facts::Using> usings;
    Array<facts::Index> definitions_by_name;  // by name, then scope (as numbers of text)
    Array<facts::Index> calls_by_name;
    Array<Derived> derived;      // by base
    Array<std::uint64_t> words;  // hash of a word << 32 | file that has it, sorted
    Array<char> text_bytes;
    Array<std::uint32_t> text_ends;
    Array<std::uint32_t> text_slots;  // open addressing, 0 is empty

    template <class Visit>
    void each(Visit visit) {
        visit(files), visit(definitions), visit(parameters), visit(texts), visit(expressions), visit(lists);
        visit(arguments), visit(calls), visit(locals), visit(usings), visit(definitions_by_name),
            visit(calls_by_name);
        visit(derived), visit(words), visit(text_bytes), visit(text_ends), visit(text_slots);
    }
};

template <class T>
using Vector = std::vector<T>;
template <class T>
using View = std::span<const T>;

class Segment {
  public:
    // Fails with Corrupt if the file is no whole segment of this version.
    static Result<Segment> open(const fs::path& file);
    static Result<Segment> from_bytes(std::string bytes);

    std::string_view text(facts::Text text) const;
    std::optional<facts::Text> find_text(std::string_view text) const;

    const facts::File& file(facts::Index index) const { return at(tables_.files, index); }
    const facts::Definition& definition(facts::Index index) const { return at(tables_.definitions, index); }
    const facts::Expression& expression(facts::Index index) const { return at(tables_.expressions, index); }
    const facts::Call& call(facts::Index index) const { return at(tables_.calls, index); }
    facts::Index list(facts::Index index) const {
        return index < tables_.lists.size() ? tables_.lists[index] : facts::kNone;
    }

    std::span<const facts::File> files() const { return tables_.files; }
    std::span<const facts::Definition> definitions() const { return tables_.definitions; }
    std::span<const facts::Definition> definitions(const facts::File& file) const {
        return part(tables_.definitions, file.definitions);
    }
    std::span<const facts::Call> calls(const facts::File& file) const {
        return part(tables_.calls, file.calls);
    }
    std::span<const facts::Using> usings(const facts::File& file) const {
        return part(tables_.usings, file.usings);
    }
    std::span<const facts::Parameter> parameters(const facts::Definition& d) const {
        return part(tables_.parameters, d.parameters);
    }
    std::span<const facts::Text> bases(const facts::Definition& d) const {
        return part(tables_.texts, d.bases);
    }
    std::span<const facts::Local> locals(const facts::File& file, facts::Text name) const;
    const facts::Argument* argument(const facts::File& file, facts::Index expression) const;

    std::span<const facts::Index> definitions_named(facts::Text name) const;
    std::span<const facts::Index> definitions_by_name() const { return tables_.definitions_by_name; }
    std::span<const facts::Index> calls_named(facts::Text name) const;
    std::span<const Derived> derived_from(facts::Text base) const;
    std::vector<facts::Index> files_with(std::string_view word) const;  // and perhaps a few others

    std::size_t size_bytes() const { return bytes().size(); }
    std::string_view bytes() const;

  private:
    friend class SegmentCopy;
    template <class T>
    static const T& at(std::span<const T> table, facts::Index index) {
        static const T empty{};
        return index < table.size() ? table[index] : empty;
    }
    template <class T>
    static std::span<const T> part(std::span<const T> table, facts::Range range) {
        if (range.begin > range.end || range.end > table.size()) return {};
        return table.subspan(range.begin, range.end - range.begin);
    }
    Result<> lay_out(std::string_view bytes);

    std::variant<std::string, MappedFile> memory_ = std::string();
    SegmentTables<View> tables_;
};

// Collects facts of files and makes a segment of them. For one thread.
class SegmentBuilder {
  public:
    SegmentBuilder();
    facts::Text text(std::string_view text);
    std::string_view view(facts::Text text) const;

    facts::File& begin_file(std::string_view path);
    void end_file();  // closes the ranges of the file and sorts what is looked up by name
    facts::Index file_index() const { return static_cast<facts::Index>(tables.files.size() - 1); }

    // The bytes of the segment (Segment::from_bytes, or a file to open); the builder is empty afterwards.
    std::string finish();
    std::size_t size_bytes() const;

    SegmentTables<Vector> tables;

  private:
    void grow_slots();
    std::uint32_t& slot(std::string_view text);
};

std::uint32_t word_hash(std::string_view word);

}  // namespace culprit
