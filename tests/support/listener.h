// A port on loopback that takes connections and never says a word.
#pragma once

#include "base/files.h"

namespace culprit::test {

class Listener {
  public:
    Listener();
    int port() const { return port_; }

  private:
    Descriptor fd_;
    int port_ = 0;
};

}  // namespace culprit::test
