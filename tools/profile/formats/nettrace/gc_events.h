// Garbage collections and the pauses of all threads, from the runtime's events.
//
// Source  the runtime's src/coreclr/vm/ClrEtwAll.man, task GarbageCollection
#pragma once

#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "tools/profile/recording.h"

namespace culprit {

class GcEvents {
  public:
    static bool is_one(std::uint32_t event_id);

    // Takes up an event of the runtime's provider for which is_one holds. Events of several threads may come
    // out of order up to the next call of settle().
    void add(std::uint32_t event_id, std::string_view payload, std::uint64_t thread, double at_ns);
    // No event that comes later is older than those that came: works them off.
    void settle();

    // What came of it, after settle().
    void give(Runtime& runtime) &&;

  private:
    struct Event {
        double at_ns = 0;
        std::uint64_t thread = 0;
        std::uint32_t id = 0;
        std::uint32_t number = 0, generation = 0, reason = 0, type = 0;  // what the event has of them
        std::uint64_t heap_bytes[5] = {};
        std::uint64_t promoted_bytes = 0;
    };
    struct Request {
        double at_ns = 0;
        std::uint32_t reason = 0;
    };
    void work_off(const Event& event);
    void restart(const Event& event);
    Suspension& suspension(std::uint32_t reason);
    Collection* paused_collection(double since_ns);
    Collection* find(std::uint32_t number);

    std::vector<Event> pending_;
    std::vector<Collection> collections_;
    std::vector<Suspension> suspensions_;
    std::unordered_map<std::uint64_t, Request> requests_;  // open ones, by thread
    Request latest_;
    bool has_latest_ = false;
    double last_restart_ns_ = 0;
    Collection* ended_ = nullptr;  // the one whose sizes come next
};

}  // namespace culprit
