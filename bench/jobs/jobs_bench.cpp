// What reading and comparing jobs costs, as ratios to simdjson alone over the same files in the same run: its
// parser makes its document of each file and every number in it is read, nothing is kept.
//
//   jobs_bench BASELINE CANDIDATE [EARLIER...]     best of five, CPU time of this thread and the wall's
#include <cstdio>
#include <ctime>

#include <nlohmann/json.hpp>
#include <simdjson.h>
#include <sys/resource.h>

#include "tools/jobs/comparison.h"
#include "tools/jobs/report/report.h"
#include "tools/jobs/sources/source.h"

namespace culprit {
namespace {

double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

template <class Work>
double best_of_five(Work work) {
    double best = INFINITY;
    for (int round = 0; round < 5; ++round) {
        const double begin = cpu_seconds();
        work();
        best = std::min(best, cpu_seconds() - begin);
    }
    return best;
}

double sum_of(simdjson::dom::element element) {
    double sum = 0;
    if (element.is_number()) return element.get_double();
    if (element.is_array())
        for (const auto each : element.get_array()) sum += sum_of(each);
    if (element.is_object())
        for (const auto each : element.get_object()) sum += sum_of(each.value);
    return sum;
}

int bench(const std::vector<fs::path>& files) {
    std::uintmax_t bytes = 0;
    for (const fs::path& file : files) bytes += fs::file_size(file);
    const double plain = best_of_five([&] {
        for (const fs::path& file : files) {
            simdjson::dom::parser parser;
            volatile double sum = sum_of(parser.load(file.string()));
            static_cast<void>(sum);
        }
    });
    std::vector<Job> jobs;
    const double reading = best_of_five([&] {
        jobs.clear();
        for (const fs::path& file : files) jobs.push_back(std::move(*load_job(file)));
    });
    std::size_t changed = 0;
    const double comparing = best_of_five([&] {
        const Detection detection = detect(jobs[0], jobs[1], std::span(jobs).subspan(2));
        changed = static_cast<std::size_t>(std::ranges::count_if(
            detection.judged, [](const Judged& each) { return each.change != Outcome::Unchanged; }));
    });
    const Comparison comparison = compare(jobs[0], jobs[1], {}, {});
    const Ruling ruling = rule(comparison);
    const double reporting = best_of_five([&] {
        const std::size_t size =
            dump_json(result_json(comparison, ruling)).size() + html_report(comparison, ruling).size();
        if (size == 0) std::puts("");
    });
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    std::printf("%zu files, %.1f MB, %zu tests in the first; %zu changed\n", files.size(),
                static_cast<double>(bytes) / 1e6, jobs[0].tests.size(), changed);
    std::printf("simdjson alone  %7.3f s\n", plain);
    std::printf("reading         %7.3f s   %.2f times that\n", reading, reading / plain);
    std::printf("comparing       %7.3f s   %.2f\n", comparing, comparing / plain);
    std::printf("reports         %7.3f s   %.2f\n", reporting, reporting / plain);
    std::printf("read + compare  %7.3f s   %.2f\n", reading + comparing, (reading + comparing) / plain);
    std::printf("most memory     %7.0f MB   %.2f times the files\n",
                static_cast<double>(usage.ru_maxrss) / 1024,
                static_cast<double>(usage.ru_maxrss) * 1024 / static_cast<double>(bytes));
    return 0;
}

}  // namespace
}  // namespace culprit

int main(int argc, char** argv) {
    if (argc < 3) {
        std::fprintf(stderr, "usage: jobs_bench BASELINE CANDIDATE [EARLIER...]\n");
        return 2;
    }
    return culprit::bench({argv + 1, argv + argc});
}
