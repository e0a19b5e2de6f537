#include "agent/provider/http_provider.h"

#include "agent/provider/faults.h"
#include "base/process.h"
#include "base/secrets.h"
#include "base/text.h"

namespace culprit {
namespace {

using SteadyClock = std::chrono::steady_clock;

Result<std::string> printed_key(const std::string& command, std::stop_token stop) {
    TRY(const Finished finished,
        run({.argv = {"sh", "-c", command}, .limit = std::chrono::seconds(30), .most_output = 64 * 1024},
            stop));
    std::string key(trim(finished.out));
    if (finished.end == Finished::End::Exited && finished.exit_code == 0 && !key.empty()) return key;
    return fail(Fault::Denied, "the command for the key, '{}', {}: {}", command,
                finished.end == Finished::End::TimedOut ? "did not end within 30 s"
                                                        : fmt::format("ended with {}", finished.exit_code),
                one_line(printable(trim(finished.err)), 200));
}

}  // namespace

Result<std::vector<std::pair<std::string, std::string>>> headers_of(const Connection& connection,
                                                                    std::stop_token stop) {
    const Endpoint& endpoint = *connection.endpoint;
    auto headers = fixed_headers(endpoint);
    headers.emplace_back("Content-Type", "application/json");
    if (!connection.key.value.empty()) {
        headers.emplace_back(endpoint.key_header, std::string(endpoint.key_prefix) + connection.key.value);
    } else if (!connection.key.command.empty()) {
        TRY(const std::string key, printed_key(connection.key.command, std::move(stop)));
        headers.emplace_back("Authorization", "Bearer " + key);
    }
    return headers;
}

Error without_keys(Error error, const std::vector<std::pair<std::string, std::string>>& headers) {
    std::vector<std::string> keys;
    for (const auto& [name, value] : headers) {
        if (name != "Content-Type" && name != "anthropic-version")
            keys.push_back(value.substr(value.find(' ') + 1));  // all of it without a blank
    }
    error.what = mask_secrets(std::move(error.what), keys);
    return error;
}

HttpProvider::HttpProvider(Connection connection, ModelSettings settings)
    : connection_(std::move(connection)), settings_(std::move(settings)) {}

// What to set or do about it.
Error HttpProvider::with_advice(Error error) const {
    const Endpoint& endpoint = *connection_.endpoint;
    if (error.fault == Fault::Denied && !endpoint.key_variable.empty())
        error.what += fmt::format("; set a valid key in {}", endpoint.key_variable);
    if (error.fault == Fault::NotFound && &endpoint.wire == &kOllama)
        error.what += fmt::format("; ollama pull {} fetches it", settings_.model);
    else if (error.fault == Fault::NotFound)
        error.what += fmt::format("; is the model '{}' right (--model), and the address {} (--base-url)?",
                                  settings_.model, connection_.base_url);
    if (error.fault == Fault::Invalid)
        error.what +=
            "; it does not take this request: check --model, --base-url and the settings of the model";
    return error;
}

Result<Answer> HttpProvider::stream(const Request& request, const OnDelta& on_delta, std::stop_token stop) {
    const bool had_headers = !headers_.empty();
    if (!had_headers) {
        TRY(headers_, headers_of(connection_, stop));
    }
    auto answer = ask(request, on_delta, stop);
    // A token that a command printed lasts for an hour or so.
    if (!answer && answer.error().fault == Fault::Denied && had_headers && !connection_.key.command.empty()) {
        TRY(headers_, headers_of(connection_, stop));
        answer = ask(request, on_delta, stop);
    }
    if (!answer) return std::unexpected(with_advice(without_keys(std::move(answer).error(), headers_)));
    return answer;
}

Result<Answer> HttpProvider::ask(const Request& request, const OnDelta& on_delta, std::stop_token stop) {
    const Wire& wire = connection_.endpoint->wire;
    const HttpRequest http{.method = "POST",
                           .url = request_url(*connection_.endpoint, connection_.base_url, settings_.model,
                                              connection_.api_version),
                           .headers = headers_,
                           .body = wire.encode(request, settings_),
                           .stall_limit = connection_.stall_limit};
    const std::unique_ptr<Decoder> decoder = wire.decoder();
    auto last_piece = SteadyClock::now();
    const OnDelta note_piece = [&](const Delta& delta) {
        last_piece = SteadyClock::now();
        on_delta(delta);
    };
    Result<> decoded;
    const auto response = http_.send(
        http,
        [&](std::string_view bytes) {
            decoded = decoder->feed(bytes, note_piece);
            if (decoded && SteadyClock::now() - last_piece > connection_.silence_limit) {
                decoded = fail(Fault::TimedOut,
                               "the model server keeps the connection open, but sent nothing of its "
                               "answer for {}",
                               duration_text(static_cast<double>(connection_.silence_limit.count()) * 1e6));
            }
            return decoded && !decoder->is_complete();
        },
        stop);
    if (!decoded) return std::unexpected(std::move(decoded).error());
    if (!response) return std::unexpected(response.error());
    if (response->status < 200 || response->status >= 300) {
        Error error = status_error(response->status, response->body);
        error.retry_after = retry_after(response->header("retry-after"), response->header("retry-after-ms"));
        return std::unexpected(std::move(error));
    }
    return decoder->finish();
}

}  // namespace culprit
