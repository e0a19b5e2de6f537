// Reads what `perf annotate --stdio` prints: instructions with their share of the function's samples, source
// between them.
//
// Rows    an instruction each, with the source line above it; a table for each function
// Source  torvalds/linux tools/perf/util/annotate.c
#include "base/text.h"
#include "tools/profile/formats/format.h"
#include "tools/profile/formats/text.h"

namespace culprit {
namespace {

// "   12.50 :   1189:   movsd  %xmm1,-0x30(%rbp)" and, for source, "         : 5    s += sqrt(i);"
struct Line {
    std::optional<double> share;
    std::string_view text;
};

std::optional<Line> line_of(std::string_view line) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos ||
        line.substr(0, colon).find_first_not_of(" 0123456789.") != std::string_view::npos) {
        return std::nullopt;
    }
    const std::optional<double> percent = number_in<double>(trim(line.substr(0, colon)));
    return Line{percent ? std::optional(*percent / 100) : std::nullopt, trim(line.substr(colon + 1))};
}

std::string_view without_number(std::string_view source) {
    const std::size_t text = source.find_first_not_of("0123456789");
    return text == std::string_view::npos ? std::string_view() : trim(source.substr(text));
}

Result<Profile> parse(std::string_view bytes, const Reading&) {
    Profile profile{.format = "perf annotate"};
    std::string_view source, line;
    for (std::string_view rest = bytes; next_line(rest, line);) {
        if (const std::size_t title = line.find("Disassembly of ");
            title != std::string_view::npos && line.find('|') < title) {
            profile.tables.push_back({std::string(line.substr(title)), {}});
            continue;
        }
        const std::optional<Line> parsed = line_of(line);
        if (!parsed || profile.tables.empty()) continue;
        Table& table = profile.tables.back();
        if (!parsed->share) {
            source = without_number(parsed->text);
            const std::size_t symbol = source.find('<');  // "<hot>:"
            if (symbol != std::string_view::npos && source.ends_with(">:") && !table.title.contains('<')) {
                table.title += " " + std::string(source.substr(symbol, source.size() - 1 - symbol));
            }
            continue;
        }
        table.rows.push_back(
            {.name = std::string(parsed->text), .self = *parsed->share, .note = std::string(source)});
    }
    std::erase_if(profile.tables, [](const Table& table) { return table.rows.empty(); });
    if (profile.tables.empty())
        return fail(Fault::Corrupt, "perf annotate: there is no instruction with a share in the file");
    return profile;
}

Likeness probe(std::string_view head) {
    const std::size_t percent = head.find("Percent");
    return percent != std::string_view::npos &&
                   head.find("Disassembly of ", percent) != std::string_view::npos
               ? Likeness::Yes
               : Likeness::No;
}

}  // namespace

Format perf_annotate_format() { return {"perf annotate", ".perf-annotate.txt", probe, parse}; }

}  // namespace culprit
