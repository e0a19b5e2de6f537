#include <map>

#include <pqxx/pqxx>

#include "base/text.h"
#include "tools/jobs/store/database.h"

namespace culprit {
namespace {

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
    explicit Postgres(const std::string& url) : connection_(std::make_unique<pqxx::connection>(url)) {}

    Result<std::vector<StoredRow>> run(std::string_view sql,
                                       std::span<const std::string> parameters) override {
        return guarded([&]() -> std::vector<StoredRow> {
            if (work_) return rows_of(*work_, sql, parameters);
            pqxx::work own(*connection_);
            std::vector<StoredRow> rows = rows_of(own, sql, parameters);
            own.commit();
            return rows;
        });
    }

    Result<> begin() override {
        TRY_OK(guarded([&] {
            work_ = std::make_unique<pqxx::work>(*connection_);
            return true;
        }));
        return {};
    }
    Result<> commit() override {
        TRY_OK(guarded([&] {
            work_->commit();
            return true;
        }));
        work_.reset();
        return {};
    }
    void roll_back() override {
        static_cast<void>(guarded([&] {
            work_.reset();
            return true;
        }));
    }

  private:
    std::vector<StoredRow> rows_of(pqxx::work& work, std::string_view sql,
                                   std::span<const std::string> parameters) {
        const auto [known, is_new] =
            names_.try_emplace(std::string(sql), "q" + std::to_string(names_.size()));
        if (is_new) connection_->prepare(known->second, numbered(sql));
        const pqxx::result result = work.exec_prepared(
            known->second, pqxx::prepare::make_dynamic_params(parameters.begin(), parameters.end()));
        std::vector<StoredRow> rows;
        for (const auto& each : result) {
            StoredRow row;
            for (const auto& field : each) row.emplace_back(field.c_str(), field.size());
            rows.push_back(std::move(row));
        }
        return rows;
    }

    // The library's exceptions end here. A class of SQL states: 40 are conflicts between transactions, 08 and
    // 57 the connection, 23505 and 42P07 two who made the same thing at once.
    template <class Do>
    auto guarded(Do act) -> Result<decltype(act())> {
        try {
            return act();
        } catch (const pqxx::broken_connection& error) {
            return fail(Fault::Unavailable, "the history's server: {}", trim(error.what()));
        } catch (const pqxx::sql_error& error) {
            const std::string state = error.sqlstate();
            const bool again = state.starts_with("40") || state.starts_with("08") ||
                               state.starts_with("57") || state == "23505" || state == "42P07";
            return fail(again ? Fault::Unavailable : Fault::Invalid, "the history's server: {}",
                        trim(error.what()));
        } catch (const std::exception& error) {
            return fail(Fault::Unavailable, "the history's server: {}", trim(error.what()));
        }
    }

    std::unique_ptr<pqxx::connection> connection_;
    std::unique_ptr<pqxx::work> work_;
    std::map<std::string, std::string> names_;
};

}  // namespace

Result<std::unique_ptr<Database>> open_postgres(const std::string& url) {
    try {
        return std::make_unique<Postgres>(url);
    } catch (const std::exception& error) {
        return fail(Fault::Unavailable,
                    "cannot reach the history's server: {}; is it running, and the address right?",
                    trim(error.what()));
    }
}

}  // namespace culprit
