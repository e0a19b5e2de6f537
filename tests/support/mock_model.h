// A model server that others wrote (@copilotkit/aimock, from npm) on a port of its own on loopback.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "support/child.h"

namespace culprit::test {

class MockModel {
  public:
    // `fixtures` is the server's own JSON: {"fixtures":[{"match":…,"response":…}]}.
    explicit MockModel(std::string_view fixtures, std::vector<std::string> more_flags = {});

    std::string url() const;      // "http://127.0.0.1:PORT"
    std::string journal() const;  // the requests so far, as the server's JSON

    // The next request gets this status and body.
    void fail_once(int status, std::string_view body);

  private:
    TemporaryFolder folder_;
    int port_;
    std::unique_ptr<Child> server_;
};

// The node that the peers' packages run on.
std::string node_program();

// A port on loopback that is free now.
int free_port();

}  // namespace culprit::test
