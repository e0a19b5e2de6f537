#include "agent/playbooks/reporter.h"

#include <algorithm>
#include <span>

#include "base/text.h"

namespace culprit {
namespace {

// The results since the last message of the person.
std::vector<const ToolResult*> results_of_turn(const Request& request) {
    std::vector<const ToolResult*> results;
    for (const Message& message : request.messages) {
        if (message.role == Message::Role::User) results.clear();
        if (message.role == Message::Role::Tool) results.push_back(message.result);
    }
    return results;
}

std::string failures_of(std::span<const ToolResult* const> results) {
    std::string text;
    for (const ToolResult* result : results)
        text +=
            fmt::format("{}{} could not say: {}", text.empty() ? "" : "\n", result->tool, trim(result->text));
    return text;
}

class Reporter : public Provider {
  public:
    explicit Reporter(std::string without_model) : without_model_(std::move(without_model)) {}

    std::string_view model() const override { return "program"; }

    Result<Answer> stream(const Request& request, const OnDelta& on_delta, std::stop_token stop) override {
        if (stop.stop_requested()) return std::unexpected(cancelled());
        Answer answer;
        const auto results = results_of_turn(request);
        if (!results.empty() && std::ranges::none_of(results, &std::string::empty, &ToolResult::fault))
            return fail(Fault::Invalid, "{}", failures_of(results));
        for (const ToolResult* result : results) {
            answer.text += result->fault.empty()
                               ? fmt::format("{} [{}]\n\n", trim(result->text), result->evidence)
                               : fmt::format("{} could not say: {} [{}]\n\n", result->tool,
                                             trim(result->text), result->evidence);
        }
        if (answer.text.empty())
            answer.text = "The playbook has nothing that can be done without a model.\n\n";
        answer.text += no_model_text(without_model_) + "\n";
        on_delta(TextDelta{answer.text});
        return answer;
    }

  private:
    std::string without_model_;
};

class Opener : public Provider {
  public:
    Opener(std::vector<ToolCall> calls, Provider& then) : calls_(std::move(calls)), then_(then) {}

    std::string_view model() const override { return then_.model(); }
    ModelFacts facts() const override { return then_.facts(); }

    Result<Answer> stream(const Request& request, const OnDelta& on_delta, std::stop_token stop) override {
        // A request without tools is for a summary.
        if (calls_.empty() || request.tools.empty()) return then_.stream(request, on_delta, std::move(stop));
        return Answer{.calls = std::exchange(calls_, {}), .stop = StopReason::Calls};
    }

  private:
    std::vector<ToolCall> calls_;
    Provider& then_;
};

}  // namespace

std::unique_ptr<Provider> make_reporter(std::string without_model) {
    return std::make_unique<Reporter>(std::move(without_model));
}

std::string no_model_text(std::string_view without_model) {
    return fmt::format("No model was asked (--model NAME or OPENAI_MODEL sets one). {}",
                       without_model.empty() ? "One would explain what this means." : without_model);
}

std::unique_ptr<Provider> make_opener(std::vector<ToolCall> calls, Provider& then) {
    return std::make_unique<Opener>(std::move(calls), then);
}

}  // namespace culprit
