#include <algorithm>

#include "base/clock.h"
#include "base/text.h"
#include "tools/jobs/sources/source.h"
#include "tools/profile/formats/unpack.h"

namespace culprit {

JobSource native_source();
JobSource perftracker_source();
JobSource benchmarkdotnet_source();
JobSource google_benchmark_source();
JobSource criterion_messages_source();
JobSource criterion_estimates_source();
JobSource hyperfine_source();
JobSource pytest_benchmark_source();
JobSource k6_source();
JobSource csv_source();

const std::vector<JobSource>& all_job_sources() {
    static const std::vector<JobSource> sources = {
        perftracker_source(),
        native_source(),
        benchmarkdotnet_source(),
        google_benchmark_source(),
        criterion_messages_source(),
        criterion_estimates_source(),
        hyperfine_source(),
        pytest_benchmark_source(),
        k6_source(),
        csv_source(),
    };
    return sources;
}

namespace {

constexpr std::size_t kHead = 16 * 1024;

Result<> check(const std::vector<Job>& jobs, const JobFile& file, std::string_view source) {
    if (jobs.empty()) return fail(Fault::Invalid, "{}: this {} file holds no job", file.name, source);
    return {};
}

}  // namespace

Result<std::vector<Job>> parse_jobs(std::string text, const JobFile& file) {
    if (text.empty()) return fail(Fault::Invalid, "{}: the file is empty", file.name);
    const std::string_view head = std::string_view(text).substr(0, kHead);
    const auto& sources = all_job_sources();
    const auto source = std::ranges::find_if(sources, [&](const JobSource& each) { return each.is(head); });
    if (source == sources.end()) {
        std::vector<std::string_view> names;
        for (const JobSource& each : sources) names.push_back(each.name);
        return fail(Fault::Invalid, "{}: this is no job file that can be read (tried: {})", file.name,
                    fmt::join(names, ", "));
    }
    const std::size_t size = text.size();
    text.reserve(size + simdjson::SIMDJSON_PADDING);
    TRY(std::vector<Job> jobs,
        source->parse(simdjson::padded_string_view(text.data(), size, text.capacity()), file));
    TRY_OK(check(jobs, file, source->name));
    return jobs;
}

namespace {

// 2 GiB of text: a job of 8,000 curves is 15 MB.
constexpr std::uint64_t kMostBytes = std::uint64_t{2} << 30;

std::string written_at(const fs::path& path) {
    std::error_code code;
    const auto time = fs::last_write_time(path, code);
    if (code) return {};
    return time_text(
        std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::file_clock::to_sys(time)));
}

Result<std::vector<Job>> load_file(const fs::path& path, std::string name) {
    TRY(std::string text, read_file(path, kMostBytes));
    TRY(std::optional<Unpacked> unpacked, unpack(text));
    if (unpacked && !unpacked->warning.empty())
        return fail(Fault::Corrupt, "{}: {}; fetch it again", path.string(), unpacked->warning);
    return parse_jobs(unpacked ? std::move(unpacked->bytes) : std::move(text),
                      {.name = std::move(name), .ended = written_at(path)});
}

// target/criterion/GROUP/FUNCTION[/VALUE]/new/estimates.json: one job of all that lie below the folder. The
// names are those of the folders ("GROUP/FUNCTION/VALUE").
Result<std::vector<Job>> load_criterion(const fs::path& folder, const std::vector<fs::path>& estimates) {
    JobBuilder builder;
    builder.info.id = folder.filename().string();
    for (const fs::path& file : estimates) {
        const std::string id = file.parent_path().parent_path().lexically_relative(folder).generic_string();
        TRY(const std::vector<Job> jobs, load_file(file, id));
        const Job& job = jobs.front();
        builder.info.ended = std::max(builder.info.ended, job.info.ended);
        for (const Test& test : job.tests) {
            const std::size_t index =
                builder.test({test.group, test.name, test.load}, test.unit, test.better, test.metric);
            for (const Point& point : job.points_of(test)) builder.add(index, point);
        }
    }
    std::vector<Job> jobs;
    jobs.push_back(std::move(builder).finish());
    return jobs;
}

struct Found {
    std::vector<fs::path> jobs, estimates;
};

Result<Found> look_into(const fs::path& folder) {
    Found found;
    std::error_code code;
    for (auto it = fs::recursive_directory_iterator(folder, code); !code && it != fs::end(it);
         it.increment(code)) {
        const fs::path& path = it->path();
        if (it.depth() > 6) it.disable_recursion_pending();
        if (!it->is_regular_file(code)) continue;
        if (path.filename() == "estimates.json" && path.parent_path().filename() == "new")
            found.estimates.push_back(path);
        else if (it.depth() == 0 && (path.extension() == ".json" || path.extension() == ".csv" ||
                                     path.extension() == ".gz" || path.extension() == ".zst"))
            found.jobs.push_back(path);
    }
    if (code) return std::unexpected(errno_error("reading", folder));
    std::ranges::sort(found.jobs);
    std::ranges::sort(found.estimates);
    return found;
}

}  // namespace

Result<std::vector<Job>> load_jobs(const fs::path& path) {
    std::error_code code;
    if (!fs::is_directory(path, code)) return load_file(path, path.filename().string());
    TRY(const Found found, look_into(path));
    if (!found.estimates.empty()) return load_criterion(path, found.estimates);
    std::vector<Job> all;
    for (const fs::path& file : found.jobs) {
        TRY(std::vector<Job> jobs, load_file(file, file.filename().string()));
        std::ranges::move(jobs, std::back_inserter(all));
    }
    if (all.empty()) return fail(Fault::Invalid, "there is no job file in the folder {}", path.string());
    return all;
}

Result<Job> load_job(const fs::path& path) {
    TRY(std::vector<Job> jobs, load_jobs(path));
    if (jobs.size() == 1) return std::move(jobs.front());
    std::vector<std::string> ids;
    for (const Job& job : jobs) ids.push_back(job.info.id);
    return fail(Fault::Invalid, "{} holds {} jobs ({}): name a file with one", path.string(), jobs.size(),
                one_line(join(ids, ", "), 200));
}

}  // namespace culprit
