// A web server on loopback that answers with the very bytes it is told, in pieces and with pauses: for what
// the model server that others wrote cannot do.
#pragma once

#include <chrono>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/files.h"

namespace culprit::test {

// What is sent to one request.
struct Served {
    std::vector<std::string> pieces;     // written one by one, the head of the answer too
    std::chrono::milliseconds pause{0};  // before each but the first
    enum class End { Close, Reset, KeepOpen } end = End::Close;
};

// "HTTP/1.1 200 OK" and what a stream of events begins with.
std::string stream_head();
// An answer of this status that is all in one.
Served whole_answer_of(int status, std::string_view body, std::string_view more_headers = "");

class LoopbackServer {
  public:
    // The n-th request gets the n-th answer; those after the last get the last.
    explicit LoopbackServer(std::vector<Served> answers);
    ~LoopbackServer();

    std::string url() const;
    std::vector<std::string> bodies() const;  // of the requests so far

  private:
    void serve();
    void answer(int fd, const Served& served);

    std::vector<Served> answers_;
    Descriptor listener_, end_;
    int port_ = 0;
    mutable std::mutex mutex_;
    std::vector<std::string> bodies_;
    std::vector<Descriptor> open_;
    std::jthread thread_;
};

}  // namespace culprit::test
