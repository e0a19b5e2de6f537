#include <chrono>
#include <map>
#include <thread>

#include <sqlite3.h>

#include "base/files.h"
#include "tools/jobs/store/database.h"

namespace culprit {
namespace {

constexpr int kWaitForOthersMs = 60'000;

class Sqlite : public Database {
  public:
    explicit Sqlite(sqlite3* connection) : connection_(connection) {}
    ~Sqlite() override {
        for (const auto& [sql, statement] : statements_) sqlite3_finalize(statement);
        sqlite3_close(connection_);
    }
    Sqlite(const Sqlite&) = delete;
    Sqlite& operator=(const Sqlite&) = delete;

    Result<std::vector<StoredRow>> run(std::string_view sql,
                                       std::span<const std::string> parameters) override {
        TRY(sqlite3_stmt * statement, prepared(sql));
        for (std::size_t i = 0; i < parameters.size(); ++i) {
            sqlite3_bind_text(statement, static_cast<int>(i + 1), parameters[i].data(),
                              static_cast<int>(parameters[i].size()), SQLITE_TRANSIENT);
        }
        std::vector<StoredRow> rows;
        int code = SQLITE_ROW;
        while ((code = sqlite3_step(statement)) == SQLITE_ROW) rows.push_back(row_of(statement));
        sqlite3_reset(statement);
        sqlite3_clear_bindings(statement);
        if (code != SQLITE_DONE) return std::unexpected(error(code));
        return rows;
    }

    Result<> begin() override { return plain("BEGIN IMMEDIATE"); }
    Result<> commit() override { return plain("COMMIT"); }
    void roll_back() override { static_cast<void>(plain("ROLLBACK")); }

    Result<> plain(const char* sql) {
        const int code = sqlite3_exec(connection_, sql, nullptr, nullptr, nullptr);
        if (code != SQLITE_OK) return std::unexpected(error(code));
        return {};
    }

    // SQLite does not wait for its busy timeout when two who open a new file both turn it to WAL (a wait
    // could be a deadlock), so this does: https://www.sqlite.org/wal.html, "Sometimes Queries Return
    // SQLITE_BUSY".
    Result<> write_ahead() {
        const auto limit = std::chrono::steady_clock::now() + std::chrono::milliseconds(kWaitForOthersMs);
        while (true) {
            const Result<> done = plain("PRAGMA journal_mode = WAL");
            if (done || done.error().fault != Fault::Unavailable || std::chrono::steady_clock::now() > limit)
                return done;
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
    }

  private:
    Result<sqlite3_stmt*> prepared(std::string_view sql) {
        const auto found = statements_.find(sql);
        if (found != statements_.end()) return found->second;
        sqlite3_stmt* statement = nullptr;
        const int code =
            sqlite3_prepare_v2(connection_, sql.data(), static_cast<int>(sql.size()), &statement, nullptr);
        if (code != SQLITE_OK) return std::unexpected(error(code));
        statements_.emplace(sql, statement);
        return statement;
    }

    static StoredRow row_of(sqlite3_stmt* statement) {
        StoredRow row;
        for (int i = 0; i < sqlite3_column_count(statement); ++i) {
            const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, i));
            row.emplace_back(text ? text : "", static_cast<std::size_t>(sqlite3_column_bytes(statement, i)));
        }
        return row;
    }

    Error error(int code) const {
        const int basic = code & 0xff;
        const Fault fault = basic == SQLITE_BUSY || basic == SQLITE_LOCKED      ? Fault::Unavailable
                            : basic == SQLITE_CORRUPT || basic == SQLITE_NOTADB ? Fault::Corrupt
                                                                                : Fault::Invalid;
        return {fault, fmt::format("the history {}: {}", sqlite3_db_filename(connection_, "main"),
                                   sqlite3_errmsg(connection_))};
    }

    sqlite3* connection_;
    std::map<std::string, sqlite3_stmt*, std::less<>> statements_;
};

}  // namespace

Result<std::unique_ptr<Database>> open_sqlite(const std::string& file) {
    TRY_OK(make_folder(fs::absolute(file).parent_path()));
    sqlite3* connection = nullptr;
    const int code =
        sqlite3_open_v2(file.c_str(), &connection, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
    auto database = std::make_unique<Sqlite>(connection);
    if (code != SQLITE_OK)
        return fail(Fault::Denied, "cannot open the history {}: {}", file, sqlite3_errstr(code));
    sqlite3_busy_timeout(connection, kWaitForOthersMs);
    TRY_OK(database->write_ahead());
    TRY_OK(database->plain("PRAGMA synchronous = NORMAL"));  // with WAL: a crash of the machine loses the
                                                             // last commits at most, never the file
    return database;
}

}  // namespace culprit
