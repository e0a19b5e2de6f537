#include "tools/jobs/report/chart.h"

#include <algorithm>
#include <cmath>

#include "tools/jobs/report/report.h"

namespace culprit {
namespace {

constexpr double kWidth = 360, kHeight = 150, kLeft = 56, kRight = 10, kTop = 10, kBottom = 24;

struct Axes {
    double x_low = INFINITY, x_high = -INFINITY, y_low = INFINITY, y_high = -INFINITY;

    void include(std::span<const Point> points) {
        for (const Point& point : points) {
            x_low = std::min(x_low, point.x);
            x_high = std::max(x_high, point.x);
            y_low = std::min(y_low, point.y);
            y_high = std::max(y_high, point.y);
        }
    }
    void round_out() {
        if (x_high <= x_low) {
            x_low -= 1;
            x_high += 1;
        }
        const double margin =
            y_high > y_low ? 0.06 * (y_high - y_low) : std::max(1.0, std::abs(y_high)) * 0.1;
        y_low -= margin;
        y_high += margin;
    }
    double x(double value) const {
        return kLeft + (value - x_low) / (x_high - x_low) * (kWidth - kLeft - kRight);
    }
    double y(double value) const {
        return kHeight - kBottom - (value - y_low) / (y_high - y_low) * (kHeight - kTop - kBottom);
    }
};

std::string line(std::span<const Point> points, const Axes& axes, std::string_view kind) {
    if (points.size() == 1)
        return fmt::format("<circle class=\"{}\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"3\"/>\n", kind,
                           axes.x(points[0].x), axes.y(points[0].y));
    std::string path;
    for (const Point& point : points) path += fmt::format("{:.1f},{:.1f} ", axes.x(point.x), axes.y(point.y));
    return fmt::format("<polyline class=\"{}\" points=\"{}\"/>\n", kind, path);
}

std::span<const Point> points_of(const Job& job, const Test& wanted) {
    const auto found = std::ranges::find_if(job.tests, [&](const Test& test) {
        return test.name == wanted.name && test.group == wanted.group && test.load == wanted.load;
    });
    return found == job.tests.end() ? std::span<const Point>() : job.points_of(*found);
}

std::string label(double x, double y, std::string_view anchor, double value) {
    return fmt::format("<text x=\"{:.0f}\" y=\"{:.0f}\" text-anchor=\"{}\">{:.6g}</text>\n", x, y, anchor,
                       value);
}

}  // namespace

std::string chart_svg(const Comparison& comparison, const Judged& judged) {
    const Test& test = comparison.test(judged);
    const auto before = comparison.baseline.points_of(comparison.baseline.tests[judged.baseline]);
    const auto after = comparison.candidate.points_of(test);
    Axes axes;
    axes.include(before);
    axes.include(after);
    for (const Job& job : comparison.history) axes.include(points_of(job, test));
    const double low = axes.y_low, high = axes.y_high;
    const double first = axes.x_low, last = axes.x_high;
    axes.round_out();
    std::string svg =
        fmt::format("<svg viewBox=\"0 0 {:.0f} {:.0f}\" role=\"img\" aria-label=\"{} before and after\">\n",
                    kWidth, kHeight, xml_escaped(comparison.name(judged)));
    if (judged.to > judged.from) {
        svg += fmt::format(
            "<rect class=\"range\" x=\"{:.1f}\" y=\"{:.0f}\" width=\"{:.1f}\" height=\"{:.0f}\"/>\n",
            axes.x(judged.from), kTop, axes.x(judged.to) - axes.x(judged.from), kHeight - kTop - kBottom);
    }
    svg += fmt::format("<path class=\"axis\" d=\"M{0:.0f},{1:.0f}V{2:.0f}H{3:.0f}\"/>\n", kLeft, kTop,
                       kHeight - kBottom, kWidth - kRight);
    for (const Job& job : comparison.history) svg += line(points_of(job, test), axes, "history");
    svg += line(before, axes, "baseline") + line(after, axes, "candidate");
    svg += label(kLeft - 4, axes.y(low) + 4, "end", low) + label(kLeft - 4, axes.y(high) + 4, "end", high);
    svg += label(kLeft, kHeight - 8, "start", first) + label(kWidth - kRight, kHeight - 8, "end", last);
    svg += fmt::format("<text x=\"{:.0f}\" y=\"{:.0f}\" text-anchor=\"middle\">{}</text>\n",
                       (kLeft + kWidth - kRight) / 2, kHeight - 8, xml_escaped(test.load));
    return svg + "</svg>\n";
}

}  // namespace culprit
