#include "tools/profile/formats/perf_data.h"

#include "base/process.h"
#include "base/text.h"

namespace culprit {

bool is_perf_data(std::string_view head) {
    return head.starts_with("PERFILE2") || head.starts_with("2ELIFREP");
}

Result<std::string> perf_script_of(const fs::path& file, std::stop_token stop) {
    if (find_program("perf").empty()) {
        return fail(Fault::Unavailable,
                    "perf.data is read with perf, which is not installed here: install linux-perf, or run "
                    "`perf script -i {} "
                    "> perf.txt` where it is and give perf.txt",
                    file.filename().string());
    }
    // Inlined functions would need addr2line for every address, which takes minutes.
    const Command command{.argv = {"perf", "script", "--no-inline", "-f", "-i", file.string()},
                          .limit = std::chrono::minutes(10),
                          .most_output = std::size_t{4} << 30};
    TRY(Finished finished, run(command, stop));
    if (finished.end == Finished::End::TimedOut)
        return fail(Fault::TimedOut, "perf script took more than 10 minutes");
    if (finished.exit_code != 0) {
        return fail(Fault::Corrupt, "perf script cannot read the file: {}",
                    one_line(trim(finished.err), 300));
    }
    return std::move(finished.out);
}

}  // namespace culprit
