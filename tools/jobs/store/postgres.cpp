#include <map>
#include <memory>

#include <postgresql/libpq-fe.h>

#include "base/late_library.h"
#include "base/text.h"
#include "tools/jobs/store/database.h"

namespace culprit {
namespace {

// libpq, loaded for the first history that lies on a server.
// https://www.postgresql.org/docs/15/libpq.html
struct Pq {
    decltype(&::PQconnectdbParams) connect;
    decltype(&::PQstatus) status;
    decltype(&::PQerrorMessage) error_message;
    decltype(&::PQfinish) finish;
    decltype(&::PQexec) exec;
    decltype(&::PQprepare) prepare;
    decltype(&::PQexecPrepared) exec_prepared;
    decltype(&::PQresultStatus) result_status;
    decltype(&::PQresultErrorField) result_error_field;
    decltype(&::PQresultErrorMessage) result_error_message;
    decltype(&::PQntuples) rows;
    decltype(&::PQnfields) fields;
    decltype(&::PQgetvalue) value;
    decltype(&::PQgetlength) length;
    decltype(&::PQclear) clear;
};

Result<Pq> loaded_pq() {
    TRY(const LateLibrary library, LateLibrary::load("libpq.so.5", "libpq5"));
    Pq pq{};
    TRY_OK(library.find("PQconnectdbParams", pq.connect));
    TRY_OK(library.find("PQstatus", pq.status));
    TRY_OK(library.find("PQerrorMessage", pq.error_message));
    TRY_OK(library.find("PQfinish", pq.finish));
    TRY_OK(library.find("PQexec", pq.exec));
    TRY_OK(library.find("PQprepare", pq.prepare));
    TRY_OK(library.find("PQexecPrepared", pq.exec_prepared));
    TRY_OK(library.find("PQresultStatus", pq.result_status));
    TRY_OK(library.find("PQresultErrorField", pq.result_error_field));
    TRY_OK(library.find("PQresultErrorMessage", pq.result_error_message));
    TRY_OK(library.find("PQntuples", pq.rows));
    TRY_OK(library.find("PQnfields", pq.fields));
    TRY_OK(library.find("PQgetvalue", pq.value));
    TRY_OK(library.find("PQgetlength", pq.length));
    TRY_OK(library.find("PQclear", pq.clear));
    return pq;
}

// "a = ? AND b = ?" as PostgreSQL numbers them.
std::string numbered(std::string_view sql) {
    std::string text;
    int number = 0;
    for (const char c : sql) {
        if (c == '?')
            text += '$' + std::to_string(++number);
        else
            text += c;
    }
    return text;
}

class Postgres : public Database {
  public:
    Postgres(const Pq& pq, PGconn* connection) : pq_(pq), connection_(connection) {}
    ~Postgres() override { pq_.finish(connection_); }
    Postgres(const Postgres&) = delete;
    Postgres& operator=(const Postgres&) = delete;

    Result<std::vector<StoredRow>> run(std::string_view sql,
                                       std::span<const std::string> parameters) override {
        const auto [known, is_new] =
            names_.try_emplace(std::string(sql), "q" + std::to_string(names_.size()));
        if (is_new) {
            const Rows prepared =
                owned(pq_.prepare(connection_, known->second.c_str(), numbered(sql).c_str(), 0, nullptr));
            if (const Result<> done = check(prepared.get()); !done) {
                names_.erase(known);
                return std::unexpected(done.error());
            }
        }
        std::vector<const char*> values;
        for (const std::string& each : parameters) values.push_back(each.c_str());
        const Rows rows =
            owned(pq_.exec_prepared(connection_, known->second.c_str(), static_cast<int>(values.size()),
                                    values.data(), nullptr, nullptr, 0));
        TRY_OK(check(rows.get()));
        return rows_of(rows.get());
    }

    Result<> begin() override { return plain("BEGIN"); }
    Result<> commit() override { return plain("COMMIT"); }
    void roll_back() override { static_cast<void>(plain("ROLLBACK")); }

  private:
    using Rows = std::unique_ptr<PGresult, decltype(&::PQclear)>;
    Rows owned(PGresult* result) const { return Rows(result, pq_.clear); }

    Result<> plain(const char* sql) { return check(owned(pq_.exec(connection_, sql)).get()); }

    // A class of SQL states: 40 are conflicts between transactions, 08 and 57 the connection, 23505 and 42P07
    // two who made the same thing at once.
    Result<> check(const PGresult* result) const {
        const ExecStatusType status = pq_.result_status(result);
        if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return {};
        const char* const given = pq_.result_error_field(result, PG_DIAG_SQLSTATE);
        const std::string_view state = given ? given : "08";  // without an answer the connection is gone
        const bool again = state.starts_with("40") || state.starts_with("08") || state.starts_with("57") ||
                           state == "23505" || state == "42P07";
        const char* const why = result ? pq_.result_error_message(result) : pq_.error_message(connection_);
        return fail(again ? Fault::Unavailable : Fault::Invalid, "the history's server: {}",
                    one_line(trim(why), 300));
    }

    std::vector<StoredRow> rows_of(const PGresult* result) const {
        std::vector<StoredRow> rows;
        const int fields = pq_.fields(result);
        for (int i = 0; i < pq_.rows(result); ++i) {
            StoredRow row;
            for (int field = 0; field < fields; ++field)
                row.emplace_back(pq_.value(result, i, field),
                                 static_cast<std::size_t>(pq_.length(result, i, field)));
            rows.push_back(std::move(row));
        }
        return rows;
    }

    const Pq& pq_;
    PGconn* connection_;
    std::map<std::string, std::string> names_;  // of the prepared statements, by their text
};

}  // namespace

Result<std::unique_ptr<Database>> open_postgres(const std::string& url) {
    static const Result<Pq> pq = loaded_pq();
    if (!pq) return std::unexpected(pq.error());
    // What the address says of it counts before the limit here.
    const char* const names[] = {"connect_timeout", "dbname", nullptr};
    const char* const values[] = {"15", url.c_str(), nullptr};
    PGconn* const connection = pq->connect(names, values, 1);
    auto database = std::make_unique<Postgres>(*pq, connection);
    if (pq->status(connection) != CONNECTION_OK)
        return fail(Fault::Unavailable,
                    "cannot reach the history's server: {}; is it running, and the address right?",
                    one_line(trim(pq->error_message(connection)), 300));
    return database;
}

}  // namespace culprit
