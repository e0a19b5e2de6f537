#include "tools/jobs/notices.h"

#include <cstdlib>
#include <cstring>
#include <memory>

#include <nlohmann/json.hpp>

#include "base/clock.h"
#include "base/curl.h"
#include "base/http.h"
#include "base/json.h"
#include "base/text.h"

namespace culprit {
namespace {

constexpr std::size_t kMostText = 2800;  // Slack takes 3,000 in a block

std::string cut(const std::string& text) {
    return text.size() <= kMostText ? text : valid_utf8(text.substr(0, kMostText)) + "...";
}

}  // namespace

std::string slack_body(const Notice& notice) {
    // Slack reads &, < and > as markup.
    const auto plain = [](std::string text) {
        return replace_all(replace_all(replace_all(std::move(text), "&", "&amp;"), "<", "&lt;"), ">", "&gt;");
    };
    std::string text = fmt::format("*{}*\n```{}```", plain(notice.title), plain(cut(notice.text)));
    if (!notice.link.empty()) text += fmt::format("\n<{}|Report>", notice.link);
    return dump_json({{"text", plain(notice.title)},
                      {"blocks", {{{"type", "section"}, {"text", {{"type", "mrkdwn"}, {"text", text}}}}}}});
}

std::string teams_body(const Notice& notice) {
    Json body = Json::array();
    body.push_back({{"type", "TextBlock"}, {"text", notice.title}, {"weight", "Bolder"}, {"wrap", true}});
    body.push_back(
        {{"type", "TextBlock"}, {"text", cut(notice.text)}, {"fontType", "Monospace"}, {"wrap", true}});
    Json card = {{"$schema", "http://adaptivecards.io/schemas/adaptive-card.json"},
                 {"type", "AdaptiveCard"},
                 {"version", "1.4"},
                 {"body", std::move(body)}};
    if (!notice.link.empty())
        card["actions"] =
            Json::array({{{"type", "Action.OpenUrl"}, {"title", "Report"}, {"url", notice.link}}});
    Json attachment = {{"contentType", "application/vnd.microsoft.card.adaptive"},
                       {"content", std::move(card)}};
    return dump_json({{"type", "message"}, {"attachments", Json::array({std::move(attachment)})}});
}

std::string mail_text(const Notice& notice, std::string_view from, const std::vector<std::string>& to) {
    const auto one = [](std::string_view text) { return one_line(text, 200); };
    std::string text = fmt::format(
        "From: {}\r\nTo: {}\r\nSubject: {}\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; "
        "charset=utf-8\r\n"
        "Content-Transfer-Encoding: 8bit\r\n\r\n",
        one(from), one(join(to, ", ")), one(notice.title));
    for (const std::string_view line : split_lines(notice.text)) text += fmt::format("{}\r\n", line);
    if (!notice.link.empty()) text += fmt::format("\r\nReport: {}\r\n", notice.link);
    return text;
}

namespace {

std::string host_of(std::string_view url) {
    const std::size_t scheme = url.find("://");
    std::string_view host = scheme == std::string_view::npos ? url : url.substr(scheme + 3);
    host = host.substr(0, host.find_first_of("/?"));
    return std::string(host.substr(host.rfind('@') == std::string_view::npos ? 0 : host.rfind('@') + 1));
}

Result<> post(const std::string& url, std::string body, std::stop_token stop) {
    HttpClient client;
    const HttpRequest request{.method = "POST",
                              .url = url,
                              .headers = {{"Content-Type", "application/json"}},
                              .body = std::move(body)};
    const auto response = client.send(request, {}, stop);
    if (!response)
        return fail(response.error().fault, "the notice to {} was not sent: {}", host_of(url),
                    replace_all(response.error().what, url, host_of(url)));
    if (response->status >= 300)
        return fail(Fault::Unavailable, "the notice to {} was refused: {} {}", host_of(url), response->status,
                    one_line(response->body, 100));
    return {};
}

struct Mail {
    std::string server, user, from;  // server: "smtp://host:port"
    std::vector<std::string> to;
};

Result<Mail> parse_mail(const std::string& target) {
    Mail mail;
    const std::size_t scheme = target.find("://"), query = target.find('?');
    std::string authority =
        target.substr(scheme + 3, query == std::string::npos ? query : query - scheme - 3);
    if (const std::size_t at = authority.rfind('@'); at != std::string::npos) {
        mail.user = authority.substr(0, at);
        authority.erase(0, at + 1);
    }
    mail.server = target.substr(0, scheme + 3) + authority;
    const std::string parameters = query == std::string::npos ? "" : target.substr(query + 1);
    for (const std::string_view part : split(parameters, '&')) {
        if (part.starts_with("from=")) mail.from = part.substr(5);
        if (!part.starts_with("to=")) continue;
        for (const std::string_view address : split(part.substr(3), ',')) mail.to.emplace_back(address);
    }
    const bool bad = target.find_first_of("\r\n<> ") != std::string::npos;
    if (bad || mail.from.empty() || mail.to.empty() || authority.empty())
        return fail(Fault::Invalid, "an e-mail is asked for as smtp://USER@HOST:PORT?from=A&to=B,C");
    return mail;
}

struct Upload {
    std::string_view left;
};

std::size_t on_read(char* buffer, std::size_t size, std::size_t count, void* user) {
    auto& upload = *static_cast<Upload*>(user);
    const std::size_t length = std::min(size * count, upload.left.size());
    if (length > 0) std::memcpy(buffer, upload.left.data(), length);
    upload.left.remove_prefix(length);
    return length;
}

int on_progress(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<std::stop_token*>(user)->stop_requested() ? 1 : 0;
}

Result<> send_mail(const std::string& target, const Notice& notice, std::stop_token stop) {
    TRY(const Mail mail, parse_mail(target));
    const std::string text = mail_text(notice, mail.from, mail.to);
    Upload upload{text};
    TRY(const Curl* const loaded, load_curl());
    const Curl& curl = *loaded;
    const std::unique_ptr<CURL, decltype(curl.easy_cleanup)> easy(curl.easy_init(), curl.easy_cleanup);
    std::unique_ptr<curl_slist, decltype(curl.slist_free_all)> to(nullptr, curl.slist_free_all);
    for (const std::string& address : mail.to) to.reset(curl.slist_append(to.release(), address.c_str()));
    const std::string host = host_of(mail.server);
    const bool here =
        host.starts_with("localhost") || host.starts_with("127.0.0.1") || host.starts_with("[::1]");
    curl.easy_setopt(easy.get(), CURLOPT_URL, mail.server.c_str());
    curl.easy_setopt(easy.get(), CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl.easy_setopt(easy.get(), CURLOPT_USE_SSL, here ? CURLUSESSL_TRY : CURLUSESSL_ALL);
    curl.easy_setopt(easy.get(), CURLOPT_MAIL_FROM, mail.from.c_str());
    curl.easy_setopt(easy.get(), CURLOPT_MAIL_RCPT, to.get());
    curl.easy_setopt(easy.get(), CURLOPT_UPLOAD, 1L);
    curl.easy_setopt(easy.get(), CURLOPT_READFUNCTION, on_read);
    curl.easy_setopt(easy.get(), CURLOPT_READDATA, &upload);
    curl.easy_setopt(easy.get(), CURLOPT_CONNECTTIMEOUT, 15L);
    curl.easy_setopt(easy.get(), CURLOPT_TIMEOUT, 60L);
    curl.easy_setopt(easy.get(), CURLOPT_NOSIGNAL, 1L);
    curl.easy_setopt(easy.get(), CURLOPT_NOPROGRESS, 0L);
    curl.easy_setopt(easy.get(), CURLOPT_XFERINFOFUNCTION, on_progress);
    curl.easy_setopt(easy.get(), CURLOPT_XFERINFODATA, &stop);
    if (!mail.user.empty()) {
        const char* password = std::getenv("CULPRIT_SMTP_PASSWORD");
        curl.easy_setopt(easy.get(), CURLOPT_USERNAME, mail.user.c_str());
        curl.easy_setopt(easy.get(), CURLOPT_PASSWORD, password ? password : "");
    }
    const CURLcode code = curl.easy_perform(easy.get());
    if (code == CURLE_ABORTED_BY_CALLBACK) return std::unexpected(cancelled());
    if (code != CURLE_OK)
        return fail(Fault::Unavailable, "the e-mail by {} was not sent: {}", host, curl.easy_strerror(code));
    return {};
}

}  // namespace

Result<> send_notice(const std::string& target, const Notice& notice, std::stop_token stop) {
    if (target.starts_with("env:")) {
        const char* value = std::getenv(target.c_str() + 4);
        if (!value || !*value)
            return fail(Fault::Invalid, "the environment variable {} is not set", target.substr(4));
        if (std::string_view(value).starts_with("env:"))
            return fail(Fault::Invalid, "{} names another variable", target);
        return send_notice(value, notice, stop);
    }
    if (target.starts_with("slack:http")) return post(target.substr(6), slack_body(notice), stop);
    if (target.starts_with("teams:http")) return post(target.substr(6), teams_body(notice), stop);
    if (target.starts_with("smtp://") || target.starts_with("smtps://"))
        return send_mail(target, notice, stop);
    return fail(Fault::Invalid,
                "a notice goes to slack:https://..., teams:https://..., smtp://... or env:NAME");
}

}  // namespace culprit
