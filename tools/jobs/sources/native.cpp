// Reads culprit's own job files:
//   {jobId, product, version, hardware, branch, localRun, startedAt, title, project, uuid, tests: [
//     {name, group, metric, unit, higherIsBetter, points: [{x, y, samples: [...]}]}]}
// Only tests, name and points must be there. y may be missing if there are samples: it is their mean. A test
// without a group belongs to what stands before the first '/' of its name.
#include "tools/jobs/sources/json.h"
#include "tools/jobs/sources/source.h"

namespace culprit {
namespace {

using namespace job_json;

class Reader {
  public:
    explicit Reader(const JobFile& file) { builder_.info = {.id = file.name, .ended = file.ended}; }

    error_code read_job(value job) {
        return each_member(job, [this](std::string_view key, value inner) {
            JobInfo& info = builder_.info;
            if (key == "jobId") return read(inner, info.id);
            if (key == "product") return read(inner, info.product);
            if (key == "version") return read(inner, info.version);
            if (key == "hardware") return read(inner, info.hardware);
            if (key == "branch") return read(inner, info.branch);
            if (key == "title") return read(inner, info.title);
            if (key == "project") return read(inner, info.project);
            if (key == "uuid") return read(inner, info.uuid);
            if (key == "localRun") return read(inner, info.local);
            if (key == "startedAt") return read(inner, info.ended);
            if (key == "tests") return each_element(inner, [this](value test) { return read_test(test); });
            return simdjson::SUCCESS;
        });
    }

    Job finish() && { return std::move(builder_).finish(); }

  private:
    error_code read_test(value test) {
        std::string_view name, group, metric, unit;
        bool higher_is_better = false, has_group = false;
        points_.clear();
        const auto error = each_member(test, [&](std::string_view key, value inner) {
            if (key == "name") return read(inner, name);
            if (key == "metric") return read(inner, metric);
            if (key == "unit") return read(inner, unit);
            if (key == "higherIsBetter") return read(inner, higher_is_better);
            if (key == "points")
                return each_element(inner, [this](value point) { return read_point(point); });
            if (key != "group") return simdjson::SUCCESS;
            has_group = true;
            return read(inner, group);
        });
        if (error) return error;
        const std::size_t slash = name.find('/');
        if (!has_group && slash != std::string_view::npos) group = name.substr(0, slash);
        const std::size_t index =
            builder_.test({group, name}, unit, higher_is_better ? Better::More : Better::Less, metric);
        for (const Point& point : points_) builder_.add(index, point);
        return simdjson::SUCCESS;
    }

    error_code read_point(value point) {
        double x = 0, y = std::numeric_limits<double>::quiet_NaN();
        samples_.clear();
        const auto error = each_member(point, [&](std::string_view key, value inner) {
            if (key == "x") return read(inner, x);
            if (key == "y") return read(inner, y);
            if (key != "samples") return simdjson::SUCCESS;
            return each_element(inner,
                                [this](value sample) { return read(sample, samples_.emplace_back()); });
        });
        Point read_point{.x = x, .y = y};
        if (!samples_.empty()) {
            read_point = point_of(x, samples_);
            if (!std::isnan(y)) read_point.y = y;
        }
        points_.push_back(read_point);
        return error;
    }

    JobBuilder builder_;
    std::vector<Point> points_;
    std::vector<double> samples_;
};

bool is_native(std::string_view head) {
    const bool is_object = head.find_first_not_of(" \t\r\n\xEF\xBB\xBF") == head.find('{');
    return is_object && head.contains("\"tests\"") && head.contains("\"points\"");
}

Result<std::vector<Job>> parse(simdjson::padded_string_view text, const JobFile& file) {
    Reader reader(file);
    TRY_OK(read_document(text, file.name, [&](value root) { return reader.read_job(root); }));
    std::vector<Job> jobs;
    jobs.push_back(std::move(reader).finish());
    return jobs;
}

}  // namespace

JobSource native_source() { return {"job JSON", is_native, parse}; }

}  // namespace culprit
