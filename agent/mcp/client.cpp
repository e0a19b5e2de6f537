#include "agent/mcp/client.h"

#include <array>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "base/process.h"
#include "base/text.h"

namespace culprit {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kMostLine = 32u << 20;
constexpr std::size_t kMostUnasked = 64u << 20;
constexpr std::size_t kMostTools = 500;
constexpr std::size_t kMostAbout = 4000;
constexpr std::size_t kLastWords = 2000;

std::string time_of(std::chrono::milliseconds time) {
    return duration_text(static_cast<double>(time.count()) * 1e6);
}

PluginTool tool_from(const Json& json) {
    PluginTool tool{.name = text_at(json, "name"),
                    .about = text_at(json, "description"),
                    .schema = member(json, "inputSchema"),
                    .only_reads = flag_at(member(json, "annotations"), "readOnlyHint")};
    if (tool.about.empty()) tool.about = text_at(json, "title", tool.name);
    if (tool.about.size() > kMostAbout) tool.about = valid_utf8(tool.about.substr(0, kMostAbout)) + "…";
    if (!tool.schema.is_object()) tool.schema = {{"type", "object"}};
    return tool;
}

std::string text_of(const Json& result) {
    std::string text;
    for (const Json& part : member(result, "content")) {
        const std::string type = text_at(part, "type");
        if (!text.empty()) text += '\n';
        if (type == "text")
            text += text_at(part, "text");
        else if (type == "resource" && member(part, "resource").contains("text"))
            text += text_at(member(part, "resource"), "text");
        else
            text += fmt::format("[{}: left out, it is no text]", type.empty() ? "something" : type);
    }
    return text;
}

}  // namespace

McpClient::McpClient(PluginServer server, fs::path folder, std::function<void()> woken)
    : server_(std::move(server)), folder_(std::move(folder)), woken_(std::move(woken)), lines_(kMostLine) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        end("there are no file descriptors left");
        return;
    }
    servers_input_ = Descriptor(ends[0]);
    to_server_ = Descriptor(ends[1]);
    ::fcntl(to_server_.get(), F_SETFL, O_NONBLOCK);
    server_thread_ = std::jthread([this] { run_server(stop_.get_token()); });
    connect_thread_ = std::jthread([this] { connect(stop_.get_token()); });
}

McpClient::~McpClient() { stop_.request_stop(); }

McpClient::State McpClient::state() const {
    const std::scoped_lock lock(mutex_);
    return state_;
}

std::string McpClient::problem() const {
    const std::scoped_lock lock(mutex_);
    return fmt::format("the plug-in server {} is not there: {}", server_.name, problem_);
}

std::optional<std::vector<PluginTool>> McpClient::take_tools() {
    const std::scoped_lock lock(mutex_);
    return std::exchange(tools_, std::nullopt);
}

void McpClient::run_server(std::stop_token stop) {
    const Command command{.argv = server_.argv,
                          .folder = folder_,
                          .environment = server_.environment,
                          .input_fd = servers_input_.get(),
                          .limit = std::chrono::hours(24 * 365),
                          .most_output = 0};
    const auto finished = run(command, std::move(stop), [this](Stream stream, std::string_view bytes) {
        if (stream == Stream::Out) return take_output(bytes);
        const std::scoped_lock lock(mutex_);
        last_words_ += bytes;
        if (last_words_.size() > kLastWords) last_words_.erase(0, last_words_.size() - kLastWords);
        return true;
    });
    if (!finished)
        end(finished.error().what);
    else
        end(fmt::format("it ended ({} {})", finished->signal ? "signal" : "exit code",
                        finished->signal ? finished->signal : finished->exit_code));
}

// The first reason stays.
void McpClient::end(std::string why) {
    {
        const std::scoped_lock lock(mutex_);
        if (problem_.empty()) {
            const std::string words = one_line(printable(trim(last_words_)), 200);
            problem_ = fmt::format("{}{}{}", why, words.empty() ? "" : "; it said: ", words);
        }
        state_ = State::Failed;
    }
    changed_.notify_all();
    woken_();
}

void McpClient::connect(std::stop_token stop) {
    const auto greeting = request("initialize",
                                  {{"protocolVersion", kMcpVersions.front()},
                                   {"capabilities", Json::object()},
                                   {"clientInfo", {{"name", "culprit"}, {"version", CULPRIT_VERSION}}}},
                                  server_.deadline, stop);
    if (!greeting) return end(greeting.error().what);
    if (const auto sent = send(rpc_notification("notifications/initialized", Json::object()), stop); !sent)
        return end(sent.error().what);
    while (!stop.stop_requested()) {
        auto tools = list_tools(stop);
        if (!tools) return end(tools.error().what);
        std::unique_lock lock(mutex_);
        if (state_ == State::Failed) return;
        tools_ = *std::move(tools);
        state_ = State::Ready;
        lock.unlock();
        woken_();
        lock.lock();
        changed_.wait(lock, stop, [this] { return list_changed_ || state_ == State::Failed; });
        if (state_ == State::Failed) return;
        list_changed_ = false;
    }
}

Result<std::vector<PluginTool>> McpClient::list_tools(std::stop_token stop) {
    std::vector<PluginTool> tools;
    std::string cursor;
    do {
        Json params = Json::object();
        if (!cursor.empty()) params["cursor"] = cursor;
        TRY(const Json page, request("tools/list", std::move(params), server_.deadline, stop));
        for (const Json& each : member(page, "tools")) tools.push_back(tool_from(each));
        if (tools.size() > kMostTools) return fail(Fault::Invalid, "it has more than {} tools", kMostTools);
        const std::string next = text_at(page, "nextCursor");
        if (next == cursor) break;
        cursor = next;
    } while (!cursor.empty());
    return tools;
}

Result<Output> McpClient::call(std::string_view tool, const Json& arguments, std::stop_token stop) {
    const auto result = request("tools/call", {{"name", tool}, {"arguments", arguments}}, server_.call_limit,
                                std::move(stop));
    if (!result && result.error().fault == Fault::Cancelled) return std::unexpected(result.error());
    if (!result)
        return std::unexpected(Error{result.error().fault, fmt::format("the plug-in server {}: {}",
                                                                       server_.name, result.error().what)});
    std::string text = text_of(*result);
    if (flag_at(*result, "isError"))
        return fail(Fault::Invalid, "{}", text.empty() ? "it failed and does not say why" : text);
    const Json& data = member(*result, "structuredContent");
    if (text.empty() && !data.is_null()) text = dump_json(data, 1);
    return Output{std::move(text), data};
}

Result<Json> McpClient::request(std::string_view method, Json params, std::chrono::milliseconds limit,
                                std::stop_token stop) {
    std::unique_lock lock(mutex_);
    if (state_ == State::Failed) return fail(Fault::Unavailable, "{}", problem_);
    const std::int64_t id = ++last_id_;
    waiting_[id] = nullptr;
    lock.unlock();
    const auto sent = send(rpc_request(id, method, std::move(params)), stop);
    lock.lock();
    const auto is_over = [&] { return !waiting_.at(id).is_null() || state_ == State::Failed; };
    if (sent) changed_.wait_for(lock, stop, limit, is_over);
    const Json response = std::move(waiting_.at(id));
    waiting_.erase(id);
    if (!sent) return std::unexpected(sent.error());
    if (!response.is_null()) {
        const Json& error = member(response, "error");
        if (error.is_null()) return member(response, "result");
        return fail(Fault::Invalid, "it answers: {}",
                    one_line(printable(text_at(error, "message", dump_json(error))), 300));
    }
    if (state_ == State::Failed) return fail(Fault::Unavailable, "{}", problem_);
    lock.unlock();
    if (method == "tools/call") {
        static_cast<void>(send(rpc_notification("notifications/cancelled",
                                                {{"requestId", id}, {"reason", "nobody waits for it"}}),
                               {}));
    }
    if (stop.stop_requested()) return std::unexpected(cancelled());
    return fail(Fault::TimedOut, "it did not answer {} within {}", method, time_of(limit));
}

// A server that does not read must not keep us: what it does not take within its deadline ends it.
Result<> McpClient::send(const Json& message, std::stop_token stop) {
    const std::scoped_lock lock(write_mutex_);
    const std::string line = dump_json(message) + "\n";
    const StopSignal signal(stop);
    const auto until = std::chrono::steady_clock::now() + server_.deadline;
    for (std::string_view left = line; !left.empty();) {
        const ssize_t wrote = ::write(to_server_.get(), left.data(), left.size());
        if (wrote > 0) left.remove_prefix(static_cast<std::size_t>(wrote));
        if (wrote > 0 || (wrote < 0 && errno == EINTR)) continue;
        if (errno != EAGAIN) return fail(Fault::Unavailable, "it is gone");
        const auto wait =
            std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
        std::array<pollfd, 2> set{{{to_server_.get(), POLLOUT, 0}, {signal.fd(), POLLIN, 0}}};
        const int ready = wait > 0ms ? ::poll(set.data(), set.size(), static_cast<int>(wait.count())) : 0;
        if (ready == 0 || stop.stop_requested()) {
            // After a part of a line nothing would be understood.
            if (left.size() < line.size()) stop_.request_stop();
            if (stop.stop_requested()) return std::unexpected(cancelled());
            return fail(Fault::TimedOut, "it does not read its input");
        }
    }
    return {};
}

bool McpClient::take_output(std::string_view bytes) {
    {
        const std::scoped_lock lock(mutex_);
        unasked_bytes_ += bytes.size();
    }
    const bool good = lines_.feed(bytes, [this](const std::string& line) { take_line(line); });
    const std::scoped_lock lock(mutex_);
    if (good && unasked_bytes_ <= kMostUnasked) return true;
    if (problem_.empty())
        problem_ = fmt::format("it was ended, as it wrote {} that nobody asked for",
                               bytes_text(static_cast<double>(unasked_bytes_)));
    return false;
}

void McpClient::take_line(const std::string& line) {
    const auto message = parse_json(line, "a message");
    if (!message || !message->is_object()) return;  // some servers print greetings on stdout
    const Json& id = member(*message, "id");
    const std::string method = text_at(*message, "method");
    if (method.empty()) return take_response(id, *message);
    if (method == "notifications/tools/list_changed") {
        const std::scoped_lock lock(mutex_);
        list_changed_ = true;
        changed_.notify_all();
    }
    if (id.is_null()) return;
    // From the thread that reads: a server that does not read either is ended by its flood or its limits.
    const Json answer = method == "ping" ? rpc_result(id, Json::object())
                                         : rpc_error(id, RpcError::NoMethod, "culprit has no " + method);
    static_cast<void>(send(answer, stop_.get_token()));
}

void McpClient::take_response(const Json& id, const Json& message) {
    const std::scoped_lock lock(mutex_);
    const auto waiting = id.is_number_integer() ? waiting_.find(id.get<std::int64_t>()) : waiting_.end();
    if (waiting == waiting_.end()) return;
    waiting->second = message;
    unasked_bytes_ = 0;
    changed_.notify_all();
}

}  // namespace culprit
