// Series cut into segments of one level, or of one straight line, and the noise about them.
//
// A segmentation is the starts of all segments but the first, rising. Series are finite, of about the size of
// one (squares are summed).
//
// Source    Killick, Fearnhead, Eckley 2012 (PELT); Maidstone, Hocking, Rigaill, Fearnhead 2017 (FPOP)
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace culprit {

using Starts = std::vector<std::size_t>;

// The segmentations into levels of one series whose squared error plus a penalty for each change is least:
// exact, and in about linear time.
class LevelSearch {
  public:
    static constexpr std::size_t kShortest = 3;  // values in a segment

    explicit LevelSearch(std::span<const double> series);
    Starts best(double penalty);

  private:
    // The levels for which, of all last segments, the one that begins at `start` is best.
    struct Piece {
        double low, high;
        std::size_t start;
    };
    // The cost of what ends at `end` with a segment of that level begun at `start`, as a parabola:
    // at_zero - 2 * sum * level + count * level^2. Squares of the values are in every cost, and left out.
    struct Parabola {
        double at_zero, sum, count;
    };
    Parabola cost(std::size_t start, std::size_t end) const;
    void let_in(std::size_t start, std::size_t end);
    void put(double low, double high, std::size_t start);

    double penalty_ = 0;
    std::vector<double> sums_, least_;   // up to each value
    std::vector<std::size_t> previous_;  // the start of the last segment of the best that ends there
    std::vector<Piece> pieces_, next_;   // of the levels, rising
};

// The same for straight lines, each with its own slope. Takes the square of the length where nothing changes.
Starts best_lines(std::span<const double> series, double penalty);

enum class Course { Level, Line };

// What is left of a series when each segment's level or line is taken off.
std::vector<double> residuals(std::span<const double> series, const Starts& starts, Course course);

struct Noise {
    double variance = 0;
    double rho = 0;  // correlation of neighbours in a segment, 0 to 0.95
    // Of a mean of n values, times n.
    double long_run() const { return variance * (1 + rho) / (1 - rho); }
};
Noise noise_of(std::span<const double> residuals, const Starts& starts, Course course);

}  // namespace culprit
