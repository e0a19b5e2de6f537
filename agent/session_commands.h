// `culprit sessions`, `record`, `report` and `fork`: what is done with sessions from outside of one.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "agent/options.h"
#include "agent/project.h"
#include "agent/spending.h"
#include "sessions/store.h"

namespace culprit {

struct SessionQuery {
    std::string text;  // only sessions in whose messages, answers or results this stands; empty: all
    bool all_projects = false;
};

// A session as it is listed.
struct ListedSession {
    fs::path project;
    SessionSummary summary;
    std::optional<double> cost;  // dollars; nothing if a model has no price
    std::string found;           // the first line in which the text of the query stands
    std::size_t turn = 0;        // and its turn, from 1
};

// Newest first. What cannot be read is told of in `warnings`.
Result<std::vector<ListedSession>> list_sessions(const Project& project, const SessionQuery& query,
                                                 const ModelTable& models, std::vector<std::string>& warnings,
                                                 std::stop_token stop);

std::string sessions_text(const std::vector<ListedSession>& sessions, bool all_projects);
Json sessions_json(const std::vector<ListedSession>& sessions);

// The subcommands; the exit code.
Result<int> print_sessions(const Options& options, const Project& project, const ModelTable& models,
                           std::stop_token stop);
Result<int> record_command(const Options& options, const Project& project, const fs::path& base);
Result<int> report_command(const Options& options, const Project& project, const fs::path& base);
Result<int> fork_command(const Options& options, const Project& project);

// Notes that there are sessions in this project, for `--all`. What goes wrong is no error.
void note_project(const fs::path& folder);

}  // namespace culprit
