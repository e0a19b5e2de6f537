#include "tools/jobs/server/perftracker.h"

#include <condition_variable>
#include <mutex>
#include <random>
#include <set>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "base/text.h"
#include "tools/jobs/sources/source.h"

namespace culprit {
namespace {

constexpr int kTries = 4;
constexpr int kPage = 200;
constexpr std::size_t kMostRows = 200'000;                    // of a job list
constexpr std::uint64_t kMostBytes = std::uint64_t{2} << 30;  // of a job

bool is_transient(const Result<HttpResponse>& response) {
    if (response) return response->status >= 500;
    return response.error().fault == Fault::Unavailable || response.error().fault == Fault::TimedOut;
}

// False if the stop came first.
bool pause(std::chrono::milliseconds time, std::stop_token stop) {
    std::mutex mutex;
    std::condition_variable_any wake;
    std::unique_lock lock(mutex);
    wake.wait_for(lock, stop, time, [] { return false; });
    return !stop.stop_requested();
}

std::string uuid4() {
    std::random_device random;
    std::string uuid;
    for (const char c : std::string_view("xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx")) {
        const unsigned nibble = random() & 15;
        uuid += c == 'x' ? "0123456789abcdef"[nibble] : c == 'y' ? "89ab"[nibble & 3] : c;
    }
    return uuid;
}

Error status_error(const HttpResponse& response, std::string_view what) {
    const std::string_view place = response.header("location");
    if (response.status >= 300 && response.status < 400)
        return {Fault::Invalid,
                fmt::format("{}: the server sends on to {}: give that address instead", what, place)};
    const std::string body = one_line(response.body.starts_with("<") ? "(a page)" : response.body, 200);
    const Fault fault = response.status == 404 || response.status == 410   ? Fault::NotFound
                        : response.status == 401 || response.status == 403 ? Fault::Denied
                        : response.status >= 500                           ? Fault::Unavailable
                                                                           : Fault::Invalid;
    return {fault, fmt::format("{}: the server answered {} {}", what, response.status, body)};
}

JobInfo info_of(const Json& row) {
    JobInfo info{.id = std::to_string(integer_at(row, "id")),
                 .title = text_at(row, "title"),
                 .product = text_at(row, "product_name"),
                 .version = text_at(row, "product_ver"),
                 .ended = text_at(row, "end"),
                 .project = std::to_string(integer_at(member(row, "project"), "id"))};
    std::vector<std::string> nodes;
    for (const Json& node : member(row, "env_node")) nodes.push_back(text_at(node, "name"));
    std::ranges::sort(nodes);
    info.hardware = join(nodes, "+");
    info.local = is_local_run(info.hardware, info.title);
    return info;
}

bool is_number(std::string_view text) {
    return !text.empty() && text.size() < 12 &&
           std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

PerfTracker::PerfTracker(PerfTrackerPlace place, fs::path cache,
                         std::function<void(std::string_view)> progress, std::stop_token stop)
    : place_(std::move(place)),
      cache_(std::move(cache)),
      progress_(std::move(progress)),
      stop_(std::move(stop)) {
    while (place_.url.ends_with('/')) place_.url.pop_back();
}

Result<HttpResponse> PerfTracker::ask(const HttpRequest& request, const OnBody& on_body) {
    for (int attempt = 1;; ++attempt) {
        Result<HttpResponse> response = client_.send(request, on_body, stop_);
        if (!is_transient(response) || attempt == kTries) return response;
        auto wait = kFirstPause * (1 << (attempt - 1));
        if (response) {
            const int seconds = std::atoi(std::string(response->header("retry-after")).c_str());
            if (seconds > 0) wait = std::chrono::seconds(std::min(seconds, 30));
        }
        progress_(fmt::format(
            "{}; trying again ({} of {})",
            response ? fmt::format("the server answered {}", response->status) : response.error().what,
            attempt + 1, kTries));
        if (!pause(wait, stop_)) return std::unexpected(cancelled());
    }
}

Result<Json> PerfTracker::read(const std::string& path) {
    const HttpRequest request{.url = place_.url + path, .verify_certificate = place_.verify_certificate};
    TRY(const HttpResponse response, ask(request));
    if (response.status != 200) return std::unexpected(status_error(response, path));
    TRY(Json json, parse_json(response.body, path));
    if (text_at(json, "result") == "error") {
        return fail(Fault::Invalid, "{}: the server refused it: {} {}", path, text_at(json, "sError"),
                    one_line(text_at(json, "text"), 200));
    }
    return json;
}

Result<std::vector<std::pair<std::string, std::string>>> PerfTracker::projects() {
    TRY(const Json list, read("/api/v1.0/0/project/"));
    std::vector<std::pair<std::string, std::string>> projects;
    for (const Json& each : list)
        projects.emplace_back(std::to_string(integer_at(each, "id")), text_at(each, "name"));
    return projects;
}

// Newest first: jobs that come in meanwhile move rows from one page to the next, so that a row may come
// twice, but none is missed. Products are told apart by the caller: the server's search does not look at
// them.
Result<std::vector<JobInfo>> PerfTracker::jobs() {
    std::vector<JobInfo> jobs;
    std::set<std::string> seen;
    for (std::size_t start = 0;;) {
        TRY(const Json page,
            read(fmt::format(
                "/api/v1.0/{}/job/?length={}&start={}&order%5B0%5D%5Bcolumn%5D=2&order%5B0%5D%5Bdir%5D=desc",
                place_.project, kPage, start)));
        const Json& rows = member(page, "data");
        if (!rows.is_array())
            return fail(Fault::Corrupt, "the job list of {} has no \"data\": is this a PerfTracker server?",
                        place_.url);
        for (const Json& row : rows) {
            JobInfo info = info_of(row);
            if (seen.insert(info.id).second) jobs.push_back(std::move(info));
        }
        start += rows.size();
        const std::int64_t total = integer_at(page, "recordsFiltered");
        progress_(fmt::format("{} of {} jobs listed", start, total));
        if (rows.empty() || static_cast<std::int64_t>(start) >= total || start > kMostRows) return jobs;
    }
}

Result<> PerfTracker::download(const std::string& id, const fs::path& part) {
    std::error_code code;
    const std::uint64_t have = fs::exists(part, code) ? fs::file_size(part, code) : 0;
    Descriptor file(::open(part.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
    if (!file) return std::unexpected(errno_error("writing", part));
    const std::string path = fmt::format("/{}/job/{}?as_json=1", place_.project, id);
    HttpRequest request{.url = place_.url + path, .verify_certificate = place_.verify_certificate};
    if (have > 0) request.headers.emplace_back("Range", fmt::format("bytes={}-", have));
    std::uint64_t written = 0;
    Result<> stored;
    // A server that knows no ranges, or has something else now, sends all of it: then it begins anew.
    request.on_head = [&](const HttpResponse& head) {
        const bool goes_on =
            head.status == 206 && head.header("content-range").starts_with(fmt::format("bytes {}-", have));
        const off_t at = goes_on ? static_cast<off_t>(have) : 0;
        if (::ftruncate(file.get(), at) != 0 || ::lseek(file.get(), at, SEEK_SET) != at)
            stored = std::unexpected(errno_error("writing", part));
    };
    const auto on_body = [&](std::string_view piece) {
        written += piece.size();
        if (written > kMostBytes)
            stored = fail(Fault::Invalid, "job {} is larger than {}", id, bytes_text(kMostBytes));
        if (stored) stored = write_all(file.get(), piece, part);
        return stored.has_value();
    };
    TRY(const HttpResponse response, client_.send(request, on_body, stop_));
    TRY_OK(stored);
    if (response.status == 416) {  // what is there is no beginning of what the server has now
        fs::remove(part, code);
        return fail(Fault::Unavailable, "{}: the download has to begin anew", path);
    }
    if (response.status != 200 && response.status != 206)
        return std::unexpected(status_error(response, path));
    progress_(fmt::format("job {}: {} fetched", id, bytes_text(static_cast<double>(written))));
    return {};
}

Result<fs::path> PerfTracker::fetch(const std::string& id) {
    if (!is_number(id)) return fail(Fault::Invalid, "'{}' is no job's number", id);
    const fs::path file = cache_ / fmt::format("job-{}.json", id);
    const fs::path origin = cache_ / fmt::format("job-{}.json.from", id);
    const fs::path part = cache_ / fmt::format("job-{}.json.part", id);
    std::error_code code;
    if (const auto from = read_file(origin); from && *from == place_.url && fs::exists(file, code)) {
        progress_(fmt::format("job {}: there already", id));
        return file;
    }
    TRY_OK(make_folder(cache_));
    for (int attempt = 1;; ++attempt) {
        Result<> done = download(id, part);
        if (done) {
            // Whole and sound, or not at all: a body that ends early may still be a good HTTP answer.
            const auto jobs = load_jobs(part);
            if (jobs) break;
            fs::remove(part, code);
            done = fail(Fault::Unavailable, "job {} came damaged: {}", id, jobs.error().what);
        }
        const Fault fault = done.error().fault;
        if ((fault != Fault::Unavailable && fault != Fault::TimedOut) || attempt == kTries)
            return std::unexpected(done.error());
        progress_(fmt::format("{}; trying again ({} of {})", done.error().what, attempt + 1, kTries));
        if (!pause(kFirstPause * (1 << (attempt - 1)), stop_)) return std::unexpected(cancelled());
    }
    fs::rename(part, file, code);
    if (code) return fail(Fault::Internal, "renaming {}: {}", part.string(), code.message());
    TRY_OK(write_file(origin, place_.url));
    return file;
}

Result<std::string> PerfTracker::uuid_of(const JobInfo& job) {
    if (!job.uuid.empty()) return job.uuid;
    TRY(const Json json, read(fmt::format("/api/v1.0/{}/job/{}", place_.project, job.id)));
    const std::string uuid = text_at(json, "uuid");
    if (uuid.empty()) return fail(Fault::NotFound, "job {} has no uuid on the server", job.id);
    return uuid;
}

Result<> PerfTracker::send_artefact(const std::string& uuid, const std::string& job_uuid,
                                    std::string_view filename, std::string_view mime,
                                    std::string_view description, const std::string& content) {
    const std::string boundary = "culprit-" + uuid4();
    std::string body;
    const auto field = [&](std::string_view name, std::string_view value) {
        body += fmt::format("--{}\r\nContent-Disposition: form-data; name=\"{}\"\r\n\r\n{}\r\n", boundary,
                            name, value);
    };
    field("filename", filename.substr(0, 128));
    field("description", description.substr(0, 256));
    field("mime", mime.substr(0, 32));
    field("ttl_days", "180");
    field("inline", "true");
    field("compression", "false");
    field("linked_uuids", fmt::format("[\"{}\"]", job_uuid));
    body += fmt::format(
        "--{}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{}\"\r\nContent-Type: {}\r\n\r\n",
        boundary, filename, mime);
    body += content;
    body += fmt::format("\r\n--{}--\r\n", boundary);
    const HttpRequest request{
        .method = "POST",
        .url = fmt::format("{}/api/v1.0/{}/artifact/{}", place_.url, place_.project, uuid),
        .headers = {{"Content-Type", "multipart/form-data; boundary=" + boundary}},
        .body = std::move(body),
        .verify_certificate = place_.verify_certificate};
    TRY(const HttpResponse response, client_.send(request, {}, stop_));
    if (response.status != 200) return std::unexpected(status_error(response, "storing the report"));
    return {};
}

Result<std::string> PerfTracker::upload(const JobInfo& job, std::string_view filename, std::string_view mime,
                                        std::string_view description, const std::string& content) {
    TRY(const std::string job_uuid, uuid_of(job));
    std::string uuid;
    for (int attempt = 1;; ++attempt) {
        uuid = uuid4();  // a failed POST spoils its uuid for good
        const Result<> sent = send_artefact(uuid, job_uuid, filename, mime, description, content);
        if (sent) break;
        const Fault fault = sent.error().fault;
        if ((fault != Fault::Unavailable && fault != Fault::TimedOut) || attempt == kTries)
            return std::unexpected(sent.error());
        progress_(fmt::format("{}; trying again ({} of {})", sent.error().what, attempt + 1, kTries));
        if (!pause(kFirstPause * (1 << (attempt - 1)), stop_)) return std::unexpected(cancelled());
    }
    TRY(const Json back, read(fmt::format("/api/v1.0/{}/job/{}", place_.project, job.id)));
    for (const Json& artefact : member(back, "artifacts")) {
        if (text_at(artefact, "uuid") == uuid)
            return fmt::format("{}/0/artifact_content/{}", place_.url, uuid);
    }
    return fail(Fault::Internal,
                "the report was stored as artefact {}, but job {} does not list it: it is not linked", uuid,
                job.id);
}

}  // namespace culprit
