// A PerfTracker server, asked over its REST interface.
//
// Reads     are tried again on 500 to 599, silence and broken answers; an answer that is no JSON, not whole
// or
//           says "result": "error" is an error with the server's own words. Redirects are not followed.
// Files     a job is kept as CACHE/job-ID.json with the server's address beside it, and not fetched again; an
//           interrupted download stays as job-ID.json.part and is gone on with. Nothing half-written has the
//           final name.
// Source    PerfTracker 0.4.6 (perfguru87/perftracker), from captured answers
#pragma once

#include <functional>
#include <stop_token>

#include "base/files.h"
#include "base/http.h"
#include "base/json.h"
#include "tools/jobs/job.h"

namespace culprit {

struct PerfTrackerPlace {
    std::string url;            // "https://perf.example.net", without "/api/..."
    std::string project = "0";  // a number; 0 is all projects
    bool verify_certificate = true;
};

class PerfTracker {
  public:
    // How long is waited before the second, third ... try, unless the server says so itself.
    static constexpr std::chrono::milliseconds kFirstPause{300};

    PerfTracker(PerfTrackerPlace place, fs::path cache, std::function<void(std::string_view)> progress,
                std::stop_token stop);

    // {id, name} of each project.
    Result<std::vector<std::pair<std::string, std::string>>> projects();

    // Every job of the project, newest first, page by page.
    Result<std::vector<JobInfo>> jobs();

    // Where the whole job lies, fetched if it is not there yet. Fails with NotFound if the server has none.
    Result<fs::path> fetch(const std::string& id);

    // Stores a file as artefact of the job and reads the job back: Internal if it does not show there.
    // Returns the artefact's address.
    Result<std::string> upload(const JobInfo& job, std::string_view filename, std::string_view mime,
                               std::string_view description, const std::string& content);

  private:
    Result<HttpResponse> ask(const HttpRequest& request, const OnBody& on_body = {});
    Result<Json> read(const std::string& path);
    Result<> download(const std::string& id, const fs::path& part);
    Result<std::string> uuid_of(const JobInfo& job);
    Result<> send_artefact(const std::string& uuid, const std::string& job_uuid, std::string_view filename,
                           std::string_view mime, std::string_view description, const std::string& content);

    PerfTrackerPlace place_;
    fs::path cache_;
    std::function<void(std::string_view)> progress_;
    std::stop_token stop_;
    HttpClient client_;
};

}  // namespace culprit
