#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "rivers.h"

int main(int, char** argv) {
    const double seconds = std::atof(argv[1]);
    rivers::Basin basin(511);
    std::vector<rivers::Gauge> gauges;
    for (int i = 0; i < 64; ++i) gauges.emplace_back(basin.find("reach-" + std::to_string(i * 7)));
    const auto start = std::chrono::steady_clock::now();
    long steps = 0;
    double warned = 0;
    while (std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count() < seconds) {
        for (int i = 0; i < 50; ++i, ++steps) {
            basin.rain(steps % 24 < 6 ? 2.0 : 0.1);
            basin.route(1);
            for (rivers::Gauge& gauge : gauges) {
                gauge.read(basin);
                warned += gauge.trend() > 0.1 ? 1 : 0;
            }
            warned += gauges[static_cast<std::size_t>(steps % 64)].highest() > 9 ? 1 : 0;
        }
    }
    std::printf("{\"workload\":\"rivers\",\"steps\":%ld,\"warned\":%.0f}\n", steps, warned);
}
