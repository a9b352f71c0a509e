// SPDX-License-Identifier: Apache-2.0
// Sources: the streaming sections of the API references of OpenAI (chat completions, completions, responses,
// runs of assistants) and
// Anthropic (messages).
#include "ai/stream_ending.hpp"

#include "ai/json_skim.hpp"
#include "base/text.hpp"

#include <algorithm>

namespace sluice::ai {
namespace {

/// Choices and blocks of one answer that are kept in mind.
constexpr std::size_t most_open = 128;

std::int64_t index_of(std::string_view object) {
  const auto index = json_member(object, "index");
  return index ? parse_integer(*index).value_or(0) : 0;
}

std::string event(std::string_view type, std::string_view data) {
  std::string text;
  if (!type.empty()) text.append("event: ").append(type).append("\n");
  return text.append("data: ").append(data).append("\n\n");
}

}  // namespace

void StreamEnding::add(std::string_view data) {
  const auto begin = [&](std::int64_t index) {
    if (open_.size() < most_open && std::find(open_.begin(), open_.end(), index) == open_.end()) open_.push_back(index);
  };
  if (const auto choices = json_member(data, "choices")) {
    for_each_json_item(*choices, [&](std::string_view choice) {
      // What comes before the first choice (the findings about a prompt) has another head.
      if (form_ == Form::unknown) note_head(data);
      const auto reason = json_member(choice, "finish_reason");
      if (reason && *reason != "null") {
        std::erase(open_, index_of(choice));
      } else {
        begin(index_of(choice));
      }
    });
    return;
  }
  if (json_member(data, "object") == "\"thread.run\"") {
    form_ = Form::run;
    if (const auto id = json_member(data, "id")) head_ = *id;
    return;
  }
  const auto type = json_member(data, "type");
  if (!type) return;
  if (*type == "\"content_block_start\"") begin(index_of(data));
  if (*type == "\"content_block_stop\"") std::erase(open_, index_of(data));
  if (*type == "\"message_start\"") form_ = Form::messages;
  if (!type->starts_with("\"response.")) return;
  form_ = Form::responses;
  if (const auto number = json_member(data, "sequence_number")) number_ = parse_integer(*number).value_or(0);
  if (!head_.empty()) return;
  if (const auto response = json_member(data, "response")) {
    if (const auto id = json_member(*response, "id")) head_ = *id;
  }
}

void StreamEnding::note_head(std::string_view data) {
  form_ = json_member(data, "object") == "\"text_completion\"" ? Form::text : Form::chat;
  for (const std::string_view name : {"id", "object", "created", "model"}) {
    const auto value = json_member(data, name);
    if (value) head_.append("\"").append(name).append("\":").append(*value) += ',';
  }
}

std::string StreamEnding::chunk_text(Reason reason) const {
  const std::string_view finish = reason == Reason::length ? "length" : "content_filter";
  std::string choices;
  for (const std::int64_t index : open_) {
    choices.append(choices.empty() ? "" : ",").append("{\"index\":").append(std::to_string(index));
    choices.append(form_ == Form::text ? ",\"text\":\"\"" : ",\"delta\":{}");
    choices.append(",\"finish_reason\":\"").append(finish).append("\"}");
  }
  return event({}, "{" + head_ + "\"choices\":[" + choices + "]}") + event({}, "[DONE]");
}

std::string StreamEnding::messages_text(std::int64_t completion_tokens, Reason reason) const {
  std::string text;
  for (const std::int64_t index : open_) {
    text += event("content_block_stop", "{\"type\":\"content_block_stop\",\"index\":" + std::to_string(index) + "}");
  }
  const std::string_view stop = reason == Reason::length ? "max_tokens" : "refusal";
  std::string data = R"({"type":"message_delta","delta":{"stop_reason":")";
  data.append(stop).append(R"(","stop_sequence":null},"usage":{"output_tokens":)");
  text += event("message_delta", data + std::to_string(completion_tokens) + "}}");
  return text + event("message_stop", R"({"type":"message_stop"})");
}

std::string StreamEnding::responses_text(Reason reason) const {
  std::string data = R"({"type":"response.incomplete","sequence_number":)" + std::to_string(number_ + 1);
  data.append(R"(,"response":{"id":)").append(head_.empty() ? "null" : head_);
  data.append(R"(,"object":"response","status":"incomplete","incomplete_details":{"reason":")");
  data.append(reason == Reason::length ? "max_output_tokens" : "content_filter").append("\"}}}");
  return event("response.incomplete", data);
}

std::string StreamEnding::run_text(Reason reason) const {
  std::string data = "{\"id\":" + (head_.empty() ? std::string("null") : head_);
  data.append(R"(,"object":"thread.run","status":"incomplete","incomplete_details":{"reason":")");
  data.append(reason == Reason::length ? "max_completion_tokens" : "content_filter").append("\"}}");
  return event("thread.run.incomplete", data) + event("done", "[DONE]");
}

std::string StreamEnding::text(std::int64_t completion_tokens, Reason reason) const {
  switch (form_) {
    case Form::chat:
    case Form::text: return chunk_text(reason);
    case Form::messages: return messages_text(completion_tokens, reason);
    case Form::responses: return responses_text(reason);
    case Form::run: return run_text(reason);
    case Form::unknown: break;
  }
  return {};
}

}  // namespace sluice::ai
