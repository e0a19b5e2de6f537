// Reads the whole job that a PerfTracker server sends for /P/job/ID?as_json=1: one object, its tests in no
// order, each with one score at one load.
//
// A curve is a group and a tag; x is the number in the category ("2000 policies"), what else the category
// says is what x counts. Scores in "avg_score" are exact; a test whose status is not SUCCESS has none
// (FAILED says 0). "scores", "links" and "attribs" are text that holds JSON and are left alone.
//
// Source  captured answers of PerfTracker 0.4.6 (perfguru87/perftracker), tests/unit/tools/jobs/perftracker
#include <algorithm>

#include "base/text.h"
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
            if (key == "id") return read(inner, info.id);
            if (key == "uuid") return read(inner, info.uuid);
            if (key == "title") return read(inner, info.title);
            if (key == "product_name") return read(inner, info.product);
            if (key == "product_ver") return read(inner, info.version);
            if (key == "end") return read(inner, info.ended);
            if (key == "deleted") return read(inner, deleted_);
            if (key == "project")
                return each_member(inner, [&](std::string_view name, value id) {
                    return name == "id" ? read(id, info.project) : simdjson::SUCCESS;
                });
            if (key == "env_nodes")
                return each_element(inner, [this](value node) { return read_node(node); });
            if (key == "tests") return each_element(inner, [this](value test) { return read_test(test); });
            return simdjson::SUCCESS;
        });
    }

    Job finish() && {
        JobInfo& info = builder_.info;
        std::ranges::sort(top_nodes_);
        info.hardware = join(top_nodes_, "+");
        info.local = is_local_run(info.hardware, info.title);
        if (deleted_) builder_.warn(fmt::format("job {} is marked as deleted on its server", info.id));
        return std::move(builder_).finish();
    }

  private:
    error_code read_node(value node) {
        std::string name;
        bool is_top = false;
        const auto error = each_member(node, [&](std::string_view key, value inner) {
            if (key == "name") return read(inner, name);
            if (key == "parent") return inner.is_null().get(is_top);
            return simdjson::SUCCESS;
        });
        if (is_top) top_nodes_.push_back(std::move(name));
        return error;
    }

    error_code read_test(value test) {
        std::string_view group, tag, category, unit, status;
        double score = 0, deviation = 0, samples = 0;
        bool less_better = false;
        const auto error = each_member(test, [&](std::string_view key, value inner) {
            if (key == "group") return read(inner, group);
            if (key == "tag") return read(inner, tag);
            if (key == "category") return read(inner, category);
            if (key == "metrics") return read(inner, unit);
            if (key == "status") return read(inner, status);
            if (key == "avg_score") return read(inner, score);
            if (key == "avg_dev") return read(inner, deviation);
            if (key == "samples") return read(inner, samples);
            if (key == "less_better") return read(inner, less_better);
            return simdjson::SUCCESS;
        });
        if (error) return error;
        double x = 0;
        if (!take_number(category, x, load_)) load_ = category;
        const std::size_t index =
            builder_.test({group, tag, load_}, unit, less_better ? Better::Less : Better::More);
        if (status != "SUCCESS") {
            builder_.add_failed(index);
            return simdjson::SUCCESS;
        }
        Point point{.x = x, .y = score};
        if (samples > 1) point.error = static_cast<float>(deviation / std::sqrt(samples - 1));
        builder_.add(index, point);
        return simdjson::SUCCESS;
    }

    JobBuilder builder_;
    std::vector<std::string> top_nodes_;
    std::string load_;
    bool deleted_ = false;
};

bool is_perftracker(std::string_view head) {
    return head.contains("\"env_nodes\"") && (head.contains("\"suite_ver\"") || head.contains("\"cmdline\""));
}

Result<std::vector<Job>> parse(simdjson::padded_string_view text, const JobFile& file) {
    Reader reader(file);
    TRY_OK(read_document(text, file.name, [&](value root) { return reader.read_job(root); }));
    std::vector<Job> jobs;
    jobs.push_back(std::move(reader).finish());
    return jobs;
}

}  // namespace

JobSource perftracker_source() { return {"PerfTracker", is_perftracker, parse}; }

}  // namespace culprit
