#include "tools/explain/known.h"

#include <algorithm>
#include <memory>

#include <re2/re2.h>

#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include "base/text.h"
#include "prompts/prompts.h"

namespace culprit {
namespace {

struct Row {
    std::unique_ptr<RE2> match;
    KnownFunction known;
};

std::string text_of(const toml::table& row, std::string_view key) { return row[key].value_or(std::string()); }

template <class Use>
void for_each_row(std::string_view file, std::string_view kind, Use use) {
    const toml::parse_result parsed = toml::parse(prompt_text(file), file);
    if (!parsed) return;  // a test reads them all
    const toml::array* rows = parsed.table()[kind].as_array();
    for (std::size_t i = 0; rows && i < rows->size(); ++i) {
        if (const toml::table* row = rows->get(i)->as_table()) use(*row);
    }
}

std::vector<Row> rows_of(std::string_view kind) {
    std::vector<Row> rows;
    for_each_row("known/functions.toml", kind, [&](const toml::table& row) {
        rows.push_back({std::make_unique<RE2>(text_of(row, "match"), RE2::Quiet),
                        {text_of(row, "what"), text_of(row, "lower"), text_of(row, "source")}});
    });
    return rows;
}

const KnownFunction* first_match(const std::vector<Row>& rows, std::string_view name) {
    for (const Row& row : rows) {
        if (row.match->ok() && RE2::FullMatch(re2::StringPiece(name.data(), name.size()), *row.match))
            return &row.known;
    }
    return nullptr;
}

// Without what stands about a name in reports: "[.] ", "module!", arguments, an offset.
std::string_view bare(std::string_view name) {
    name = trim(name);
    if (name.starts_with("[") && name.size() > 4 && name[2] == ']') name = trim(name.substr(3));
    if (const std::size_t bang = name.find('!'); bang != std::string_view::npos) name.remove_prefix(bang + 1);
    if (const std::size_t offset = name.find("+0x"); offset != std::string_view::npos)
        name = name.substr(0, offset);
    const std::size_t open = name.find('(');
    return open == std::string_view::npos || open == 0 ? name : name.substr(0, open);
}

std::string plain_name(std::string_view name) {
    std::string plain = to_lower(name.substr(name.rfind('/') + 1));
    plain = plain.substr(0, plain.find(".so"));
    return plain;
}

const std::vector<Replacement>& all_replacements() {
    static const std::vector<Replacement> all = [] {
        std::vector<Replacement> rows;
        for_each_row("known/replacements.toml", "replacement", [&](const toml::table& row) {
            Replacement replacement{{},
                                    text_of(row, "function"),
                                    text_of(row, "by"),
                                    text_of(row, "gain"),
                                    text_of(row, "trade"),
                                    text_of(row, "source")};
            const toml::array* of = row["of"].as_array();
            for (std::size_t i = 0; of && i < of->size(); ++i)
                replacement.of.push_back(of->get(i)->value_or(std::string()));
            rows.push_back(std::move(replacement));
        });
        return rows;
    }();
    return all;
}

}  // namespace

const KnownFunction* known_function(std::string_view name) {
    static const std::vector<Row> rows = rows_of("function");
    if (const KnownFunction* known = first_match(rows, trim(name))) return known;
    return first_match(rows, bare(name));
}

const KnownFunction* known_module(std::string_view name) {
    static const std::vector<Row> rows = rows_of("module");
    const std::string_view file = name.starts_with("[") ? name : name.substr(name.rfind('/') + 1);
    return first_match(rows, trim(file));
}

std::vector<const Replacement*> replacements_of(std::string_view name, std::string_view function) {
    const std::string wanted = plain_name(trim(name));
    std::vector<const Replacement*> found;
    for (const Replacement& each : all_replacements()) {
        const bool is_it = std::ranges::any_of(each.of, [&](const std::string& of) {
            const std::string plain = plain_name(of);
            return plain == wanted || "lib" + plain == wanted || plain == "lib" + wanted;
        });
        const bool fits = function.empty() || each.function.empty() ||
                          RE2::FullMatch(re2::StringPiece(function.data(), function.size()), each.function);
        if (is_it && fits) found.push_back(&each);
    }
    return found;
}

std::size_t count_of_replacements() { return all_replacements().size(); }

}  // namespace culprit
