// Variables of the environment, and those of the project's .env.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/files.h"

namespace culprit {

// Environment variables, and below them the lines NAME=value of a .env file. The latter are not given to
// child processes.
class Variables {
  public:
    // A .env that is not there is no error; a line of it that cannot be read is told of in warnings().
    static Variables load(const fs::path& folder);

    std::string get(std::string_view name) const;     // empty if unset
    bool is_of_project(std::string_view name) const;  // it comes from the .env
    std::vector<std::string> secrets() const;         // the values of the .env whose names say that they are
    const std::vector<std::string>& warnings() const { return warnings_; }

  private:
    std::map<std::string, std::string, std::less<>> from_file_;
    std::vector<std::string> warnings_;
};

}  // namespace culprit
