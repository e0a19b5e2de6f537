#include "tools/jobs/server/discovery.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>

#include "base/clock.h"
#include "base/text.h"

namespace culprit {
namespace {

struct Field {
    std::string_view name;
    std::string JobInfo::*member;
};

constexpr std::array<Field, 6> kFields = {{{"title", &JobInfo::title},
                                           {"version", &JobInfo::version},
                                           {"branch", &JobInfo::branch},
                                           {"hardware", &JobInfo::hardware},
                                           {"project", &JobInfo::project},
                                           {"id", &JobInfo::id}}};

bool passes(const JobInfo& job, const JobFilter& filter) {
    const auto field = std::ranges::find(kFields, filter.field, &Field::name);
    const std::string& value = job.*(field->member);
    switch (filter.how) {
        case JobFilter::How::Is: return to_lower(value) == to_lower(filter.value);
        case JobFilter::How::IsNot: return to_lower(value) != to_lower(filter.value);
        case JobFilter::How::Contains: return contains_ignoring_case(value, filter.value);
    }
    return false;
}

}  // namespace

Result<JobFilter> parse_filter(std::string_view text) {
    const std::size_t at = text.find_first_of("=~!");
    const bool is_not = at != std::string_view::npos && text.substr(at).starts_with("!=");
    if (at == std::string_view::npos || (text[at] == '!' && !is_not))
        return fail(Fault::Invalid,
                    "'{}' is no filter such as hardware=bench-a1, title~nightly or version!=1.2", text);
    JobFilter filter{.field = std::string(trim(text.substr(0, at))),
                     .how = is_not            ? JobFilter::How::IsNot
                            : text[at] == '~' ? JobFilter::How::Contains
                                              : JobFilter::How::Is,
                     .value = std::string(trim(text.substr(at + (is_not ? 2 : 1))))};
    if (std::ranges::find(kFields, filter.field, &Field::name) == kFields.end()) {
        return fail(Fault::Invalid,
                    "the filter '{}' names no field of a job (there are: title, version, branch, hardware, "
                    "project, id)",
                    text);
    }
    return filter;
}

std::optional<std::chrono::sys_seconds> instant_of(std::string_view iso) {
    int year = 0, read = 0;
    unsigned month = 0, day = 0, hour = 0, minute = 0, second = 0;
    const std::string copy(iso.substr(0, 40));
    const int fields = std::sscanf(copy.c_str(), "%4d-%2u-%2u%*1[T ]%2u:%2u:%2u%n", &year, &month, &day,
                                   &hour, &minute, &second, &read);
    const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month),
                                           std::chrono::day(day)};
    if (fields != 6 || read == 0 || !date.ok() || hour > 23 || minute > 59 || second > 60)
        return std::nullopt;
    const auto local = std::chrono::sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
                       std::chrono::seconds(second);
    std::string_view rest = std::string_view(copy).substr(static_cast<std::size_t>(read));
    if (rest.starts_with('.')) {
        rest.remove_prefix(1);
        while (!rest.empty() && rest[0] >= '0' && rest[0] <= '9') rest.remove_prefix(1);
    }
    if (rest.empty() || rest == "Z") return local;
    unsigned offset_hours = 0, offset_minutes = 0;
    const std::string offset(rest.substr(1));
    if ((rest[0] != '+' && rest[0] != '-') ||
        (std::sscanf(offset.c_str(), "%2u:%2u", &offset_hours, &offset_minutes) != 2 &&
         std::sscanf(offset.c_str(), "%2u%2u", &offset_hours, &offset_minutes) < 1))
        return std::nullopt;
    const auto ahead = std::chrono::hours(offset_hours) + std::chrono::minutes(offset_minutes);
    return rest[0] == '+' ? local - ahead : local + ahead;
}

std::string utc_text(std::string_view iso) {
    const auto instant = instant_of(iso);
    if (!instant) return std::string(iso);
    return time_text(*instant).substr(0, 19) + "Z";
}

namespace {

// The jobs that are left, and what each step took away.
class Sieve {
  public:
    Sieve(std::span<const JobInfo> jobs, std::string& account) : jobs_(jobs), account_(account) {
        for (std::size_t i = 0; i < jobs.size(); ++i) left_.push_back(i);
        account_ += fmt::format("{} jobs in the list\n", jobs.size());
    }

    template <class Keep>
    void keep(std::string_view what, Keep keep) {
        const std::size_t before = left_.size();
        std::erase_if(left_, [&](std::size_t i) { return !keep(jobs_[i]); });
        account_ += fmt::format("{} {} ({} left out)\n", left_.size(), what, before - left_.size());
    }

    const std::vector<std::size_t>& left() const { return left_; }

  private:
    std::span<const JobInfo> jobs_;
    std::string& account_;
    std::vector<std::size_t> left_;
};

struct Group {
    std::vector<std::size_t> jobs;  // newest first
    std::size_t baseline = 0;       // place in jobs, 0 if there is none
};

}  // namespace

Discovery discover(std::span<const JobInfo> jobs, std::string_view product,
                   std::span<const JobFilter> filters, std::size_t most_history) {
    Discovery found;
    Sieve sieve(jobs, found.account);
    sieve.keep(fmt::format("of product {}", product),
               [&](const JobInfo& job) { return job.product == product; });
    sieve.keep("without local runs", [](const JobInfo& job) { return !job.local; });
    for (const JobFilter& filter : filters) {
        sieve.keep(fmt::format("with {} {} {}", filter.field,
                               filter.how == JobFilter::How::Is      ? "="
                               : filter.how == JobFilter::How::IsNot ? "!="
                                                                     : "~",
                               filter.value),
                   [&](const JobInfo& job) { return passes(job, filter); });
    }
    sieve.keep("with hardware, version and time", [](const JobInfo& job) {
        return !job.hardware.empty() && !job.version.empty() && instant_of(job.ended);
    });
    std::map<std::pair<std::string, std::string>, Group> groups;
    for (const std::size_t i : sieve.left()) groups[{jobs[i].hardware, jobs[i].branch}].jobs.push_back(i);
    const Group* best = nullptr;
    for (auto& [where, group] : groups) {
        std::ranges::stable_sort(group.jobs, std::ranges::greater{},
                                 [&](std::size_t i) { return *instant_of(jobs[i].ended); });
        const JobInfo& newest = jobs[group.jobs[0]];
        for (std::size_t k = 1; k < group.jobs.size() && group.baseline == 0; ++k) {
            if (jobs[group.jobs[k]].version != newest.version) group.baseline = k;
        }
        found.account +=
            fmt::format("{}{}: {} jobs, newest {} ({}); {}\n", where.first,
                        where.second.empty() ? "" : " branch " + where.second, group.jobs.size(),
                        newest.version, newest.ended,
                        group.baseline == 0 ? "no other version to compare with"
                                            : "before it " + jobs[group.jobs[group.baseline]].version);
        if (group.baseline == 0) continue;
        if (!best || *instant_of(newest.ended) > *instant_of(jobs[best->jobs[0]].ended)) best = &group;
    }
    if (!best) {
        found.account +=
            "no two comparable jobs: wanted are two of the same hardware with different versions\n";
        return found;
    }
    found.candidate = best->jobs[0];
    found.baseline = best->jobs[best->baseline];
    for (const std::size_t i : best->jobs) {
        if (found.history.size() == most_history) break;
        if (i != *found.candidate && i != *found.baseline &&
            jobs[i].version != jobs[*found.candidate].version)
            found.history.push_back(i);
    }
    found.account +=
        fmt::format("chosen: {} ({}) against {} ({}) on {}, with {} earlier jobs\n",
                    jobs[*found.candidate].id, jobs[*found.candidate].version, jobs[*found.baseline].id,
                    jobs[*found.baseline].version, jobs[*found.candidate].hardware, found.history.size());
    return found;
}

}  // namespace culprit
