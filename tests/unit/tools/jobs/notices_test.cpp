#include "tools/jobs/notices.h"

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "base/text.h"
#include "support/child.h"
#include "support/support.h"

namespace culprit {
namespace {

using test::Child;
using test::must;

const Notice kNotice{.title = "BLOCK: shop <1.0> vs 1.1",
                     .text = "2 tests regressed\nGET /orders +20 %",
                     .link = "https://perf.example.net/r"};

TEST(Notices, BodiesAsTheirReadersWantThem) {
    const Json slack = must(parse_json(slack_body(kNotice), "slack"));
    EXPECT_EQ(text_at(slack, "text"), "BLOCK: shop &lt;1.0&gt; vs 1.1");
    EXPECT_EQ(slack["blocks"][0]["text"]["type"], "mrkdwn");
    const Json teams = must(parse_json(teams_body(kNotice), "teams"));
    const Json& attachment = teams["attachments"][0];
    EXPECT_EQ(attachment["contentType"], "application/vnd.microsoft.card.adaptive");
    EXPECT_EQ(attachment["content"]["body"][1]["text"], kNotice.text);
    EXPECT_EQ(attachment["content"]["actions"][0]["url"], kNotice.link);
    EXPECT_TRUE(mail_text({.title = "a\r\nBcc: x", .text = "t", .link = ""}, "f@x", {"t@x"})
                    .starts_with("From: f@x\r\nTo: t@x\r\nSubject: a"));
    EXPECT_FALSE(
        mail_text({.title = "a\r\nBcc: x", .text = "t", .link = ""}, "f@x", {"t@x"}).contains("\nBcc"));
}

TEST(Notices, WrongAddresses) {
    for (const char* target :
         {"mailto:a@b", "slack:", "smtp://host", "smtp://h?from=a\r\n&to=b", "env:NO_SUCH_VARIABLE"}) {
        const auto sent = send_notice(target, kNotice, {});
        ASSERT_FALSE(sent) << target;
        EXPECT_EQ(sent.error().fault, Fault::Invalid) << target;
    }
}

// Servers that print what they get.
constexpr std::string_view kWebhook = R"(
import http.server
class H(http.server.BaseHTTPRequestHandler):
    def log_message(self, *a): pass
    def do_POST(self):
        print("got", self.path, self.headers["Content-Type"], self.rfile.read(int(self.headers["Content-Length"])).decode(), flush=True)
        self.send_response(200 if "good" in self.path else 403); self.send_header("Content-Length", "2"); self.end_headers(); self.wfile.write(b"ok")
s = http.server.HTTPServer(("127.0.0.1", 0), H)
print("port", s.server_port, "end", flush=True)
s.serve_forever()
)";
constexpr std::string_view kMail = R"(
import socket
s = socket.create_server(("127.0.0.1", 0)); print("port", s.getsockname()[1], "end", flush=True)
c, _ = s.accept(); f = c.makefile("rwb", buffering=0); say = lambda t: f.write(t.encode() + b"\r\n"); say("220 here"); data = False
for line in f:
    line = line.decode().rstrip("\r\n"); print("got", line, flush=True)
    if data:
        if line == ".": data = False; say("250 kept")
    elif line.startswith("DATA"): data = True; say("354 go on")
    elif line.startswith("QUIT"): say("221 bye"); break
    elif line.startswith("EHLO"): say("250-here\r\n250 8BITMIME")
    else: say("250 ok")
)";

std::string port_of(Child& child) {
    child.wait_for("port ");
    child.wait_for(" end");
    const std::string& text = child.output();
    const std::size_t at = text.find("port ") + 5;
    return text.substr(at, text.find(' ', at) - at);
}

TEST(Notices, WebhooksAreDeliveredAndRefusalsAreTold) {
    Child server({.argv = {"python3", "-c", std::string(kWebhook)}});
    const std::string base = "http://127.0.0.1:" + port_of(server);
    must(send_notice("slack:" + base + "/good/secret", kNotice, {}));
    must(send_notice("teams:" + base + "/good", kNotice, {}));
    const auto refused = send_notice("slack:" + base + "/services/secret", kNotice, {});
    ASSERT_FALSE(refused);
    EXPECT_FALSE(refused.error().what.contains("secret")) << refused.error().what;
    server.wait_for("got /good/secret application/json {\"text\":\"BLOCK: shop");
    server.wait_for("AdaptiveCard");
}

TEST(Notices, MailIsHandedToItsServer) {
    Child server({.argv = {"python3", "-c", std::string(kMail)}});
    must(send_notice(fmt::format("smtp://127.0.0.1:{}?from=gate@example.net&to=a@example.net,b@example.net",
                                 port_of(server)),
                     kNotice, {}));
    for (const char* line :
         {"got MAIL FROM:<gate@example.net>", "got RCPT TO:<a@example.net>", "got RCPT TO:<b@example.net>",
          "got Subject: BLOCK: shop <1.0> vs 1.1", "got GET /orders +20 %", "got Report: https://"})
        server.wait_for(line);
}

}  // namespace
}  // namespace culprit
