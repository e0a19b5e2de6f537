#include "agent/investigator/clues.h"

#include "support/support.h"

namespace culprit {
namespace {

std::vector<std::string> profiles_in(std::string_view message) {
    Request request;
    request.system =
        "# Source trees and files of this session\n- run.nettrace (file, /srv/case/run.nettrace)\n"
        "- a b.nettrace (file, /srv/d e/a b.nettrace)\n";
    request.messages.push_back({.role = Message::Role::User, .text = message});
    const Conversation conversation(request);
    return find_clues(conversation).profiles;
}

TEST(Clues, ProfilesAreFoundByThePathsThatPeopleType) {
    const std::vector<std::string> run = {"run.nettrace"};
    for (const char* path :
         {"run.nettrace", "./run.nettrace", "../case/run.nettrace", "~/case/run.nettrace", "@run.nettrace",
          "(@../run.nettrace)", "`run.nettrace`", "after=run.nettrace", "/srv/case/run.nettrace."})
        EXPECT_EQ(profiles_in(fmt::format("why is it slow? {} tells", path)), run) << path;
    EXPECT_EQ(profiles_in("see \"d e/a b.nettrace\", please"), std::vector<std::string>{"a b.nettrace"});
    EXPECT_TRUE(profiles_in("why is it slow? ... @ ./ ../").empty());
}

}  // namespace
}  // namespace culprit
