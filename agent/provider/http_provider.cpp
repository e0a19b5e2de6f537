#include "agent/provider/http_provider.h"

#include <charconv>

#include "base/text.h"

namespace culprit {
namespace {

// The reason that a server gives in the body of an error: {"error":{"message":…}}, {"message":…} or its text.
std::string reason_in(std::string_view body) {
    if (const auto json = parse_json(body, "the answer")) {
        for (const std::string& text : {text_at(member(*json, "error"), "message"), text_at(*json, "message"),
                                        text_at(*json, "error"), text_at(*json, "detail")}) {
            if (!text.empty()) return one_line(printable(text), 400);
        }
    }
    const std::string text = one_line(printable(trim(body)), 200);
    return text.empty() ? "it gave no reason" : text;
}

std::chrono::milliseconds retry_after(std::string_view header) {
    int seconds = 0;
    const auto [end, error] = std::from_chars(header.data(), header.data() + header.size(), seconds);
    return error == std::errc() && seconds > 0 ? std::chrono::seconds(seconds) : std::chrono::milliseconds(0);
}

}  // namespace

HttpProvider::HttpProvider(const Endpoint& endpoint, std::string base_url, std::string key,
                           ModelSettings settings)
    : endpoint_(endpoint), url_(std::move(base_url)), key_(std::move(key)), settings_(std::move(settings)) {
    while (url_.ends_with('/')) url_.pop_back();
    url_ += endpoint.wire.path;
}

Error HttpProvider::refusal(const HttpResponse& response) const {
    const int status = response.status;
    const auto error = [&](Fault fault, std::string_view next) {
        return Error{fault, fmt::format("the model server answered {}: {}; {}", status,
                                        reason_in(response.body), next)};
    };
    if (status == 401 || status == 403) {
        return error(Fault::Denied, fmt::format("set a valid key in {}", endpoint_.key_variable));
    }
    if (status == 404) {
        return error(Fault::NotFound,
                     fmt::format("is the model '{}' right (--model), and the address {} (--base-url)?",
                                 settings_.model, url_));
    }
    if (status == 408 || status == 409 || status == 429 || status >= 500) {
        Error unavailable =
            error(Fault::Unavailable, status == 429 ? "wait a little and send again"
                                                    : "the server has trouble: send again later");
        unavailable.retry_after = retry_after(response.header("retry-after"));
        return unavailable;
    }
    return error(Fault::Invalid, "it does not take this request: check --model and --base-url");
}

Result<Answer> HttpProvider::stream(const Request& request, const OnDelta& on_delta, std::stop_token stop) {
    HttpRequest http{.method = "POST", .url = url_, .body = endpoint_.wire.encode(request, settings_)};
    http.headers = {{"Content-Type", "application/json"}, {"Accept", "text/event-stream"}};
    if (!key_.empty()) {
        http.headers.emplace_back(std::string(endpoint_.key_header),
                                  std::string(endpoint_.key_prefix) + key_);
    }
    const std::unique_ptr<Decoder> decoder = endpoint_.wire.decoder();
    Result<> decoded;
    const auto response = http_.send(
        http,
        [&](std::string_view bytes) {
            decoded = decoder->feed(bytes, on_delta);
            return decoded && !decoder->is_complete();
        },
        stop);
    if (!decoded) return std::unexpected(std::move(decoded).error());
    if (!response) return std::unexpected(response.error());
    if (response->status < 200 || response->status >= 300) return std::unexpected(refusal(*response));
    return decoder->finish();
}

}  // namespace culprit
