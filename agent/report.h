// The write-up of a session with its evidence, for those who were not there.
#pragma once

#include "sessions/store.h"

namespace culprit {

enum class ReportForm { Markdown, HTML, JSON };

// By the name of a file: .html, .json, else Markdown.
ReportForm report_form_of(const fs::path& file);

// What was asked and answered, turn by turn, with the verdict of the checks; then each result that an answer
// cites
// ([E3]): the call, and the beginning of what it said. HTML is one file without scripts, and nothing of the
// session is taken for HTML. Fails as Log::read does.
Result<std::string> report_of(const SessionPlace& place, ReportForm form);

// The file that a person named to write to, seen from `base`. Fails with NotFound if there is no such folder:
// a name with a slip makes no folders.
Result<fs::path> file_to_write(const fs::path& base, std::string_view given);

}  // namespace culprit
