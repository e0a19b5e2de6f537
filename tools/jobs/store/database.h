// A database, as far as the history of jobs needs one: SQLite in a file or PostgreSQL by URL, asked in the
// SQL that both know.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace culprit {

using StoredRow = std::vector<std::string>;  // NULL is an empty string

// One connection. Not thread-safe; several processes may use the same database at once.
class Database {
  public:
    virtual ~Database() = default;

    // '?' stands for a parameter, in their order. Fails with Unavailable where another try of the whole
    // transaction may do (locked, deadlock, connection lost), else with Invalid.
    virtual Result<std::vector<StoredRow>> run(std::string_view sql,
                                               std::span<const std::string> parameters) = 0;

    // A transaction that means to write.
    virtual Result<> begin() = 0;
    virtual Result<> commit() = 0;
    virtual void roll_back() = 0;

    Result<std::vector<StoredRow>> run(std::string_view sql,
                                       std::initializer_list<std::string> parameters = {}) {
        return run(sql, std::span(parameters.begin(), parameters.size()));
    }
};

// "postgres://..." or "postgresql://..."
inline bool is_server(std::string_view place) {
    return place.starts_with("postgres://") || place.starts_with("postgresql://");
}

// A server, or a file, which is made if it is missing.
Result<std::unique_ptr<Database>> open_database(const std::string& place);
Result<std::unique_ptr<Database>> open_sqlite(const std::string& file);
Result<std::unique_ptr<Database>> open_postgres(const std::string& url);

}  // namespace culprit
