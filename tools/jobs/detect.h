// Whether a candidate job is slower than its baseline, test by test.
//
// What two runs of the same binary differ by is mostly the level of a whole curve (code layout, choices of
// the JIT), about nine times what the points of a run scatter by: so the noise is taken from earlier jobs of
// the same machine, where there are some, and from all tests of the pair where there are none.
//
// Method    logarithms of the scores, worse is up, against the point-wise median of baseline and history; the
//           shift of a whole job, and of a group in it, is taken off. A change has one of four shapes over
//           the load (everywhere, growing, from some load on, within a range of at least a fifth of the
//           curve): each is fitted with the weights that suit the curve's noise, in the candidate and
//           likewise in each earlier job, whose fits say how large a change noise alone makes. The odds of a
//           change against noise, over all shapes, sizes and the share of changed tests in this pair
//           (estimated from all of them, so that false alarms stay few in a pair without changes), decide.
// Units     change, low, high: share in the metric's own direction (latency +0.1: 10 % slower; throughput
//           -0.1: 10 % less).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tools/jobs/job.h"

namespace culprit {

enum class Outcome { Unchanged, Regressed, Improved };
enum class Severity { None, Moderate, Severe, Critical };
enum class Confidence { None, Low, Medium, High };

struct DetectSettings {
    double least_change = 0.02;  // smaller ones are left unsaid: as a factor of time, 1.02
    // How probable a change must be; without history a probability is worth less.
    double least_probability = 0.5, least_without_history = 0.65;
    double severe = 0.10, critical = 0.25;  // how much slower, as a factor of time less 1
    double medium = 0.80, high = 0.97;      // probability; high needs history too
};

struct Judged {
    std::size_t baseline = 0, candidate = 0;  // the test in each of the jobs
    Outcome change = Outcome::Unchanged;
    double share = 0, low = 0, high = 0;  // the change and its interval of 95 %
    double from = 0, to = 0;              // the range of x in which it is worst
    double slowdown = 0;                  // the change as a factor of time less 1; negative if it got better
    double consistency = 0;               // share of the range's points that lie on the same side
    double probability = 0;               // of a change, 0 to 1
    Severity severity = Severity::None;
    Confidence confidence = Confidence::None;
    double noise = 0;        // standard deviation of the curve's level between jobs, share; 0 without history
    std::size_t points = 0;  // that both jobs have
    std::size_t history = 0;  // earlier jobs that have the test
};

struct NotJudged {
    std::size_t baseline = 0, candidate = 0;
    std::string why;
};

struct Detection {
    std::vector<Judged> judged;  // in the order of the candidate
    std::vector<NotJudged> not_judged;
    std::vector<std::size_t> appeared;  // tests of the candidate that the baseline has not
    std::vector<std::size_t> vanished;  // tests of the baseline that the candidate has not
    double shift = 0;                   // of the whole candidate, share, worse is up: taken off each test
    double changed_share = 0;           // of the tests, estimated
    std::size_t history = 0;            // earlier jobs that could be used
};

// All jobs are of one machine; `history` in any order, without the pair.
Detection detect(const Job& baseline, const Job& candidate, std::span<const Job> history,
                 const DetectSettings& settings = {});

std::string_view to_string(Outcome change);
std::string_view to_string(Severity severity);
std::string_view to_string(Confidence confidence);

}  // namespace culprit
