#include "tools/run/artifacts.h"

#include <algorithm>
#include <vector>

#include "base/text.h"

namespace culprit {
namespace {

struct OldTrace {
    fs::path path;
    fs::file_time_type changed;
    std::uint64_t bytes = 0;
};

// "artifacts/ID/trace-*.nettrace" and "threads-*.nettrace" of all sessions but this one, oldest first.
std::vector<OldTrace> traces_beside(const fs::path& artifacts) {
    std::vector<OldTrace> traces;
    std::error_code code;
    for (fs::directory_iterator session(artifacts.parent_path(), code), end; !code && session != end;
         session.increment(code)) {
        std::error_code inner;
        if (session->path() == artifacts || session->is_symlink(inner)) continue;
        for (fs::directory_iterator entry(session->path(), inner); !inner && entry != end;
             entry.increment(inner)) {
            const std::string name = entry->path().filename();
            std::error_code ignored;
            const bool is_ours = name.starts_with("trace-") || name.starts_with("threads-");
            if (!is_ours || !name.ends_with(".nettrace") || entry->is_symlink(ignored)) continue;
            traces.push_back({entry->path(), entry->last_write_time(ignored), entry->file_size(ignored)});
        }
    }
    std::ranges::sort(traces, {}, &OldTrace::changed);
    return traces;
}

}  // namespace

fs::path artifacts_folder(const Workbench& bench) {
    const Root* artifacts = bench.roots.find("artifacts");
    std::error_code code;
    return artifacts ? artifacts->path : fs::current_path(code);
}

Result<fs::path> new_file(const fs::path& folder, std::string_view stem, std::string_view ending) {
    TRY_OK(make_folder(folder));
    std::error_code code;
    for (int number = 1;; ++number) {
        fs::path file = folder / fmt::format("{}-{}{}", stem, number, ending);
        if (!fs::exists(file, code)) return file;
    }
}

std::string remove_old_traces(const fs::path& artifacts, std::chrono::hours oldest,
                              std::uint64_t most_bytes) {
    const std::vector<OldTrace> traces = traces_beside(artifacts);
    std::uint64_t left = 0, removed = 0;
    int count = 0;
    for (const OldTrace& each : traces) left += each.bytes;
    for (const OldTrace& each : traces) {
        const bool is_old = fs::file_time_type::clock::now() - each.changed > oldest;
        if (!is_old && left <= most_bytes) break;
        std::error_code code;
        if (!fs::remove(each.path, code)) continue;
        left -= each.bytes;
        removed += each.bytes;
        ++count;
    }
    if (count == 0) return {};
    return fmt::format("removed {} old trace{} of earlier sessions ({}) from {}", count,
                       count == 1 ? "" : "s", bytes_text(static_cast<double>(removed)),
                       artifacts.parent_path().string());
}

}  // namespace culprit
