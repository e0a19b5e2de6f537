// The shapes that a change may have over the load, and how large it is if it has one of them.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace culprit {

// Each point of [first, end) shows all of the change; if it grows, point i of n shows (2i + 1) / n of it.
struct Shape {
    std::size_t first = 0, end = 0;
    bool grows = false;
    double prior = 0;  // its share among changes
};

// What is tried on a curve of so many points; their priors sum up to 1.
std::vector<Shape> shapes_of(std::size_t points);

// One curve in the form in which any shape is fitted at once.
class Curve {
  public:
    // weights: 1 / the variance of each value about the curve's level.
    Curve(std::span<const double> weights, std::span<const double> values);

    struct Fit {
        double size = 0, variance = 0;
    };

    // Least squares, where the level of the whole curve varies too, by `level` (a variance): what a part of
    // the curve shows beyond the rest counts more than what the whole shows.
    Fit against_rest(const Shape& shape, double level) const;
    // The same with the level as it is: the plain weighted mean.
    Fit plain(const Shape& shape, double level) const;

    double weight() const { return weight_.back(); }
    double mean() const { return weighted_.back() / weight_.back(); }

  private:
    struct Sums {
        double weight, squares, weighted;
    };
    Sums sums_of(const Shape& shape) const;

    std::vector<double> weight_, weighted_;  // running sums
    Sums growing_{};
};

}  // namespace culprit
