// Tells people of a comparison: a webhook in the shape of Slack or of Teams, or an e-mail.
#pragma once

#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace culprit {

struct Notice {
    std::string title;  // "BLOCK: orders-api 1.64 vs 1.66"
    std::string text;   // the summary, several lines
    std::string link;   // to the report; may be empty
};

// Bodies of a webhook, as JSON.
std::string slack_body(const Notice& notice);
std::string teams_body(const Notice& notice);
// The message as RFC 5322 has it, its lines ended by CR LF.
std::string mail_text(const Notice& notice, std::string_view from, const std::vector<std::string>& to);

// Where to, one of
//   slack:https://...  teams:https://...           a webhook
//   smtp://USER@HOST:PORT?from=A&to=B,C             or smtps://; the password is CULPRIT_SMTP_PASSWORD;
//   STARTTLS
//                                                   is required unless the host is this machine
//   env:NAME                                        what the environment variable says, as addresses are
//   secrets
// Fails with Invalid for anything else, Unavailable if it could not be delivered; the message never shows
// more of an address than its host.
Result<> send_notice(const std::string& target, const Notice& notice, std::stop_token stop);

}  // namespace culprit
