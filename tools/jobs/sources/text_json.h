// What the readers of small reports share, which are read whole.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "tools/jobs/job.h"

namespace culprit::job_json {

// The numbers of an array, in order; what is none is left out.
std::vector<double> numbers_of(const Json& array);

// A point from a mean, a standard deviation and how many values they come from (0: not known).
Point point_of_summary(double x, double mean, double deviation, double count);

// Text as it is, numbers as they are written ("5", "2.5", "true"), anything else as JSON.
std::string shown(const Json& value);

// One parameter alone that is a number becomes x: {n: 100} gives x 100 and load "n". Any others, or several,
// become part of the name: " (a=1, b=2)".
struct Parameters {
    double x = 0;
    std::string load, suffix;
};
Parameters parameters_of(const std::vector<std::pair<std::string, std::string>>& named);

// The jobs list of one job.
std::vector<Job> only(JobBuilder&& builder);

// True if `head` begins an object and holds each of the words.
bool is_object_with(std::string_view head, std::initializer_list<std::string_view> words);

}  // namespace culprit::job_json
