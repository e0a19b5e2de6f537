// The statistics that the comparison of jobs stands on.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace culprit {

double mean_of(std::span<const double> values);  // of at least one
double median(std::span<double> values);         // reorders them; 0 for none
// 1.4826 times the median distance from `centre`: the standard deviation, were the values normal.
double spread(std::span<const double> values, double centre);

double digamma(double x);   // x > 0
double trigamma(double x);  // x > 0
// log of Student's t density, unnormalised in scale: of (value / scale), up to what does not depend on value.
double log_t(double z, double freedom);
double t_quantile_975(double freedom);

// Variances that scatter around one another more than their degrees of freedom explain: the centre and the
// strength (in degrees of freedom) with which each is to be drawn towards it.
//
// Source  Smyth, "Linear models and empirical Bayes methods", 2004, section 6.2 (limma)
struct VariancePrior {
    double variance = 0, freedom = 0;
    double shrunk(double own, double own_freedom) const {
        return (freedom * variance + own_freedom * own) / (freedom + own_freedom);
    }
};
VariancePrior fit_variances(std::span<const double> variances, double freedom);

// Replaces points that stand out alone (or in twos) from their neighbours by the running median of five.
// Returns how many.
std::size_t clean_spikes(std::span<double> values);

}  // namespace culprit
