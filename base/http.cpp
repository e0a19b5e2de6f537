#include "base/http.h"

#include <algorithm>
#include <array>

#include "base/curl.h"
#include "base/text.h"

namespace culprit {

std::string_view HttpResponse::header(std::string_view lower_case_name) const {
    const auto found = std::ranges::find(headers, lower_case_name,
                                         [](const auto& header) { return std::string_view(header.first); });
    return found == headers.end() ? std::string_view() : found->second;
}

struct HttpClient::Handles {
    const Curl& curl;
    CURLM* multi;
    CURL* easy;

    explicit Handles(const Curl& loaded) : curl(loaded), multi(curl.multi_init()), easy(curl.easy_init()) {}
    ~Handles() {
        curl.easy_cleanup(easy);
        curl.multi_cleanup(multi);
    }
    Handles(const Handles&) = delete;
    Handles& operator=(const Handles&) = delete;
};

HttpClient::HttpClient() = default;
HttpClient::~HttpClient() = default;
HttpClient::HttpClient(HttpClient&&) noexcept = default;
HttpClient& HttpClient::operator=(HttpClient&&) noexcept = default;

namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t kMostErrorBody = 64 * 1024;

// How long a transfer of which no more is needed may take to end by itself, which keeps its connection for
// the next one.
constexpr auto kGrace = std::chrono::milliseconds(300);

struct Transfer {
    HttpResponse response;
    const OnBody& on_body;
    const HttpRequest& request;
    bool any_body = false;
    SteadyClock::time_point last_byte = SteadyClock::now();
    bool any_byte = false;
    bool enough = false;  // on_body asked for the end
};

std::size_t on_header(char* data, std::size_t, std::size_t size, void* user) {
    auto& transfer = *static_cast<Transfer*>(user);
    transfer.last_byte = SteadyClock::now();
    transfer.any_byte = true;
    const std::string_view line(data, size);
    if (line.starts_with("HTTP/")) {  // the first line of an answer, or of the one after "100 Continue"
        transfer.response.headers.clear();
        const std::size_t space = line.find(' ');
        if (space != std::string_view::npos) transfer.response.status = std::atoi(data + space);
    } else if (const std::size_t colon = line.find(':'); colon != std::string_view::npos) {
        transfer.response.headers.emplace_back(to_lower(line.substr(0, colon)), trim(line.substr(colon + 1)));
    }
    return size;
}

std::size_t on_write(char* data, std::size_t, std::size_t size, void* user) {
    auto& transfer = *static_cast<Transfer*>(user);
    if (transfer.enough) return size;
    transfer.last_byte = SteadyClock::now();
    const std::string_view piece(data, size);
    const bool good = transfer.response.status >= 200 && transfer.response.status < 300;
    std::string& body = transfer.response.body;
    if (good && transfer.request.on_head && !std::exchange(transfer.any_body, true))
        transfer.request.on_head(transfer.response);
    if (good && transfer.on_body)
        transfer.enough = !transfer.on_body(piece);
    else if (good)
        body += piece;
    else
        body += piece.substr(0, kMostErrorBody - std::min(kMostErrorBody, body.size()));
    return size;
}

// The address without a password or a query, which may hold a key.
std::string shown_url(std::string_view url) {
    std::string shown(url.substr(0, url.find('?')));
    const std::size_t scheme = shown.find("://");
    const std::size_t at = shown.find('@');
    if (scheme != std::string::npos && at != std::string::npos && at < shown.find('/', scheme + 3)) {
        shown.erase(scheme + 3, at - scheme - 2);
    }
    return shown;
}

Error transfer_error(CURLcode code, std::string_view why, const HttpRequest& request, bool any_byte) {
    const std::string url = shown_url(request.url);
    switch (code) {
        case CURLE_URL_MALFORMAT:
        case CURLE_UNSUPPORTED_PROTOCOL:
            return {Fault::Invalid, fmt::format("'{}' is not an address that can be asked: {}", url, why)};
        case CURLE_COULDNT_RESOLVE_HOST:
        case CURLE_COULDNT_CONNECT:
            return {Fault::Unavailable,
                    fmt::format("cannot reach {}: {}; is the server running, and the address "
                                "right?",
                                url, why)};
        case CURLE_OPERATION_TIMEDOUT:
            return {Fault::TimedOut,
                    fmt::format("no connection to {} within {}", url,
                                duration_text(static_cast<double>(request.connect_limit.count()) * 1e6))};
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_CACERT_BADFILE:
            return {Fault::Denied, fmt::format("the certificate of {} is not trusted: {}", url, why)};
        default:
            return {Fault::Unavailable, fmt::format("the answer of {} {}: {}", url,
                                                    any_byte ? "broke off" : "did not come", why)};
    }
}

}  // namespace

Result<HttpResponse> HttpClient::send(const HttpRequest& request, const OnBody& on_body,
                                      std::stop_token stop) {
    TRY(const Curl* const loaded, load_curl());
    if (!handles_) handles_ = std::make_unique<Handles>(*loaded);
    const Curl& curl = *loaded;
    CURLM* multi = handles_->multi;
    CURL* easy = handles_->easy;
    Transfer transfer{.response = {}, .on_body = on_body, .request = request};

    std::unique_ptr<curl_slist, decltype(curl.slist_free_all)> headers(nullptr, curl.slist_free_all);
    for (const auto& [name, value] : request.headers) {
        if (value.find_first_of("\r\n") != std::string::npos) {
            return fail(Fault::Invalid, "the value of the header {} holds a line end", name);
        }
        headers.reset(curl.slist_append(headers.release(), fmt::format("{}: {}", name, value).c_str()));
    }
    headers.reset(curl.slist_append(headers.release(), "Expect:"));

    std::array<char, CURL_ERROR_SIZE> detail{};
    curl.easy_reset(easy);
    curl.easy_setopt(easy, CURLOPT_URL, request.url.c_str());
    curl.easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl.easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
    if (!request.body.empty()) {
        curl.easy_setopt(easy, CURLOPT_POSTFIELDS, request.body.c_str());
        curl.easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    }
    curl.easy_setopt(easy, CURLOPT_HTTPHEADER, headers.get());
    curl.easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    curl.easy_setopt(easy, CURLOPT_HEADERDATA, &transfer);
    curl.easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_write);
    curl.easy_setopt(easy, CURLOPT_WRITEDATA, &transfer);
    curl.easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request.connect_limit.count()));
    curl.easy_setopt(easy, CURLOPT_ERRORBUFFER, detail.data());
    curl.easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl.easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, request.verify_certificate ? 1L : 0L);
    curl.easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, request.verify_certificate ? 2L : 0L);
    curl.easy_setopt(easy, CURLOPT_USERAGENT, "culprit");

    curl.multi_add_handle(multi, easy);
    const auto remove = [&](CURL* handle) { curl.multi_remove_handle(multi, handle); };
    const std::unique_ptr<CURL, decltype(remove)> added(easy, remove);
    const std::stop_callback wake(stop, [&curl, multi] { curl.multi_wakeup(multi); });
    for (;;) {
        int running = 0;
        curl.multi_perform(multi, &running);
        if (stop.stop_requested()) return std::unexpected(cancelled());
        int left = 0;
        if (const CURLMsg* message = curl.multi_info_read(multi, &left);
            message && message->msg == CURLMSG_DONE) {
            const CURLcode code = message->data.result;
            if (code == CURLE_OK || transfer.enough) return std::move(transfer.response);
            const char* const why = detail[0] ? detail.data() : curl.easy_strerror(code);
            return std::unexpected(transfer_error(code, why, request, transfer.any_byte));
        }
        const auto limit = transfer.enough ? kGrace : request.stall_limit;
        const auto silent = SteadyClock::now() - transfer.last_byte;
        if (silent >= limit && transfer.enough) return std::move(transfer.response);
        if (silent >= limit) {
            return fail(Fault::TimedOut, "{} sent nothing for {}", shown_url(request.url),
                        duration_text(static_cast<double>(std::chrono::nanoseconds(silent).count())));
        }
        const auto wait = std::chrono::ceil<std::chrono::milliseconds>(limit - silent);
        curl.multi_poll(multi, nullptr, 0, static_cast<int>(std::min<std::int64_t>(wait.count(), 1000)),
                        nullptr);
    }
}

}  // namespace culprit
