// Letters that a server cut in two: in JSON an emoji is "\ud83c\udf0d", and servers that count in UTF-16 send
// the halves in two pieces, each of which is no valid text by itself.
#pragma once

#include <string>
#include <string_view>

namespace culprit {

// One a stream, fed with its pieces of JSON in order.
class SplitLetters {
  public:
    // `json` with each half of a letter whose other half is not beside it taken out, the first half to be put
    // before the second where that comes; a second half without a first becomes U+FFFD.
    std::string joined(std::string_view json);

  private:
    std::string first_half_;  // as it was written: "\ud83c"; empty: none waits
};

}  // namespace culprit
