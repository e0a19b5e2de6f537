// Reads a table with a header: columns job, test and value must be there; metric, x, unit, group, direction
// ("less" or "more"), error, product, version, hardware, branch and time may be, in any order. Separated by
// comma, semicolon or tab, quoted as in RFC 4180. One file may hold many jobs; they keep its order.
#include <array>
#include <charconv>
#include <map>

#include "base/text.h"
#include "tools/jobs/sources/source.h"

namespace culprit {
namespace {

using Row = std::vector<std::string>;

// Cuts one record off `text`. False at the end.
bool take_record(std::string_view& text, char separator, Row& row) {
    row.assign(1, {});
    if (text.empty()) return false;
    bool quoted = false;
    std::size_t i = 0;
    for (; i < text.size(); ++i) {
        const char c = text[i];
        if (quoted && c == '"' && i + 1 < text.size() && text[i + 1] == '"') {
            row.back() += c;
            ++i;
        } else if (c == '"') {
            quoted = !quoted;
        } else if (!quoted && c == separator) {
            row.emplace_back();
        } else if (!quoted && c == '\n') {
            break;
        } else if (quoted || c != '\r') {
            row.back() += c;
        }
    }
    text.remove_prefix(std::min(text.size(), i + 1));
    return true;
}

char separator_of(std::string_view header) {
    for (const char separator : {'\t', ';'}) {
        if (header.contains(separator)) return separator;
    }
    return ',';
}

enum Column {
    kJob,
    kTest,
    kValue,
    kMetric,
    kX,
    kUnit,
    kGroup,
    kDirection,
    kError,
    kProduct,
    kVersion,
    kHardware,
    kBranch,
    kTime,
    kColumns
};
constexpr std::array<std::string_view, kColumns> kNames = {
    "job",       "test",  "value",   "metric",  "x",        "unit",   "group",
    "direction", "error", "product", "version", "hardware", "branch", "time"};

class Reader {
  public:
    explicit Reader(const JobFile& file) : file_(file) { where_.fill(-1); }

    Result<> read_header(const Row& header) {
        for (std::size_t i = 0; i < header.size(); ++i) {
            const auto found = std::ranges::find(kNames, to_lower(trim(header[i])));
            if (found != kNames.end())
                where_[static_cast<std::size_t>(found - kNames.begin())] = static_cast<int>(i);
        }
        for (const Column needed : {kJob, kTest, kValue}) {
            if (where_[needed] < 0)
                return fail(Fault::Invalid, "{}: the table has no column '{}' (needed: job, test, value)",
                            file_.name, kNames[needed]);
        }
        return {};
    }

    Result<> read_row(const Row& row, std::size_t record) {
        if (row.size() == 1 && trim(row[0]).empty()) return {};
        double x = 0;
        if (!cell(row, kX).empty() && !read_number(cell(row, kX), x))
            return fail(Fault::Corrupt, "{}: record {}: x is '{}', not a number", file_.name, record,
                        one_line(cell(row, kX), 40));
        JobBuilder& builder = job_of(row);
        const std::string& metric = cell(row, kMetric);
        const std::string name = metric.empty() ? cell(row, kTest) : cell(row, kTest) + " " + metric;
        const bool more = to_lower(cell(row, kDirection)) == "more";
        const std::size_t test = builder.test({cell(row, kGroup), name}, cell(row, kUnit),
                                              more ? Better::More : Better::Less, metric);
        Point point{.x = x};
        if (!read_number(cell(row, kValue), point.y)) {
            builder.add_failed(test);
            return {};
        }
        double error = 0;
        if (read_number(cell(row, kError), error)) point.error = static_cast<float>(error);
        builder.add(test, point);
        return {};
    }

    std::vector<Job> finish() && {
        std::vector<Job> jobs;
        for (JobBuilder& builder : builders_) jobs.push_back(std::move(builder).finish());
        return jobs;
    }

  private:
    const std::string& cell(const Row& row, Column column) const {
        static const std::string empty;
        const int at = where_[column];
        return at < 0 || static_cast<std::size_t>(at) >= row.size() ? empty
                                                                    : row[static_cast<std::size_t>(at)];
    }

    static bool read_number(std::string_view text, double& number) {
        text = trim(text);
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        return error == std::errc() && end == text.data() + text.size();
    }

    JobBuilder& job_of(const Row& row) {
        const auto [found, is_new] = index_.try_emplace(cell(row, kJob), builders_.size());
        if (!is_new) return builders_[found->second];
        JobBuilder& builder = builders_.emplace_back();
        builder.info = {.id = cell(row, kJob),
                        .product = cell(row, kProduct),
                        .version = cell(row, kVersion),
                        .branch = cell(row, kBranch),
                        .hardware = cell(row, kHardware),
                        .ended = where_[kTime] < 0 ? file_.ended : cell(row, kTime)};
        return builder;
    }

    const JobFile& file_;
    std::array<int, kColumns> where_;
    std::vector<JobBuilder> builders_;
    std::map<std::string, std::size_t, std::less<>> index_;
};

Result<std::vector<Job>> parse(simdjson::padded_string_view text, const JobFile& file) {
    std::string_view rest = text;
    if (rest.starts_with("\xEF\xBB\xBF")) rest.remove_prefix(3);
    const char separator = separator_of(rest.substr(0, rest.find('\n')));
    Reader reader(file);
    Row row;
    take_record(rest, separator, row);
    TRY_OK(reader.read_header(row));
    for (std::size_t record = 2; take_record(rest, separator, row); ++record)
        TRY_OK(reader.read_row(row, record));
    std::vector<Job> jobs = std::move(reader).finish();
    if (jobs.empty()) return fail(Fault::Invalid, "{}: the table has a header and no rows", file.name);
    return jobs;
}

bool is_table(std::string_view head) {
    const std::string header = to_lower(head.substr(0, head.find('\n')));
    return !header.starts_with("{") && !header.starts_with("[") && contains_word(header, "job") &&
           contains_word(header, "test") && contains_word(header, "value");
}

}  // namespace

JobSource csv_source() { return {"CSV", is_table, parse}; }

}  // namespace culprit
