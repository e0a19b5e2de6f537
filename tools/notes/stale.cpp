#include "tools/notes/stale.h"

#include <re2/re2.h>

#include "base/text.h"
#include "tools/source/frames.h"
#include "tools/source/index.h"

namespace culprit {
namespace {

// Files and symbols that a text names.
std::vector<std::string> names_in(const std::string& text) {
    static const RE2 kQuoted("`([^`]{3,200})`");
    static const RE2 kPath(R"((?:^|[\s(])([\w.-]+(?:/[\w.-]+)+\.\w{1,5})(?::\d+)?)");
    std::vector<std::string> names;
    std::string name;
    re2::StringPiece rest(text);
    while (RE2::FindAndConsume(&rest, kQuoted, &name)) names.push_back(name);
    rest = text;
    while (RE2::FindAndConsume(&rest, kPath, &name)) names.push_back(name);
    return names;
}

bool is_file_name(std::string_view name) {
    static const RE2 kFile(R"([\w./-]*\w\.[a-z]{1,5}(?::\d+)?)");
    return RE2::FullMatch(re2::StringPiece(name.data(), name.size()), kFile);
}

bool is_symbol(std::string_view name) {
    static const RE2 kSymbol(R"([A-Za-z_]\w*(?:(?:\.|::)[A-Za-z_]\w*)+(?:\(.*\))?)");
    return RE2::FullMatch(re2::StringPiece(name.data(), name.size()), kSymbol);
}

bool is_there(const std::string& name, Workbench& bench) {
    if (is_file_name(name)) {
        const std::string file = name.substr(0, name.find(':'));
        std::error_code code;
        for (const Root* root : bench.roots.sources()) {
            if (fs::exists(root->path / file, code)) return true;
        }
        return bench.roots.resolve(file).has_value() || !bench.source.files_named(file).empty();
    }
    return !is_symbol(name) || !resolve_frame(bench.source, name).targets.empty();
}

}  // namespace

std::vector<StaleEntry> stale_entries(Workbench& bench) {
    std::vector<StaleEntry> stale;
    if (bench.roots.sources().empty()) return stale;
    for (MemoryEntry& entry : memory_entries(bench.memory)) {
        std::vector<std::string> gone;
        for (const std::string& name : names_in(entry.text)) {
            if (!is_there(name, bench)) gone.push_back(name);
        }
        if (!gone.empty()) stale.push_back({std::move(entry), std::move(gone)});
    }
    return stale;
}

}  // namespace culprit
