// The ssh connections of a session.
#pragma once

#include <optional>
#include <string_view>

#include "base/files.h"

namespace culprit {

// Where the connections of a session are shared: one to each host, held by a command in the background.
// Removed with the object. Not thread-safe.
class Connections {
  public:
    // The socket of the connection to this host; it may not be there yet.
    Result<fs::path> socket(std::string_view host);

  private:
    std::optional<TemporaryFolder> folder_;
};

}  // namespace culprit
