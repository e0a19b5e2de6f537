// jobs_history, jobs_trends, jobs_acknowledge, jobs_pin: what is kept of earlier comparisons.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <ranges>

#include "base/clock.h"
#include "base/text.h"
#include "memory/project_memory.h"
#include "tools/jobs/plans.h"
#include "tools/jobs/store/history.h"
#include "tools/jobs/tools.h"

namespace culprit {

namespace {

Arg store_arg() {
    return {"store", Kind::String, "the history: a file or postgresql://...; default: .culprit/history.db",
            ""};
}
Arg product_arg() {
    return {"product", Kind::String, "of which product; may be left out if the history has one only", ""};
}

std::string place_of(const Args& args, const Workbench& bench) {
    const std::string& given = args.text("store");
    return given.empty() ? (bench.memory.folder().parent_path() / "history.db").string() : given;
}

Result<History> open_history(const Args& args, const Workbench& bench) {
    return History::open(place_of(args, bench));
}

// To read, which no one is asked about: a history that is there, and in the roots unless a person named it.
Result<History> open_to_read(const Args& args, const Workbench& bench) {
    std::string place = place_of(args, bench);
    if (!bench.by_person && !args.text("store").empty()) {
        if (is_server(place))
            return fail(Fault::Denied,
                        "a history on a server is for a person to open: culprit jobs trends --store URL");
        TRY(const fs::path file, bench.roots.resolve(place));
        place = file.string();
    }
    std::error_code code;
    if (!is_server(place) && !fs::exists(place, code))
        return fail(Fault::NotFound, "there is no history {} yet: culprit jobs compare --store FILE makes it",
                    place);
    return History::open(place);
}

Result<std::string> product_of(const Args& args, History& history) {
    if (!args.text("product").empty()) return args.text("product");
    TRY(const std::vector<std::string> products, history.products());
    if (products.size() == 1) return products[0];
    return fail(Fault::Invalid, "which product? the history has {}",
                products.empty() ? "none yet: culprit jobs compare --store fills it" : join(products, ", "));
}

Json json_of(const Series& series) {
    Json jobs = Json::array();
    for (std::size_t i = 0; i < series.jobs.size(); ++i) {
        const PastJob& job = series.jobs[i];
        jobs.push_back(
            {{"job", job.job}, {"version", job.version}, {"ended", job.ended}, {"level", series.level[i]}});
    }
    return {{"test", series.test},       {"hardware", series.hardware},
            {"unit", series.unit},       {"less_better", series.better == Better::Less},
            {"noise", series.noise},     {"drift", series.drift},
            {"changes", series.changes}, {"jobs", std::move(jobs)}};
}

// How much worse the newest level is than the one before the last change; 0 without a change.
double last_change(const Series& series) {
    if (series.changes.empty()) return 0;
    const auto mean = [&](std::size_t first, std::size_t end) {
        double sum = 0, count = 0;
        for (std::size_t i = first; i < end; ++i) {
            if (!std::isfinite(series.level[i])) continue;
            sum += series.level[i];
            ++count;
        }
        return sum / count;
    };
    const std::size_t at = series.changes.back();
    const std::size_t before = series.changes.size() > 1 ? series.changes[series.changes.size() - 2] : 0;
    const double change = mean(at, series.level.size()) / mean(before, at) - 1;
    if (!std::isfinite(change)) return 0;
    return series.better == Better::Less ? change : -change;
}

// How much worse the level drifted since then.
double drift(const Series& series) { return series.better == Better::Less ? series.drift : -series.drift; }

std::string trend_line(const Series& series, double worse, std::string_view how, const PastJob& since) {
    return fmt::format("{:>8} {} {}since {} ({})  {} on {}\n", percent(std::abs(worse)),
                       worse > 0 ? "worse " : "better", how, since.version, since.ended.substr(0, 10),
                       one_line(series.test, 80), series.hardware);
}

std::string level_text(double level) {
    return std::isfinite(level) ? fmt::format("{:.1f} %", 100 * level) : "no points in common";
}

constexpr double kNoisy = 0.05;

Result<Output> run_history(const Args& args, Workbench& bench) {
    TRY(History history, open_to_read(args, bench));
    TRY(const std::string product, product_of(args, history));
    TRY(const std::vector<Series> all, history.series(product, args.text("test")));
    if (all.empty())
        return fail(Fault::NotFound, "the history of {} has no test '{}'; culprit jobs trends lists them",
                    product, args.text("test"));
    Output output{.data = Json::array()};
    for (const Series& series : all) {
        output.text += fmt::format(
            "{} on {}: {} jobs, noise {}{}{}\n", series.test, series.hardware, series.jobs.size(),
            percent(series.noise), series.noise > kNoisy ? " (a noisy test: small changes say little)" : "",
            series.drift == 0
                ? ""
                : fmt::format(", drifted by {:+.1f} % {}", 100 * series.drift,
                              series.changes.empty() ? "over all of them" : "since the last change"));
        for (std::size_t i = 0; i < series.jobs.size(); ++i) {
            const PastJob& job = series.jobs[i];
            const bool changes = std::ranges::find(series.changes, i) != series.changes.end();
            output.text += fmt::format("{:10}  {:16}  job {:8}  {:>9}{}\n", job.ended.substr(0, 10),
                                       job.version, job.job, level_text(series.level[i]),
                                       changes ? "  <- the level changed here" : "");
        }
        output.data.push_back(json_of(series));
    }
    output.text += "levels are relative to the newest job\n";
    return output;
}

Result<Output> run_trends(const Args& args, Workbench& bench) {
    TRY(History history, open_to_read(args, bench));
    TRY(const std::string product, product_of(args, history));
    TRY(std::vector<Series> all, history.series(product, ""));
    std::ranges::stable_sort(all, std::ranges::greater{}, [](const Series& series) {
        return std::max(std::abs(last_change(series)), std::abs(series.drift));
    });
    TRY(const auto counts, history.counts(product));
    const auto changed =
        std::ranges::count_if(all, [](const Series& series) { return !series.changes.empty(); });
    const auto drifting = std::ranges::count_if(all, [](const Series& series) { return series.drift != 0; });
    const auto noisy = std::ranges::count_if(all, [](const Series& series) { return series.noise > kNoisy; });
    Output output{.text = fmt::format(
                      "{}: {} jobs, {} series; {} changed their level, {} drift, {} are noisy (over {})\n",
                      product, counts.first, all.size(), changed, drifting, noisy, percent(kNoisy)),
                  .data = {{"product", product}, {"jobs", counts.first}, {"series", Json::array()}}};
    const auto limit = static_cast<std::size_t>(std::clamp<std::int64_t>(args.integer("limit"), 1, 100000));
    for (const Series& series : all | std::views::take(limit)) {
        if (last_change(series) == 0 && series.drift == 0) break;
        const PastJob& since = series.jobs[series.changes.empty() ? 0 : series.changes.back()];
        if (last_change(series) != 0) output.text += trend_line(series, last_change(series), "", since);
        if (series.drift != 0) output.text += trend_line(series, drift(series), "drifting ", since);
        Json row = json_of(series);
        row["last_change"] = last_change(series);
        row["since"] = since.version;
        output.data["series"].push_back(std::move(row));
    }
    TRY(const std::vector<Acknowledgement> known, history.acknowledged(product));
    for (const Acknowledgement& each : known)
        output.text += fmt::format("acknowledged: {} ({}, {} {})\n", each.test, each.why, each.by,
                                   each.at.substr(0, 10));
    return output;
}

Result<Output> run_acknowledge(const Args& args, Workbench& bench) {
    TRY(History history, open_history(args, bench));
    TRY(const std::string product, product_of(args, history));
    const std::string& test = args.text("test");
    if (args.flag("withdraw")) {
        TRY_OK(history.withdraw(product, test));
        return Output{.text = fmt::format("{}: {} counts again\n", product, test),
                      .data = {{"acknowledged", false}}};
    }
    if (args.text("why").empty())
        return fail(Fault::Invalid, "say why the regression is accepted: --why TEXT");
    const char* user = std::getenv("USER");
    TRY_OK(history.acknowledge(
        product,
        {.test = test, .why = args.text("why"), .by = user ? user : "", .at = time_text(Clock().now())}));
    return Output{.text = fmt::format("{}: a regression of {} no longer blocks\n", product, test),
                  .data = {{"acknowledged", true}}};
}

Result<Output> run_pin(const Args& args, Workbench& bench) {
    TRY(History history, open_history(args, bench));
    TRY(const std::string product, product_of(args, history));
    const std::string job = args.flag("release") ? "" : args.text("job");
    TRY_OK(history.pin(product, args.text("hardware"), job));
    return Output{
        .text = job.empty()
                    ? fmt::format("{} on {}: no baseline is pinned\n", product, args.text("hardware"))
                    : fmt::format("{} on {}: job {} is the baseline\n", product, args.text("hardware"), job),
        .data = {{"pinned", job}}};
}

}  // namespace

Tool jobs_history_tool() {
    return {"jobs_history",
            "jobs history",
            "Show how a benchmark test stood in every job that was kept, and where its level changed.",
            Effect::Reads,
            {{"test", Kind::String, "the test's name as reports write it"}, product_arg(), store_arg()},
            run_history,
            "jobs history \"GET /orders\""};
}

Tool jobs_trends_tool() {
    return {"jobs_trends",
            "jobs trends",
            "List the tests of a product whose level changed over the jobs that were kept, the largest last "
            "change "
            "first, and what regressions are acknowledged.",
            Effect::Reads,
            {{"product", Kind::String, "of which product"},
             {"limit", Kind::Integer, "most rows", std::int64_t{30}},
             store_arg()},
            run_trends,
            "jobs trends orders-api"};
}

Tool jobs_acknowledge_tool() {
    return {"jobs_acknowledge",
            "jobs ack",
            "Accept the known regression of a test: it is still reported, but no longer blocks.",
            Effect::Runs,
            {{"test", Kind::String, "the test's name as reports write it"},
             {"why", Kind::String, "why it is accepted", ""},
             {"withdraw", Kind::Boolean, "let it count again", false},
             product_arg(),
             store_arg()},
            run_acknowledge,
            "jobs ack \"GET /orders\" --why \"encryption was switched on\"",
            plan_jobs_acknowledge};
}

Tool jobs_pin_tool() {
    return {"jobs_pin",
            "jobs pin",
            "Pin a job as the baseline of a product on a machine, for comparisons by product.",
            Effect::Runs,
            {{"hardware", Kind::String, "the machine"},
             {"job", Kind::String, "the job's number or id"},
             {"release", Kind::Boolean, "pin none", false},
             product_arg(),
             store_arg()},
            run_pin,
            "jobs pin bench-a1 4711 --product orders-api",
            plan_jobs_pin};
}

}  // namespace culprit
