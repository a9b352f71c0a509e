// SPDX-License-Identifier: Apache-2.0
#include "openai.hpp"

#include "base/text.hpp"

#include <array>
#include <cmath>

namespace sluice::simulated {

struct OpenAi::Call {
  const JsonValue& body;
  std::string deployment;
  Settings settings;
};

namespace {

constexpr std::array<std::string_view, 12> words = {"The",   " gateway", " lets",  " every", " token", " through",
                                                    " that", " its",     " owner", " has",   " paid",  " for."};

std::int64_t estimated_tokens(std::string_view text) { return static_cast<std::int64_t>((text.size() + 3) / 4); }

std::int64_t prompt_tokens(const JsonValue& body) {
  std::int64_t tokens = 0;
  if (const JsonValue* messages = body.find("messages")) {
    for (const JsonValue& message : messages->items) {
      tokens += 4;
      if (const JsonValue* content = message.find("content")) {
        if (content->is_string()) tokens += estimated_tokens(content->text);
        for (const JsonValue& part : content->items) {
          if (const JsonValue* text = part.find("text")) tokens += estimated_tokens(text->text);
        }
      }
    }
  }
  if (const JsonValue* input = body.find("input")) {
    if (input->is_string()) tokens += estimated_tokens(input->text);
    for (const JsonValue& item : input->items) tokens += estimated_tokens(item.text);
  }
  return std::max<std::int64_t>(tokens, 1);
}

void write_usage(JsonWriter& writer, std::int64_t prompt, std::int64_t completion) {
  writer.key("usage");
  writer.begin_object();
  writer.member("prompt_tokens", prompt);
  writer.member("completion_tokens", completion);
  writer.member("total_tokens", prompt + completion);
  writer.end_object();
}

/// The events of a streamed completion, one token each, at the pace of the settings.
class CompletionStream final : public BodyStream {
 public:
  struct Plan {
    std::string id, model;
    std::int64_t created = 0, prompt = 0, completion = 0, tokens_per_second = 0;
    bool include_usage = false, cut = false;
    const char* finish_reason = "stop";
  };
  CompletionStream(Plan plan, Clock& clock) : plan_(std::move(plan)), clock_(clock) {}

  Task<BodyChunk> read() override {
    if (stopped_.requested()) co_return BodyChunk(fail(ErrorCode::cancelled));
    if (plan_.cut && next_ > plan_.completion / 2) co_return BodyChunk(fail(ErrorCode::backend_connection_failure));
    if (next_ > plan_.completion + 2) co_return BodyChunk(std::string_view());
    if (next_ > 0 && next_ <= plan_.completion && plan_.tokens_per_second > 0) {
      co_await clock_.wait_for(std::chrono::microseconds(1'000'000 / plan_.tokens_per_second), stopped_);
    }
    event_ = "data: " + event() + "\n\n";
    ++next_;
    co_return BodyChunk(event_);
  }
  void cancel() override { stopped_.request(); }

 private:
  std::string event() const {
    if (next_ == plan_.completion + 2 || (next_ == plan_.completion + 1 && !plan_.include_usage)) return "[DONE]";
    JsonWriter writer;
    writer.begin_object();
    writer.member("id", std::string_view(plan_.id));
    writer.member("object", "chat.completion.chunk");
    writer.member("created", plan_.created);
    writer.member("model", std::string_view(plan_.model));
    writer.key("choices");
    writer.begin_array();
    if (next_ <= plan_.completion) write_choice(writer);
    writer.end_array();
    if (next_ == plan_.completion + 1) write_usage(writer, plan_.prompt, plan_.completion);
    writer.end_object();
    return std::move(writer).take();
  }
  void write_choice(JsonWriter& writer) const {
    const bool last = next_ == plan_.completion;
    writer.begin_object();
    writer.member("index", 0);
    writer.key("delta");
    writer.begin_object();
    if (next_ == 0) writer.member("role", "assistant");
    if (!last) writer.member("content", words[static_cast<std::size_t>(next_) % words.size()]);
    writer.end_object();
    writer.key("finish_reason");
    if (last)
      writer.value(plan_.finish_reason);
    else
      writer.null();
    writer.end_object();
  }

  Plan plan_;
  Clock& clock_;
  Cancellation stopped_;
  std::int64_t next_ = 0;
  std::string event_;
};

/// `/openai/deployments/{name}/...`: the name; otherwise the body's model.
std::string deployment_of(std::string_view path, const JsonValue& body) {
  constexpr std::string_view marker = "/deployments/";
  if (const std::size_t at = path.find(marker); at != std::string_view::npos) {
    const std::string_view rest = path.substr(at + marker.size());
    return std::string(rest.substr(0, rest.find('/')));
  }
  const JsonValue* model = body.find("model");
  return model != nullptr && model->is_string() ? std::string(model->text) : "gpt-4";
}

std::int64_t bounded_completion(const JsonValue& body, std::int64_t wanted) {
  for (const char* name : {"max_completion_tokens", "max_tokens"}) {
    const JsonValue* bound = body.find(name);
    if (bound != nullptr && bound->integer()) wanted = std::min(wanted, std::max<std::int64_t>(*bound->integer(), 1));
  }
  return wanted;
}

}  // namespace

Task<Response> OpenAi::serve(Request& request) {
  if (request.method == "GET") co_return json(request, 200, "{\"object\":\"list\",\"data\":[]}");
  const auto parsed = parse_json(request.body.data(), request.arena);
  if (!parsed || !(*parsed)->is_object()) {
    co_return error(request, 400, "BadRequest", parsed ? "the body must be a JSON object" : parsed.error().message);
  }
  Call call{**parsed, deployment_of(request.url.path, **parsed), settings()};
  const std::string_view path = request.url.path;
  if (path.ends_with("/chat/completions")) co_return co_await chat(request, call);
  if (path.ends_with("/embeddings")) {
    auto refused = co_await throttle(request, call, prompt_tokens(call.body));
    if (refused) co_return std::move(*refused);
    co_return embeddings(request, call);
  }
  co_return error(request, 404, "404", "Resource not found");
}

Task<std::optional<Response>> OpenAi::throttle(Request& request, const Call& call, std::int64_t tokens) {
  const CounterRule token_rule{WindowKind::sliding, call.settings.tokens_per_minute, std::chrono::seconds(60), {}};
  const CounterRule request_rule{WindowKind::sliding, call.settings.requests_per_minute, std::chrono::seconds(60), {}};
  const std::string request_key = counter_key({"requests", call.deployment});
  const std::string token_key = counter_key({"tokens", call.deployment});
  auto counted = co_await counters_.reserve(request_key, request_rule, 1);
  auto charged = counted;
  if (counted && counted->admitted) charged = co_await counters_.reserve(token_key, token_rule, tokens);
  if (charged && charged->admitted) co_return std::nullopt;
  const auto wait = std::max<std::int64_t>((charged ? charged->retry_after.count() : 1'000'000) / 1000, 1);
  const std::int64_t seconds = std::min<std::int64_t>((wait + 999) / 1000, 60);
  Response response = error(request, 429, "429",
                            "Requests to the deployment have exceeded its rate limit. Please retry after " +
                                std::to_string(seconds) + " seconds.");
  response.headers.set("Retry-After", std::to_string(seconds));
  response.headers.set("retry-after-ms", std::to_string(std::min<std::int64_t>(wait, 60'000)));
  response.headers.set("x-ratelimit-remaining-tokens", "0");
  response.headers.set("x-ratelimit-remaining-requests", "0");
  co_return std::optional<Response>(std::move(response));
}

void OpenAi::add_limit_headers(Response& response, const Call& call) const {
  response.headers.set("x-ratelimit-limit-tokens", std::to_string(call.settings.tokens_per_minute));
  response.headers.set("x-ratelimit-limit-requests", std::to_string(call.settings.requests_per_minute));
}

Task<Response> OpenAi::chat(Request& request, const Call& call) {
  const std::int64_t prompt = prompt_tokens(call.body);
  const std::int64_t completion = bounded_completion(call.body, call.settings.completion_tokens);
  const char* const finish_reason = completion < call.settings.completion_tokens ? "length" : "stop";
  auto refused = co_await throttle(request, call, prompt + completion);
  if (refused) co_return std::move(*refused);
  const auto created = std::chrono::duration_cast<std::chrono::seconds>(clock().now().time_since_epoch()).count();
  const std::string id = "chatcmpl-" + name() + "-" + std::to_string(clock().steady_now().time_since_epoch().count());
  const JsonValue* stream = call.body.find("stream");
  if (stream != nullptr && stream->boolean().value_or(false)) {
    const JsonValue* usage = call.body.at({"stream_options", "include_usage"});
    CompletionStream::Plan plan{id,
                                call.deployment,
                                created,
                                prompt,
                                completion,
                                call.settings.tokens_per_second,
                                usage != nullptr && usage->boolean().value_or(false),
                                cuts(),
                                finish_reason};
    Response response(request.arena);
    response.headers.append_view({"Content-Type"}, "text/event-stream; charset=utf-8");
    response.headers.append_view({"Cache-Control"}, "no-cache");
    add_limit_headers(response, call);
    response.body = Body::stream(std::make_unique<CompletionStream>(std::move(plan), clock()));
    co_return response;
  }
  std::string content;
  for (std::int64_t i = 0; i < completion; ++i) content += words[static_cast<std::size_t>(i) % words.size()];
  JsonWriter writer;
  writer.begin_object();
  writer.member("id", std::string_view(id));
  writer.member("object", "chat.completion");
  writer.member("created", static_cast<std::int64_t>(created));
  writer.member("model", std::string_view(call.deployment));
  writer.key("choices");
  writer.begin_array();
  writer.begin_object();
  writer.member("index", 0);
  writer.key("message");
  writer.begin_object();
  writer.member("role", "assistant");
  writer.member("content", std::string_view(content));
  writer.end_object();
  writer.member("finish_reason", finish_reason);
  writer.end_object();
  writer.end_array();
  write_usage(writer, prompt, completion);
  writer.end_object();
  Response response = json(request, 200, writer.text());
  add_limit_headers(response, call);
  co_return response;
}

Response OpenAi::embeddings(Request& request, const Call& call) {
  constexpr int dimensions = 64;
  JsonWriter writer;
  writer.begin_object();
  writer.member("object", "list");
  writer.key("data");
  writer.begin_array();
  const JsonValue* input = call.body.find("input");
  std::vector<std::string_view> texts;
  if (input != nullptr && input->is_string()) texts.push_back(input->text);
  if (input != nullptr) {
    for (const JsonValue& item : input->items) texts.push_back(item.text);
  }
  int index = 0;
  for (std::string_view text : texts) {
    // A bag of words, hashed: texts with the same words lie near one another.
    std::array<double, dimensions> vector{};
    for (std::string_view word : split_words(text)) vector[header_hash(word) % dimensions] += 1;
    double length = 0;
    for (double x : vector) length += x * x;
    length = length > 0 ? std::sqrt(length) : 1;
    writer.begin_object();
    writer.member("object", "embedding");
    writer.member("index", index++);
    writer.key("embedding");
    writer.begin_array();
    for (double x : vector) writer.value(x / length);
    writer.end_array();
    writer.end_object();
  }
  writer.end_array();
  writer.member("model", std::string_view(call.deployment));
  const std::int64_t tokens = prompt_tokens(call.body);
  writer.key("usage");
  writer.begin_object();
  writer.member("prompt_tokens", tokens);
  writer.member("total_tokens", tokens);
  writer.end_object();
  writer.end_object();
  Response response = json(request, 200, writer.text());
  add_limit_headers(response, call);
  return response;
}

OpenAi::Settings OpenAi::settings() {
  std::lock_guard lock(mutex());
  return settings_;
}

bool OpenAi::set(std::string_view name, const JsonValue& value) {
  const auto number = value.integer();
  if (!number) return false;
  if (name == "tokensPerMinute")
    settings_.tokens_per_minute = *number;
  else if (name == "requestsPerMinute")
    settings_.requests_per_minute = *number;
  else if (name == "tokensPerSecond")
    settings_.tokens_per_second = *number;
  else if (name == "completionTokens")
    settings_.completion_tokens = *number;
  else
    return false;
  return true;
}

void OpenAi::write_settings(JsonWriter& writer) {
  writer.member("tokensPerMinute", settings_.tokens_per_minute);
  writer.member("requestsPerMinute", settings_.requests_per_minute);
  writer.member("tokensPerSecond", settings_.tokens_per_second);
  writer.member("completionTokens", settings_.completion_tokens);
}

}  // namespace sluice::simulated
