// jobs_compare: the release gate over two benchmark jobs.
#include "base/clock.h"
#include "base/text.h"
#include "memory/project_memory.h"
#include "tools/jobs/causes.h"
#include "tools/jobs/notices.h"
#include "tools/jobs/output.h"
#include "tools/jobs/pairs.h"
#include "tools/jobs/plans.h"
#include "tools/jobs/report/report.h"
#include "tools/jobs/store/history.h"
#include "tools/jobs/tools.h"

namespace culprit {

namespace {

DetectSettings settings_of(const Args& args) {
    DetectSettings settings;
    settings.least_change = args.number("least_change") / 100;
    settings.severe = args.number("severe") / 100;
    settings.critical = args.number("critical") / 100;
    return settings;
}

constexpr std::size_t kRowsShown = 25;

// One call of the gate, over one pair or one for each product.
class Gate {
  public:
    Gate(const Args& args, Workbench& bench)
        : args_(args),
          bench_(bench),
          state_(args.text("output_dir").empty() ? bench.memory.folder().parent_path()
                                                 : fs::absolute(args.text("output_dir"))) {}

    Result<Output> run() {
        TRY_OK(prepare());
        const std::vector<std::string>& products = args_.list("product");
        if (products.empty()) {
            TRY_OK(compare_one(""));
            output_.data["finding"] = finding_;
            return std::move(output_);
        }
        output_.data = {{"comparisons", Json::array()}};
        std::vector<std::string> failed;
        for (const std::string& product : products) {
            const Result<> done = compare_one(product);
            if (done) continue;
            if (done.error().fault == Fault::Cancelled || products.size() == 1)
                return std::unexpected(done.error());
            failed.push_back(fmt::format("{}: {}", product, done.error().what));
        }
        if (failed.size() == products.size()) return fail(Fault::NotFound, "{}", join(failed, "\n"));
        for (const std::string& each : failed) output_.text += "not compared: " + each + "\n";
        finding_ = finding_ || !failed.empty();  // what was not compared was not approved
        output_.data["finding"] = finding_;
        return std::move(output_);
    }

  private:
    Result<> prepare() {
        request_.cache = state_ / "data";
        request_.most_history =
            static_cast<std::size_t>(std::clamp<std::int64_t>(args_.integer("most_history"), 0, 100));
        if (!args_.text("url").empty())
            request_.server = {.url = args_.text("url"),
                               .project = args_.text("project"),
                               .verify_certificate = !args_.flag("insecure")};
        for (const std::string& filter : args_.list("filter")) {
            TRY(JobFilter parsed, parse_filter(filter));
            request_.filters.push_back(std::move(parsed));
        }
        const auto references = [&](std::string_view name, std::vector<PairRequest::Reference>& into) {
            for (const std::string& each : args_.list(name)) {
                const auto file = bench_.roots.resolve(each);
                into.push_back({.file = file ? *file : fs::path(), .id = each});
            }
        };
        references("jobs", request_.jobs);
        references("history", request_.history);
        TRY_OK(open_history());
        if (!history_) return {};
        request_.pinned = [this](const std::string& product, const std::string& hardware) {
            return history_->pinned(product, hardware).value_or("");
        };
        return {};
    }

    // Files are compared without leaving a trace, unless the project keeps a history already.
    Result<> open_history() {
        std::string place = args_.text("store");
        const fs::path own = state_ / "history.db";
        std::error_code code;
        if (place.empty() && (request_.server || !args_.list("product").empty() || fs::exists(own, code)))
            place = own.string();
        if (place.empty() || place == "none") return {};
        TRY(History history, History::open(place));
        history_.emplace(std::move(history));
        return {};
    }

    Result<> compare_one(const std::string& product) {
        request_.product = product;
        TRY(JobPair pair,
            find_pair(
                request_, [this](std::string_view what) { bench_.progress(what, -1); }, bench_.stop));
        Comparison comparison = compare(std::move(pair.baseline), std::move(pair.candidate),
                                        std::move(pair.history), settings_of(args_));
        TRY_OK(remember_jobs(comparison));
        const Ruling ruling = rule(comparison);
        TRY(comparison.causes,
            find_causes(
                bench_, comparison, ruling,
                {.from = args_.text("from"), .to = args_.text("to"), .profiles = args_.list("profiles")}));
        if (history_) TRY_OK(history_->record(comparison, ruling, time_text(Clock().now())));
        const fs::path folder = report_folder(state_, comparison);
        TRY(const std::string markdown, report_of(comparison, ruling));
        TRY_OK(write_reports(folder, comparison, ruling, markdown));
        output_.text += pair.account + summary_text(comparison, ruling, kRowsShown);
        output_.text += fmt::format("report: {}\n", (folder / "report.html").string());
        if (args_.flag("github")) output_.text += github_annotations(comparison, ruling);
        finding_ = finding_ || ruling.verdict == GateVerdict::Block ||
                   (args_.flag("strict") && ruling.verdict == GateVerdict::Review);
        Json result = result_json(comparison, ruling);
        if (product.empty())
            output_.data = std::move(result);
        else
            output_.data["comparisons"].push_back(std::move(result));
        return publish(comparison, ruling, markdown);
    }

    Result<std::string> report_of(const Comparison& comparison, const Ruling& ruling) {
        if (args_.text("report").empty()) return markdown_report(comparison, ruling);
        TRY(const fs::path file, bench_.roots.resolve(args_.text("report")));
        return own_report(file, ruling);
    }

    // What a job measured is kept; what was acknowledged before is looked up.
    Result<> remember_jobs(Comparison& comparison) {
        if (!history_) return {};
        for (const Job& job : comparison.history) TRY_OK(history_->record_if_new(job));
        TRY_OK(history_->record_if_new(comparison.baseline));
        TRY_OK(history_->record(comparison.candidate));
        TRY(const std::vector<Acknowledgement> known,
            history_->acknowledged(comparison.candidate.info.product));
        for (const Acknowledgement& each : known) comparison.acknowledged.insert(each.test);
        return {};
    }

    Result<> publish(const Comparison& comparison, const Ruling& ruling, const std::string& markdown) {
        const JobInfo &before = comparison.baseline.info, &after = comparison.candidate.info;
        const std::string title = fmt::format("{}: {} {} vs {}", to_string(ruling.verdict), after.product,
                                              before.version, after.version);
        std::string link;
        if (args_.flag("upload")) {
            if (!request_.server) return fail(Fault::Invalid, "--upload needs the server's --url");
            PerfTracker server(
                *request_.server, request_.cache,
                [this](std::string_view what) { bench_.progress(what, -1); }, bench_.stop);
            TRY(link, server.upload(after, "llm_report.md", "text/markdown; charset=utf-8", title, markdown));
            TRY(const std::string page, server.upload(after, "report.html", "text/html; charset=utf-8", title,
                                                      html_report(comparison, ruling)));
            output_.text += fmt::format("uploaded: {}\n          {}\n", link, page);
        }
        const Notice notice{.title = title, .text = summary_text(comparison, ruling, 10), .link = link};
        for (const std::string& target : args_.list("notify"))
            TRY_OK(send_notice(target, notice, bench_.stop));
        return {};
    }

    const Args& args_;
    Workbench& bench_;
    const fs::path state_;
    PairRequest request_;
    std::optional<History> history_;
    Output output_;
    bool finding_ = false;  // something that should fail a pipeline
};

Result<Output> run_compare(const Args& args, Workbench& bench) { return Gate(args, bench).run(); }

}  // namespace

Tool jobs_compare_tool() {
    return {
        "jobs_compare",
        "jobs compare",
        "Compare two benchmark jobs test by test and rule BLOCK, REVIEW or APPROVE. Jobs are files (of "
        "PerfTracker, BenchmarkDotNet, Google Benchmark, criterion, hyperfine, pytest-benchmark, k6, or a "
        "CSV "
        "table) or numbers on a PerfTracker server; with a product the newest two comparable jobs are found. "
        "About six earlier jobs of the same machine tell noise from change. Writes a report (Markdown, HTML, "
        "JUnit, result_v2.json).",
        Effect::Runs,
        {
            {"jobs", Kind::Paths, "the baseline and the candidate: files, or numbers on the server", ""},
            {"history", Kind::Paths, "earlier jobs of the same hardware, in any order", ""},
            {"product", Kind::Strings, "products whose newest comparable jobs are to be found", ""},
            {"filter", Kind::Strings, "jobs to find: hardware=bench-a1, title~nightly, version!=1.2", ""},
            {"url", Kind::String, "the PerfTracker server", ""},
            {"project", Kind::String, "its project's number; 0: all", "0"},
            {"insecure", Kind::Boolean, "do not check the server's certificate", false},
            {"most_history", Kind::Integer, "earlier jobs to fetch as reference", std::int64_t{6}},
            {"report", Kind::Path,
             "a report to keep and upload in place of the program's, as jobs-report wrote it", ""},
            {"upload", Kind::Boolean, "store the report at the candidate's job", false},
            {"notify", Kind::Strings, "tell slack:URL, teams:URL, smtp://USER@HOST?from=A&to=B or env:NAME",
             ""},
            {"store", Kind::String,
             "the history: a file, postgresql://... or none; default: .culprit/history.db where jobs come "
             "from a "
             "server or by product, or where it is there already",
             ""},
            {"output_dir", Kind::String, "folder for reports and fetched jobs; default: .culprit", ""},
            {"from", Kind::String, "revision of the baseline's sources; default: the tag of its version", ""},
            {"to", Kind::String, "revision of the candidate's sources, likewise", ""},
            {"profiles", Kind::Paths, "profiles of the baseline and of the candidate, to find the edit", ""},
            {"least_change", Kind::Number, "smallest change to report, in percent", 2.0},
            {"severe", Kind::Number, "a regression is Severe from so many percent on", 10.0},
            {"critical", Kind::Number, "and Critical from so many", 25.0},
            {"strict", Kind::Boolean, "exit with 1 on REVIEW too", false},
            {"github", Kind::Boolean, "print annotations for GitHub's log", false},
        },
        run_compare,
        "jobs compare baseline.json candidate.json --history earlier/*.json",
        plan_jobs_compare};
}

}  // namespace culprit
