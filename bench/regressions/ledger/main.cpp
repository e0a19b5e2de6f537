#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <thread>

#include "ledger.h"

namespace {

ledger::Transfer next_transfer(std::mt19937& random, std::size_t accounts) {
    ledger::Transfer transfer;
    transfer.from = random() % accounts;
    transfer.to = random() % accounts;
    transfer.cents = random() % 500;
    transfer.note = "invoice of the month, paid by standing order";
    return transfer;
}

void work(ledger::Accounts& accounts, std::atomic<long>& booked, double seconds, unsigned seed) {
    std::mt19937 random(seed);
    ledger::Journal journal;
    std::uint64_t sum = 0;
    const auto begin = std::chrono::steady_clock::now();
    while (std::chrono::steady_clock::now() - begin < std::chrono::duration<double>(seconds)) {
        for (int i = 0; i < 500; ++i) {
            const ledger::Transfer transfer = next_transfer(random, 5000);
            if (!ledger::is_plausible(transfer)) continue;
            sum ^= ledger::checksum(transfer);
            if (accounts.book(transfer)) journal.note(transfer);
            booked.fetch_add(1, std::memory_order_relaxed);
        }
    }
    if (sum == 1) std::puts("unlikely");
}

}  // namespace

int main(int argc, char** argv) {
    const double seconds = argc > 1 ? std::atof(argv[1]) : 3;
    ledger::Accounts accounts(5000);
    std::atomic<long> booked = 0;
    std::vector<std::jthread> threads;
    for (unsigned t = 0; t < 3; ++t) threads.emplace_back([&, t] { work(accounts, booked, seconds, t + 1); });
    threads.clear();
    std::printf("{\"workload\":\"ledger\",\"transfers\":%ld,\"total\":%ld}\n", booked.load(), static_cast<long>(accounts.total()));
}
