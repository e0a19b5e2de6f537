// What /proc tells of other processes. A process that ends meanwhile, or belongs to someone else, has nothing
// to tell: the answer is empty.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace culprit {

bool is_running(int pid);              // not a zombie either
std::string command_line_of(int pid);  // its words with blanks between them
int parent_of(int pid);                // 0 if not known
bool descends_from(int pid, int ancestor);
std::vector<int> family_of(int pid);  // itself and what descends from it, by number
// What it is called inside of the innermost PID namespace that it is in: a sandbox, a container.
int inner_pid(int pid);
bool has_in_environment(int pid, std::string_view entry);  // "NAME=value", whole

// By thread id (as the process itself sees it), the CPU time that each thread has used so far and its name.
struct ThreadUse {
    std::string name;
    std::chrono::milliseconds cpu{0};
};
std::map<std::uint64_t, ThreadUse> threads_of(int pid);

}  // namespace culprit
