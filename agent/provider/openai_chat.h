// OpenAI's chat completions, streamed, which most other servers speak too.
//
// Source: platform.openai.com/docs/api-reference/chat; github.com/ggml-org/llama.cpp tools/server/README.md
#pragma once

#include "agent/provider/wire.h"

namespace culprit {

extern const Wire kOpenAiChat;

}  // namespace culprit
