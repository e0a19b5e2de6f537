#include "agent/grounding/write_up.h"

#include <algorithm>
#include <array>

#include "agent/grounding/frames.h"
#include "base/text.h"

namespace culprit {
namespace {

struct Edit {
    std::size_t begin, end;
    std::string text;
};

std::string with_edits(std::string_view text, const std::vector<Edit>& edits) {
    std::string edited;
    std::size_t at = 0;
    for (const Edit& edit : edits) {
        edited += text.substr(at, edit.begin - at);
        edited += edit.text;
        at = edit.end;
    }
    return edited + std::string(text.substr(at));
}

void add_edits(const CitedFrame& cited, const CheckedFrame& frame, std::vector<Edit>& edits) {
    if (frame.status == CheckedFrame::Status::Corrected) {
        edits.push_back({cited.number_begin, cited.number_end, std::to_string(frame.line)});
    }
    if (frame.status != CheckedFrame::Status::Verified) {
        const bool failed = frame.status == CheckedFrame::Status::Unverified;
        // The reason without its hints, which are for the model.
        const std::string why = failed ? frame.why.substr(0, frame.why.find("; ")) : frame.why;
        edits.push_back(
            {cited.line_end, cited.line_end, fmt::format("  [{}{}]", failed ? "unverified: " : "", why)});
    }
}

void add_edits(const CheckedClaim& claim, std::vector<Edit>& edits) {
    if (claim.status != CheckedClaim::Status::Unverified) return;
    edits.push_back(
        {claim.end, claim.end, fmt::format(" [unverified: {}]", claim.why.substr(0, claim.why.find("; ")))});
}

std::string line_around(std::string_view text, std::size_t at) {
    const std::size_t begin = text.rfind('\n', at) == std::string_view::npos ? 0 : text.rfind('\n', at) + 1;
    return one_line(trim(text.substr(begin, text.find('\n', at) - begin)), 100);
}

constexpr std::string_view kFramesFailed =
    "These frames of your call stack do not hold against the source:\n";
constexpr std::string_view kClaimsFailed =
    "These figures, names or citations do not hold against the results of this session:\n";

// What the model is asked for; frames alone are repaired alone.
std::string repair_request(std::string_view text, const Checked& checked) {
    std::string frames, claims;
    for (const CheckedFrame& frame : checked.frames) {
        if (frame.status == CheckedFrame::Status::Unverified)
            frames +=
                fmt::format("- at {} ({}:line {}): {}\n", frame.symbol, frame.file, frame.line, frame.why);
    }
    for (const CheckedClaim& claim : checked.claims) {
        if (claim.status == CheckedClaim::Status::Unverified)
            claims +=
                fmt::format("- {} in \"{}\": {}\n", claim.text, line_around(text, claim.begin), claim.why);
    }
    if (frames.empty() && claims.empty()) return {};
    std::string request;
    if (!frames.empty()) {
        request += fmt::format("{}{}\n", kFramesFailed, frames);
    }
    if (claims.empty()) {
        return request +
               "Look up what you need, then reply with the whole corrected call stack and nothing else: "
               "frames "
               "outermost first, each with the line at which it calls the next one, the last with the line "
               "that "
               "costs.";
    }
    return request + fmt::format(
                         "{}{}\nLook up "
                         "what you need, then reply with the whole write-up again, corrected. State only "
                         "figures that a "
                         "result has, or that follow from two that you name beside them; leave out what you "
                         "cannot show.",
                         kClaimsFailed, claims);
}

using Headings = std::array<std::string_view, 4>;
constexpr Headings kDiagnosis = {"Observed Behavior", "Root Cause", "Call Stack", "Resolution"};
constexpr Headings kGateReport = {"Executive Summary", "Issues by Severity", "Root Causes", "Action Items"};

bool has_most(std::string_view text, const Headings& headings) {
    return std::ranges::count_if(headings, [&](std::string_view heading) {
               return contains_ignoring_case(text, heading);
           }) >= 3;
}

}  // namespace

bool is_repair_request(std::string_view message) {
    return message.starts_with(kFramesFailed) || message.starts_with(kClaimsFailed);
}

Checked check_write_up(std::string_view text, const Ground& ground) {
    Checked result{.text = {}, .frames = {}, .claims = check_claims(text, ground), .repair_request = {}};
    std::vector<Edit> edits;
    for (CitedAndChecked& frame : check_frames(text, ground.roots, ground.source)) {
        add_edits(frame.cited, frame.checked, edits);
        result.frames.push_back(std::move(frame.checked));
    }
    for (const CheckedClaim& claim : result.claims) add_edits(claim, edits);
    std::ranges::stable_sort(edits, {}, &Edit::begin);
    result.text = with_edits(text, edits);
    result.repair_request = repair_request(text, result);
    return result;
}

bool is_write_up(std::string_view text) {
    return has_most(text, kDiagnosis) || has_most(text, kGateReport) || !cited_stacks(text).empty();
}

std::string with_repair(std::string_view write_up, std::string_view repair) {
    const auto old_stacks = cited_stacks(write_up);
    const auto new_stacks = cited_stacks(repair);
    if (new_stacks.empty()) {
        // What is no diagnosis has no headings to know it by, but a remark is shorter than the whole.
        const bool is_whole =
            is_write_up(repair) || (!is_write_up(write_up) && repair.size() > write_up.size() / 2);
        return std::string(is_whole ? repair : write_up);
    }
    const std::size_t new_from = new_stacks.front().front().line_begin;
    const std::size_t new_to = new_stacks.back().back().line_end;
    const std::string_view around = trim(repair.substr(0, new_from));
    const bool frames_alone = around.size() < 200 && around.find("##") == std::string_view::npos &&
                              trim(repair.substr(new_to)).size() < 200;
    if (!frames_alone) return std::string(repair);
    if (old_stacks.empty()) return std::string(write_up);
    const std::size_t from = old_stacks.front().front().line_begin;
    const std::size_t to = old_stacks.back().back().line_end;
    return fmt::format("{}{}{}", write_up.substr(0, from), repair.substr(new_from, new_to - new_from),
                       write_up.substr(to));
}

std::string verdict_line(const WriteUpChecked& checked, bool has_source) {
    std::string line;
    if (checked.frames.empty() && has_most(checked.shown, kGateReport)) {
        line = "The report was held against the results.";
    } else if (checked.frames.empty() && !checked.shown.empty() && !is_write_up(checked.shown)) {
        line = checked.claims.empty() ? "Nothing in this answer could be checked." : "Checked";
    } else if (checked.frames.empty()) {
        line = has_source
                   ? "Call stack: no frame is cited, so none could be checked against the source."
                   : "Call stack: no frame is cited, as no source root is known; --root NAME=PATH names one.";
    } else {
        const auto count = [&](CheckedFrame::Status status) {
            return std::ranges::count(checked.frames, status, &CheckedFrame::status);
        };
        const auto corrected = count(CheckedFrame::Status::Corrected);
        const auto failed = count(CheckedFrame::Status::Unverified);
        line = fmt::format("Call stack: {} of {} frames verified",
                           checked.frames.size() - static_cast<std::size_t>(failed), checked.frames.size());
        if (corrected > 0 || failed > 0)
            line += fmt::format(" ({} corrected, {} unverified)", corrected, failed);
    }
    for (const auto& [kind, title] :
         {std::pair(CheckedClaim::Kind::Figure, "figures"), std::pair(CheckedClaim::Kind::Name, "names"),
          std::pair(CheckedClaim::Kind::Citation, "citations")}) {
        const auto is = [&](CheckedClaim::Status status) {
            return std::ranges::count_if(checked.claims, [status, wanted = kind](const CheckedClaim& claim) {
                return claim.kind == wanted && claim.status == status;
            });
        };
        const auto good = is(CheckedClaim::Status::Verified) + is(CheckedClaim::Status::Derived);
        const auto bad = is(CheckedClaim::Status::Unverified), unknown = is(CheckedClaim::Status::Unknown);
        if (good + bad + unknown == 0) continue;
        const std::string_view joint = line.ends_with('.') ? "" : line == "Checked" ? ":" : ";";
        line += fmt::format("{} {}: {} of {}", joint, title, good, good + bad + unknown);
        if (unknown > 0) line += fmt::format(" ({} cannot be told)", unknown);
    }
    return line;
}

}  // namespace culprit
