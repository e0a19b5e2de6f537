#include "tools/investigate/wording.h"

#include <algorithm>
#include <array>
#include <span>

#include "base/text.h"
#include "tools/source/words.h"

namespace culprit {
namespace {

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Longer endings first.
constexpr std::array<std::string_view, 22> kEndings = {
    "izations", "ization", "ations", "ation", "ators", "ator", "ings", "ions", "ments", "ment", "izer",
    "izes",     "ing",     "ion",    "ers",   "ors",   "ies",  "ed",   "er",   "or",    "es",   "s"};

// Words of descriptions that name no code: grammar, complaints, time.
constexpr std::string_view kEmptyWords =
    " a about after again all also always am an and another any anyone are as at back be became because been "
    "before "
    "being between both bring but by call called calls can change changed changes code comes commit could "
    "day days "
    "did do does doing done down each even ever every everything find for from get gets getting give go goes "
    "going "
    "good got had has have having help her here his how however i if in into is isn it its itself just know "
    "last "
    "less like little long look looks lot machine made make makes many may me mean might mine month more "
    "most much "
    "must my need never new no not now of off old on one only or other our out over own part percent please "
    "problem "
    "quite rather really release root said same say says see seems seen she should show since so some "
    "something "
    "somewhere still such takes taking tell than that the their them then there these they thing things "
    "think this "
    "those though time times to today too took under until up upgrade upgraded upgrading us use used uses "
    "using "
    "size sizes usually version very via want was way we week well went were what when where which while who "
    "whole why "
    "will "
    "with within without work works would year yesterday you your cause caused causes culprit regression "
    "regressed "
    "regress performance slow slower slowed slowly slowdown faster fast worse bad poor high higher huge "
    "large larger "
    "big bigger small low lower latency throughput memory cpu ram heap gc hot usage spike spikes grow grows "
    "growing "
    "grown increase increased increases app application program service library project source sources "
    "profile "
    "second seconds minute minutes millisecond ms mb gb kb bytes per ";

struct Complaint {
    Symptom symptom;
    std::string_view stems;  // with blanks around each
};
constexpr std::array<Complaint, 3> kComplaints = {{
    {Symptom::Memory,
     " memori memory ram heap alloc allocat gc garbag leak oom footprint rss working-set lohs loh "
     "outofmemori "
     "outofmemoryexception mb gb mib gib kb kib "},
    {Symptom::Latency,
     " latenc latency delay wait block timeout stall p50 p95 p99 p999 hang freez pause respons lag jitter "
     "stuck "
     "round-trip roundtrip millisecond "},
    {Symptom::Cpu, " cpu processor core busi burn spin comput hot instruct throughput "},
}};

bool is_among(std::string_view list, std::string_view word) {
    return list.find(fmt::format(" {} ", word)) != std::string_view::npos;
}

// "HTTPServer2Send_now" -> "HTTP", "Server", "Send", "now".
std::vector<std::string_view> humps(std::string_view name) {
    std::vector<std::string_view> parts;
    std::size_t begin = 0;
    const auto cut = [&](std::size_t end) {
        if (end > begin) parts.push_back(name.substr(begin, end - begin));
        begin = end;
    };
    for (std::size_t i = 0; i < name.size(); ++i) {
        const char c = name[i];
        if (!starts_word(c) || c == '_') {
            cut(i);
            begin = i + 1;
        } else if (i > begin && is_upper(c)) {
            const bool after_small = !is_upper(name[i - 1]);
            const bool before_small =
                i + 1 < name.size() && starts_word(name[i + 1]) && !is_upper(name[i + 1]);
            if (after_small || before_small) cut(i);
        }
    }
    cut(name.size());
    return parts;
}

void add_once(std::vector<std::string>& list, std::string word) {
    if (std::ranges::find(list, word) == list.end()) list.push_back(std::move(word));
}

}  // namespace

std::string stem(std::string_view word) {
    std::string stem = to_lower(word);
    for (const std::string_view ending : kEndings) {
        const bool is_ss = ending == "s" && stem.ends_with("ss");
        if (!stem.ends_with(ending) || is_ss || stem.size() < ending.size() + 3) continue;
        stem.resize(stem.size() - ending.size());
        if (ending == "ies") stem += 'y';
        break;
    }
    // "flushed" and "flush", "batching" and "batch" meet; so do "running" and "run", "writing" and "write".
    const std::size_t size = stem.size();
    const bool doubled =
        size > 3 && stem[size - 1] == stem[size - 2] && stem.back() != 's' && stem.back() != 'l';
    if (doubled) stem.pop_back();
    if (stem.size() > 3 && stem.back() == 'e') stem.pop_back();
    if (stem.size() > 3 && stem.back() == 'y') stem.back() = 'i';
    return stem;
}

std::vector<std::string> name_stems(std::string_view name) {
    std::vector<std::string> stems;
    for (const std::string_view part : humps(name)) {
        const std::string lowered = to_lower(part);
        if (part.size() > 1 && lowered != "async" && lowered != "get" && lowered != "set")
            add_once(stems, stem(part));
    }
    return stems;
}

std::vector<DescribedWord> described_words(std::string_view text) {
    std::vector<DescribedWord> words;
    each_word(text, [&](std::string_view word) {
        const std::string lowered = to_lower(word);
        if (word.size() < 2 || is_among(kEmptyWords, lowered) || is_digit(word.back())) return;
        const bool complains = std::ranges::any_of(kComplaints, [&](const Complaint& each) {
            return is_among(each.stems, lowered) || is_among(each.stems, stem(word));
        });
        if (complains) return;
        const bool is_deed = lowered.ends_with("ing") || lowered.ends_with("ed");
        for (std::string& each : name_stems(word)) {
            const auto known = std::ranges::find(words, each, &DescribedWord::stem);
            if (known == words.end())
                words.push_back({std::string(word), std::move(each), is_deed});
            else
                known->is_deed |= is_deed;
        }
    });
    return words;
}

Symptom symptom_in(std::string_view text) {
    std::array<int, kComplaints.size()> counts{};
    each_word(text, [&](std::string_view word) {
        for (std::size_t i = 0; i < kComplaints.size(); ++i) {
            const std::string_view stems = kComplaints[i].stems;
            counts[i] += is_among(stems, to_lower(word)) || is_among(stems, stem(word));
        }
    });
    const auto most = std::ranges::max_element(counts);
    return *most == 0 ? Symptom::Unknown
                      : kComplaints[static_cast<std::size_t>(most - counts.begin())].symptom;
}

std::string_view to_string(Symptom symptom) {
    switch (symptom) {
        case Symptom::Unknown: return "";
        case Symptom::Memory: return "memory";
        case Symptom::Cpu: return "cpu";
        case Symptom::Latency: return "latency";
    }
    return "";
}

Symptom symptom_called(std::string_view name) {
    for (const Symptom symptom : {Symptom::Memory, Symptom::Cpu, Symptom::Latency}) {
        if (name == to_string(symptom)) return symptom;
    }
    return Symptom::Unknown;
}

}  // namespace culprit
