// HTTP over libcurl: one request at a time, streamed, with limits on every wait.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace culprit {

struct HttpResponse {
    int status = 0;
    std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
    std::string body;                                          // what `on_body` did not take

    std::string_view header(std::string_view lower_case_name) const;  // empty if absent
};

struct HttpRequest {
    std::string method = "GET";
    std::string url;
    std::vector<std::pair<std::string, std::string>> headers = {};
    std::string body = {};
    std::chrono::milliseconds connect_limit{std::chrono::seconds(15)};
    std::chrono::milliseconds stall_limit{std::chrono::seconds(120)};  // no byte for so long
    bool verify_certificate = true;
    std::function<void(const HttpResponse&)> on_head = {};  // before the first piece of a body of 2xx
};

// Gets the body of an answer in pieces as they come; false: it has all it needs, the rest is dropped and
// hardly waited for. Only for a status of 2xx: the body of any other stays in the response (its first 64
// KiB).
using OnBody = std::function<bool(std::string_view)>;

// Keeps connections open between requests. Not thread-safe: one a thread.
class HttpClient {
  public:
    HttpClient();
    ~HttpClient();
    HttpClient(HttpClient&&) noexcept;
    HttpClient& operator=(HttpClient&&) noexcept;

    // Any status is an answer. Fails with Unavailable when there is none or it is cut short (the message says
    // what was tried and what to look at), TimedOut at a limit, Invalid for a bad URL, Cancelled on stop.
    Result<HttpResponse> send(const HttpRequest& request, const OnBody& on_body, std::stop_token stop);

  private:
    struct Handles;
    std::unique_ptr<Handles> handles_;  // made at the first request: starting up costs nothing
};

}  // namespace culprit
