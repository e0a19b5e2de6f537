#include "tools/jobs/pairs.h"

#include <algorithm>
#include <atomic>
#include <thread>

#include "base/text.h"
#include "tools/jobs/sources/source.h"

namespace culprit {
namespace {

// Two at a time: jobs are large.
Result<std::vector<Job>> load_all(const std::vector<fs::path>& files) {
    std::vector<std::optional<Result<std::vector<Job>>>> loaded(files.size());
    std::atomic<std::size_t> next = 0;
    const auto work = [&] {
        for (std::size_t i = next++; i < files.size(); i = next++) loaded[i] = load_jobs(files[i]);
    };
    {
        const std::jthread other(work);
        work();
    }
    std::vector<Job> jobs;
    for (auto& each : loaded) {
        if (!*each) return std::unexpected(each->error());
        std::ranges::move(**each, std::back_inserter(jobs));
    }
    return jobs;
}

class Finder {
  public:
    Finder(const PairRequest& request, const std::function<void(std::string_view)>& progress,
           std::stop_token stop)
        : request_(request) {
        if (request.server) server_.emplace(*request.server, request.cache, progress, std::move(stop));
    }

    Result<JobPair> run() {
        if (request_.product.empty()) return named();
        if (server_ && request_.jobs.empty()) return discovered_on_server();
        return discovered_in_files();
    }

  private:
    Result<std::vector<Job>> load(const std::vector<PairRequest::Reference>& references) {
        std::vector<fs::path> files;
        for (const auto& reference : references) {
            fs::path file = reference.file;
            if (file.empty()) {
                if (!server_)
                    return fail(Fault::NotFound,
                                "there is no file {}; if it is a job's number, name the server with --url",
                                reference.id);
                TRY(file, server_->fetch(reference.id));
            }
            files.push_back(std::move(file));
        }
        return load_all(files);
    }

    Result<JobPair> named() {
        TRY(std::vector<Job> jobs, load(request_.jobs));
        if (jobs.size() != 2) {
            return fail(
                Fault::Invalid,
                "two jobs are compared, the baseline and the candidate; {} were named (or give a --product)",
                jobs.size());
        }
        JobPair pair{.baseline = std::move(jobs[0]), .candidate = std::move(jobs[1])};
        std::vector<PairRequest::Reference> earlier = request_.history;
        const bool on_server =
            std::ranges::all_of(request_.jobs, [](const auto& job) { return job.file.empty(); });
        if (earlier.empty() && on_server) TRY_OK(add_earlier(pair, earlier));
        TRY(pair.history, load(earlier));
        drop_pair(pair);
        return pair;
    }

    // The newest jobs of the candidate's machine that ended before it, of other versions.
    Result<> add_earlier(const JobPair& pair, std::vector<PairRequest::Reference>& earlier) {
        TRY(const std::vector<JobInfo> jobs, server_->jobs());
        const JobInfo& after = pair.candidate.info;
        const auto end = instant_of(after.ended);
        for (const JobInfo& job : jobs) {
            if (earlier.size() == request_.most_history) break;
            const auto ended = instant_of(job.ended);
            const bool fits = job.product == after.product && job.hardware == after.hardware && !job.local &&
                              job.version != after.version && job.id != pair.baseline.info.id;
            if (fits && end && ended && *ended < *end) earlier.push_back({.file = {}, .id = job.id});
        }
        return {};
    }

    static void drop_pair(JobPair& pair) {
        std::erase_if(pair.history, [&](const Job& job) {
            return job.info.id == pair.baseline.info.id || job.info.id == pair.candidate.info.id;
        });
    }

    Result<Discovery> choose(std::span<const JobInfo> jobs) const {
        Discovery found = discover(jobs, request_.product, request_.filters, request_.most_history);
        if (!found.candidate) return fail(Fault::NotFound, "{}", found.account);
        const std::string pinned = request_.pinned
                                       ? request_.pinned(request_.product, jobs[*found.candidate].hardware)
                                       : std::string();
        const auto pin = std::ranges::find(jobs, pinned, &JobInfo::id);
        if (pinned.empty()) return found;
        if (pin == jobs.end())
            return fail(Fault::NotFound, "the pinned baseline {} is not among the jobs", pinned);
        found.baseline = static_cast<std::size_t>(pin - jobs.begin());
        found.account += fmt::format("the baseline is pinned: {} ({})\n", pin->id, pin->version);
        return found;
    }

    Result<JobPair> discovered_on_server() {
        TRY(const std::vector<JobInfo> jobs, server_->jobs());
        TRY(const Discovery found, choose(jobs));
        std::vector<PairRequest::Reference> wanted = {{.file = {}, .id = jobs[*found.baseline].id},
                                                      {.file = {}, .id = jobs[*found.candidate].id}};
        for (const std::size_t i : found.history) wanted.push_back({.file = {}, .id = jobs[i].id});
        TRY(std::vector<Job> loaded, load(wanted));
        JobPair pair{.baseline = std::move(loaded[0]), .candidate = std::move(loaded[1])};
        for (std::size_t i = 2; i < loaded.size(); ++i) pair.history.push_back(std::move(loaded[i]));
        pair.account = found.account;
        drop_pair(pair);
        return pair;
    }

    Result<JobPair> discovered_in_files() {
        TRY(std::vector<Job> loaded, load(request_.jobs));
        std::vector<JobInfo> jobs;
        for (const Job& job : loaded) jobs.push_back(job.info);
        TRY(const Discovery found, choose(jobs));
        JobPair pair;
        for (const std::size_t i : found.history) pair.history.push_back(std::move(loaded[i]));
        pair.baseline = std::move(loaded[*found.baseline]);
        pair.candidate = std::move(loaded[*found.candidate]);
        pair.account = found.account;
        drop_pair(pair);
        return pair;
    }

    const PairRequest& request_;
    std::optional<PerfTracker> server_;
};

}  // namespace

Result<JobPair> find_pair(const PairRequest& request, const std::function<void(std::string_view)>& progress,
                          std::stop_token stop) {
    return Finder(request, progress, std::move(stop)).run();
}

}  // namespace culprit
