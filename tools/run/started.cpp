#include "tools/run/started.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "base/json.h"

namespace culprit {

Result<StartedContainers> StartedContainers::load(fs::path file) {
    StartedContainers started;
    started.file_ = std::move(file);
    std::error_code code;
    if (!fs::exists(started.file_, code)) return started;
    TRY(const std::string text, read_file(started.file_, 1u << 20));
    const auto json = parse_json(text, started.file_.string());
    if (!json || !json->is_array())
        return fail(Fault::Corrupt,
                    "{} is damaged; what culprit started is labelled: docker ps --filter label=culprit; "
                    "remove the file then",
                    started.file_.string());
    for (const Json& each : *json) {
        if (!text_at(each, "id").empty())
            started.all_.push_back({text_at(each, "id"), text_at(each, "name"), text_at(each, "compose"),
                                    flag_at(each, "whole")});
    }
    return started;
}

const StartedContainer* StartedContainers::find(std::string_view id_or_name) const {
    const auto found = std::ranges::find_if(all_, [&](const StartedContainer& each) {
        return each.name == id_or_name || (id_or_name.size() >= 12 && each.id.starts_with(id_or_name));
    });
    return found == all_.end() ? nullptr : &*found;
}

Result<> StartedContainers::add(StartedContainer container) {
    if (std::ranges::find(all_, container.id, &StartedContainer::id) != all_.end()) return {};
    all_.push_back(std::move(container));
    return save();
}

Result<> StartedContainers::remove(std::string_view id) {
    std::erase_if(all_, [&](const StartedContainer& each) { return each.id == id; });
    return save();
}

Result<> StartedContainers::save() const {
    std::error_code code;
    if (all_.empty()) {
        fs::remove(file_, code);
        return {};
    }
    Json json = Json::array();
    for (const StartedContainer& each : all_)
        json.push_back({{"id", each.id},
                        {"name", each.name},
                        {"compose", each.compose.string()},
                        {"whole", each.whole}});
    return write_file(file_, dump_json(json, 2) + "\n");
}

}  // namespace culprit
