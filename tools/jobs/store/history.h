// What was measured before: jobs and their curves, findings, what was acknowledged, pinned baselines.
//
// Schema    every key begins with the product, and every query names it: on a distributed PostgreSQL the
// tables
//           are distributed by product (Citus: create_distributed_table(name, 'product'); YugabyteDB and
//           CockroachDB shard by the key's beginning as it is), so that each statement touches one shard.
// Writers   each change is one transaction of upserts in the order of their keys: writers at once, or one
// that
//           is killed and run again, leave each thing there once.
#pragma once

#include "tools/jobs/comparison.h"
#include "tools/jobs/store/series.h"

namespace culprit {

struct Acknowledgement {
    std::string test, why, by, at;
};

class History {
  public:
    // Opens and brings the schema up to date.
    static Result<History> open(const std::string& place);

    Result<> record(const Job& job);  // a known job is replaced
    Result<> record_if_new(const Job& job);
    Result<> record(const Comparison& comparison, const Ruling& ruling, std::string_view at);

    Result<std::vector<std::string>> products();
    // A test's series, one for each machine and branch. All tests of the product if `test` is empty.
    Result<std::vector<Series>> series(const std::string& product, const std::string& test);

    Result<> acknowledge(const std::string& product, const Acknowledgement& what);
    Result<> withdraw(const std::string& product, const std::string& test);
    Result<std::vector<Acknowledgement>> acknowledged(const std::string& product);

    Result<> pin(const std::string& product, const std::string& hardware,
                 const std::string& job);  // "": none
    Result<std::string> pinned(const std::string& product, const std::string& hardware);

    // How many jobs, and curves, of a product there are.
    Result<std::pair<std::size_t, std::size_t>> counts(const std::string& product);

  private:
    explicit History(std::unique_ptr<Database> database) : database_(std::move(database)) {}
    template <class Act>
    Result<> transact(Act act);
    template <class Act>
    Result<> insist(Act act);
    Result<> migrate();

    std::unique_ptr<Database> database_;
};

}  // namespace culprit
