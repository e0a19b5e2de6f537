// A benchmark job: what one run of a suite measured on one machine, as curves over load.
//
// Shape     a test is a curve: points by rising x (threads, objects, bytes; 0 where there is no such thing),
//           each with the score y. A job holds its points in one row, each test a stretch of it.
// Units     y and error are in the test's unit; x has the suite's own meaning.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"

namespace culprit {

struct Point {
    double x = 0;
    double y = 0;
    // The standard error of y as the repetitions within the job have it; NaN if there were none.
    float error = std::numeric_limits<float>::quiet_NaN();
};

enum class Better { Less, More };

struct Test {
    std::string group, name, load;  // together unique in a job; load: what x counts ("objects"), may be empty
    std::string metric, unit;       // "latency_p95", "ms"; may be empty
    Better better = Better::Less;
    std::uint32_t first = 0, count = 0;  // its points
    std::uint32_t failed = 0;            // points that were tried and gave no value
};

struct JobInfo {
    std::string id;    // as its source names it; a file's name where that names none
    std::string uuid;  // PerfTracker's, for links
    std::string title, product, version, branch;
    std::string hardware;  // the machine that was measured; empty if unknown
    std::string ended;     // ISO 8601, or started where the source knows only that; empty if unknown
    std::string project;   // PerfTracker's number
    bool local = false;    // somebody's own run, not the farm's
};

struct Job {
    JobInfo info;
    std::vector<Test> tests;  // in the order of the source
    std::vector<Point> points;
    std::vector<std::string> warnings;  // what of the source could not be used

    std::span<const Point> points_of(const Test& test) const {
        return std::span(points).subspan(test.first, test.count);
    }
};

// Puts a job together from points in any order.
class JobBuilder {
  public:
    JobInfo info;

    struct Name {
        std::string_view group, name, load = {};
    };

    // The number of the test of that name, which is made when it is first asked for: unit, metric and
    // direction are those of the first time.
    std::size_t test(const Name& name, std::string_view unit, Better better, std::string_view metric = {});
    void add(std::size_t test, Point point);  // a value that is not finite counts as failed
    void add_failed(std::size_t test) { ++job_.tests[test].failed; }
    void warn(std::string_view warning);
    bool is_empty() const { return job_.tests.empty(); }

    // Sorts the points of each test by x; what has the same x becomes one point, their mean.
    Job finish() &&;

  private:
    struct Entry {
        std::uint32_t test;
        Point point;
    };
    Job job_;
    std::vector<Entry> entries_;
    std::unordered_map<std::string, std::size_t> index_;
    std::string key_, last_key_;
    std::size_t last_ = 0;
};

// The mean of the repetitions and its standard error; NaN as the error of a single one.
Point point_of(double x, std::span<const double> samples);

// True if the run is somebody's own: "local" (so "local-run" too) is a word of the machine's name or the
// title, in any case. A host in .localdomain is none.
bool is_local_run(std::string_view machine, std::string_view title);

// The first number in `text` ("1,000 objects", "x=2.5", "64kB"), with thousands separators; and the text
// without it. False if there is none.
bool take_number(std::string_view text, double& number, std::string& rest);

}  // namespace culprit
