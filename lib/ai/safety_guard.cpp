// SPDX-License-Identifier: Apache-2.0
#include "ai/safety_guard.hpp"

#include "ai/answer_head.hpp"
#include "ai/answer_text.hpp"
#include "ai/checked_stream.hpp"
#include "ai/request_prompt.hpp"
#include "ai/token_encoding.hpp"
#include "base/answer_copy.hpp"
#include "base/json_limits.hpp"

#include <memory>
#include <optional>
#include <string>

namespace sluice::ai {
namespace {

/// Windows of a stream.
class WindowCheck final : public WordCheck {
 public:
  WindowCheck(RequestContext& context, const SafetyCheck& check)
      : context_(context),
        check_(check),
        cancellation_(context.request.cancellation),
        service_(context, check, cancellation_) {}

  Task<Result<void>> run(std::string_view words) override {
    if (++windows_ > max_stream_windows) return Result<void>(fail(refused_by_safety()));
    return service_.run(words, check_.window, check_.overlap, false);
  }
  void cancel() override { cancellation_.request(); }
  /// The status of the answer tells nobody: it has been sent.
  void refused() override {
    context_.state<AnswerEnd>().is_early = true;
    context_.services.telemetry.count("sluice_content_safety_ended_streams_total", 1, {});
  }

 private:
  RequestContext& context_;
  const SafetyCheck& check_;
  Cancellation cancellation_;
  SafetyService service_;
  std::size_t windows_ = 0;
};

/// The words of an answer in memory; nothing when they cannot be read.
std::optional<std::string> completion_text(RequestContext& context) {
  const Response& response = context.response;
  std::string text;
  bool readable = true;
  const auto add = [&](std::string_view json) {
    const AnswerText answer = read_answer(json, context.arena, json_limits(context));
    readable = readable && answer.readable;
    for (const std::string_view piece : answer.pieces) text += piece;
  };
  if (is_event_stream(response.headers)) {
    SseReader reader;
    const auto on_event = [&](const SseReader::Event& event) {
      if (event.data != end_of_events) add(event.data);
    };
    reader.feed(response.body.data(), on_event);
    reader.finish(on_event);
    readable = readable && !reader.overflowed();
  } else {
    add(response.body.data());
  }
  return readable ? std::optional(std::move(text)) : std::nullopt;
}

void check_on_its_way(RequestContext& context, const SafetyCheck& check) {
  Response& response = context.response;
  response.headers.remove("Content-Length");
  response.body = Body::stream(std::make_unique<CheckedStream>(
      response.body.take_stream(), EventWindow::Rules{check.window, check.overlap, json_limits(context)},
      std::make_unique<WindowCheck>(context, check), encoding_of(context).encoding, context.services.clock));
}

}  // namespace

Task<Result<void>> check_prompt(RequestContext& context, const SafetyCheck& check, Cancellation& cancellation) {
  const bool is_embedding = context.request.url.path.ends_with("/embeddings");
  if (context.request.body.data().empty() || is_embedding) co_return Result<void>();
  auto prompt = prompt_of(context);
  if (!prompt) co_return fail(std::move(prompt.error()));
  if (!(*prompt)->readable) co_return fail(refused_by_safety("The prompt could not be read."));
  std::string system, rest;
  for (const PromptText& piece : (*prompt)->texts) {
    std::string& text = piece.role == PromptRole::system ? system : rest;
    if (!text.empty()) text += '\n';
    text += piece.text;
  }
  SafetyService service(context, check, cancellation);
  Result<void> passed = co_await service.run(system, max_checked_characters, 0, false);
  if (!passed) co_return passed;
  co_return co_await service.run(rest, max_checked_characters, 0, check.shields);
}

Task<Result<void>> check_completion(RequestContext& context, const SafetyCheck& check, Cancellation& cancellation) {
  Response& response = context.response;
  if (!context.has_response || response.status >= 400 || response.body.is_none()) co_return Result<void>();
  const Error unreadable = refused_by_safety("The completion could not be read.");
  if (is_compressed(response.headers)) co_return fail(unreadable);
  if (is_event_stream(response.headers) && response.body.is_stream()) {
    check_on_its_way(context, check);
    co_return Result<void>();
  }
  auto buffered =
      co_await buffer_body(response.body, context.arena, context.services.limits.request.buffered_body_bytes,
                           ErrorCode::response_body_too_large);
  if (!buffered) co_return fail(unreadable);
  if (response.body.data().empty()) co_return Result<void>();
  const std::optional<std::string> text = completion_text(context);
  if (!text) co_return fail(unreadable);
  SafetyService service(context, check, cancellation);
  co_return co_await service.run(*text, check.window, check.overlap, false);
}

}  // namespace sluice::ai
