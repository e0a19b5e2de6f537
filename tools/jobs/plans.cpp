#include "tools/jobs/plans.h"

#include "base/text.h"

namespace culprit {
namespace {

using Words = std::vector<std::string>;

// "slack:https://…" is the key to a channel: where it goes is said, not how.
std::string kind_of_target(const std::string& target) {
    return target.starts_with("env:") ? target : target.substr(0, target.find(':')) + ":…";
}

bool is_on_server(const std::string& place) { return place.contains("://"); }

// A store by URL is reached over the network; its password is nobody's business. One in a file is written.
Result<> add_store(const Args& args, Words& words, Needs& needs) {
    const std::string& store = args.text("store");
    if (store.empty() || store == "none") return {};
    if (is_on_server(store)) {
        needs.network = true;
        words.insert(words.end(), {"--store", store.substr(0, store.find("://")) + "://…"});
        return {};
    }
    TRY(fs::path file, real_path(fs::absolute(store)));
    words.insert(words.end(), {"--store", store});
    needs.writes.push_back(std::move(file));
    return {};
}

}  // namespace

Result<Plan> plan_jobs_compare(const Args& args, Workbench&) {
    Words words = {"culprit", "jobs", "compare"};
    Needs needs{.network = !args.text("url").empty() || !args.list("notify").empty()};
    for (const std::string& each : args.list("jobs")) words.push_back(each);
    for (const std::string& each : args.list("product")) words.insert(words.end(), {"--product", each});
    if (!args.text("url").empty()) words.insert(words.end(), {"--url", args.text("url")});
    if (args.flag("upload")) words.emplace_back("--upload");
    for (const std::string& each : args.list("notify"))
        words.insert(words.end(), {"--notify", kind_of_target(each)});
    if (!args.text("output_dir").empty()) {
        TRY(fs::path folder, real_path(fs::absolute(args.text("output_dir"))));
        words.insert(words.end(), {"--output-dir", args.text("output_dir")});
        needs.writes.push_back(std::move(folder));
    }
    TRY_OK(add_store(args, words, needs));
    return Plan{.starts = {{.argv = std::move(words)}}, .needs = std::move(needs), .by_culprit = true};
}

Result<Plan> plan_jobs_acknowledge(const Args& args, Workbench&) {
    Words words = {"culprit", "jobs", "ack", args.text("test")};
    Needs needs;
    if (!args.text("why").empty()) words.insert(words.end(), {"--why", args.text("why")});
    if (args.flag("withdraw")) words.emplace_back("--withdraw");
    if (!args.text("product").empty()) words.insert(words.end(), {"--product", args.text("product")});
    TRY_OK(add_store(args, words, needs));
    return Plan{.starts = {{.argv = std::move(words)}}, .needs = std::move(needs), .by_culprit = true};
}

Result<Plan> plan_jobs_pin(const Args& args, Workbench&) {
    Words words = {"culprit", "jobs", "pin", args.text("hardware"), args.text("job")};
    Needs needs;
    if (args.flag("release")) words.emplace_back("--release");
    if (!args.text("product").empty()) words.insert(words.end(), {"--product", args.text("product")});
    TRY_OK(add_store(args, words, needs));
    return Plan{.starts = {{.argv = std::move(words)}}, .needs = std::move(needs), .by_culprit = true};
}

}  // namespace culprit
