// The words of a description and the words of names in code, made comparable: "sending a byte array" has to
// do with `Producer.SendBytes`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace culprit {

// What is left of an English word without its ending: "sending", "sends" and "sender" are all "send".
std::string stem(std::string_view word);

// The stems of the parts of a name: of "OrderQueue.DrainAsync" "order", "queu", "drain".
std::vector<std::string> name_stems(std::string_view name);

struct DescribedWord {
    std::string text, stem;  // text: as it stands there
    bool is_deed = false;    // "sending", "flushed": what is done, as functions are called
};
// What a description speaks of, each stem once: names are taken apart, words that say nothing of code
// (articles, "slow", "after the change") and numbers are left out.
std::vector<DescribedWord> described_words(std::string_view text);

// What a description complains of.
enum class Symptom { Unknown, Memory, Cpu, Latency };
Symptom symptom_in(std::string_view text);
std::string_view to_string(Symptom symptom);    // "", "memory", "cpu", "latency"
Symptom symptom_called(std::string_view name);  // the other way; Unknown for any other

}  // namespace culprit
