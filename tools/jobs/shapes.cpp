#include "tools/jobs/shapes.h"

#include <algorithm>
#include <iterator>

namespace culprit {
namespace {

constexpr double kEverywhere = 0.45, kGrowing = 0.15, kFromSomewhere = 0.25, kWithin = 0.13, kNarrow = 0.0005;

void share_out(std::vector<Shape>& shapes, double prior) {
    for (Shape& shape : shapes) shape.prior = prior / static_cast<double>(shapes.size());
}

std::vector<Shape> tails_of(std::size_t points, std::size_t shortest) {
    std::vector<Shape> tails;
    const std::size_t step = std::max<std::size_t>(1, points / 30);
    for (std::size_t first = std::max<std::size_t>(1, points * 2 / 5); first + shortest <= points;
         first += step)
        tails.push_back({.first = first, .end = points});
    return tails;
}

// All windows of lengths from `shortest` up to below `longest` that end by `last`.
std::vector<Shape> windows_of(std::size_t last, std::size_t shortest, double longest) {
    std::vector<Shape> windows;
    for (double length = static_cast<double>(shortest); length < longest; length *= 1.25) {
        const auto size = static_cast<std::size_t>(length);
        for (std::size_t first = 0; first + size <= last; first += std::max<std::size_t>(1, size / 5))
            windows.push_back({.first = first, .end = first + size});
    }
    return windows;
}

}  // namespace

std::vector<Shape> shapes_of(std::size_t points) {
    if (points < 5) return {{.first = 0, .end = points, .prior = 1}};
    const std::size_t shortest = std::max<std::size_t>(3, (points + 4) / 5);
    std::vector<Shape> shapes = {{.first = 0, .end = points, .prior = kEverywhere},
                                 {.first = 0, .end = points, .grows = true, .prior = kGrowing}};
    std::vector<Shape> tails = tails_of(points, shortest);
    std::vector<Shape> windows = windows_of(points - 1, shortest, 0.9 * static_cast<double>(points));
    std::vector<Shape> narrow = windows_of(points, 3, static_cast<double>(shortest));
    share_out(tails, kFromSomewhere);
    share_out(windows, kWithin);
    share_out(narrow, kNarrow);
    std::ranges::move(tails, std::back_inserter(shapes));
    std::ranges::move(windows, std::back_inserter(shapes));
    std::ranges::move(narrow, std::back_inserter(shapes));
    return shapes;
}

Curve::Curve(std::span<const double> weights, std::span<const double> values)
    : weight_(weights.size() + 1), weighted_(weights.size() + 1) {
    for (std::size_t i = 0; i < weights.size(); ++i) {
        weight_[i + 1] = weight_[i] + weights[i];
        weighted_[i + 1] = weighted_[i] + weights[i] * values[i];
        const double part = static_cast<double>(2 * i + 1) / static_cast<double>(weights.size());
        growing_.weight += part * weights[i];
        growing_.squares += part * part * weights[i];
        growing_.weighted += part * weights[i] * values[i];
    }
}

Curve::Sums Curve::sums_of(const Shape& shape) const {
    if (shape.grows) return growing_;
    const double weight = weight_[shape.end] - weight_[shape.first];
    return {weight, weight, weighted_[shape.end] - weighted_[shape.first]};
}

Curve::Fit Curve::against_rest(const Shape& shape, double level) const {
    const Sums sums = sums_of(shape);
    const double rest = level / (1 + level * weight());
    const double precision = sums.squares - rest * sums.weight * sums.weight;
    return {(sums.weighted - rest * sums.weight * weighted_.back()) / precision, 1 / precision};
}

Curve::Fit Curve::plain(const Shape& shape, double level) const {
    const Sums sums = sums_of(shape);
    return {sums.weighted / sums.squares, 1 / sums.squares + level};
}

}  // namespace culprit
