#include "agent/policy.h"

namespace culprit {

Decision decide(Effect effect, bool can_ask) {
    switch (effect) {
        case Effect::Reads: return {Decision::Verdict::Allow, "it only reads"};
        case Effect::Remembers: return {Decision::Verdict::Allow, "it writes in the memory folder alone"};
        case Effect::Runs: break;
    }
    if (can_ask) return {Decision::Verdict::Ask, "it runs something"};
    return {Decision::Verdict::Deny,
            "it runs something, and there is no terminal at which a person could allow that"};
}

}  // namespace culprit
