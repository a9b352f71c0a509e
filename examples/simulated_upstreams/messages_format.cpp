// SPDX-License-Identifier: Apache-2.0
// Messages. The prompt is told when the answer begins, the completion when it ends; what came from the cache is told
// beside the input. Source: Anthropic API reference, messages and streaming messages.
#include "formats.hpp"

namespace sluice::simulated {
namespace {

std::string_view stop_reason(const Answer& answer) {
  if (answer.is_cut_short) return "max_tokens";
  return answer.calls.empty() ? "end_turn" : "tool_use";
}

void write_usage(JsonWriter& writer, const Answer& answer, std::int64_t output) {
  writer.key("usage");
  writer.begin_object();
  writer.member("input_tokens", answer.prompt - answer.cached);
  writer.member("cache_creation_input_tokens", 0);
  writer.member("cache_read_input_tokens", answer.cached);
  writer.member("output_tokens", output);
  writer.end_object();
}

/// A message up to its content.
void write_head(JsonWriter& writer, const Answer& answer) {
  writer.member("id", std::string_view("msg_" + answer.id));
  writer.member("type", "message");
  writer.member("role", "assistant");
  writer.member("model", std::string_view(answer.model));
}

void write_stop(JsonWriter& writer, std::string_view reason) {
  writer.key("stop_reason");
  if (reason.empty())
    writer.null();
  else
    writer.value(reason);
  writer.key("stop_sequence");
  writer.null();
}

void write_text_block(JsonWriter& writer, std::string_view text) {
  writer.begin_object();
  writer.member("type", "text");
  writer.member("text", text);
  writer.end_object();
}

void write_tool_block(JsonWriter& writer, const ToolCall& call, std::string_view input) {
  writer.begin_object();
  writer.member("type", "tool_use");
  writer.member("id", std::string_view("toolu_" + call.id));
  writer.member("name", std::string_view(call.name));
  writer.key("input");
  writer.raw(input);
  writer.end_object();
}

class MessagesScript final : public Script {
 public:
  explicit MessagesScript(Answer answer) : answer_(std::move(answer)) {
    add(message_start);
    add(ping);
    if (answer_.calls.empty()) {
      add(block_start);
      for (std::int64_t i = 0; i < answer_.words; ++i) add(block_delta, 0, word(i), true);
      add(block_stop);
    }
    for (std::size_t call = 0; call < answer_.calls.size(); ++call) {
      const int block = static_cast<int>(call);
      add(block_start, block);
      for (const std::string_view piece : answer_.calls[call].pieces()) add(block_delta, block, piece, true);
      add(block_stop, block);
    }
    add(message_delta);
    add(message_stop);
  }

  std::string event(const Piece& piece, std::size_t) const override {
    const std::string_view type = names[piece.kind];
    JsonWriter writer;
    writer.begin_object();
    writer.member("type", type);
    if (piece.kind == message_start) write_start(writer);
    if (piece.kind >= block_start && piece.kind <= block_stop) writer.member("index", piece.part);
    if (piece.kind == block_start) write_block(writer, piece);
    if (piece.kind == block_delta) write_delta(writer, piece);
    if (piece.kind == message_delta) write_end(writer);
    writer.end_object();
    return event_text(type, writer.text());
  }

  std::string error_event(std::size_t) const override {
    return event_text("error", R"({"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}})");
  }

 private:
  enum Kind { message_start, ping, block_start, block_delta, block_stop, message_delta, message_stop };
  static constexpr std::string_view names[] = {
      "message_start",      "ping",          "content_block_start", "content_block_delta",
      "content_block_stop", "message_delta", "message_stop"};

  void write_start(JsonWriter& writer) const {
    writer.key("message");
    writer.begin_object();
    write_head(writer, answer_);
    writer.key("content");
    writer.raw("[]");
    write_stop(writer, {});
    if (answer_.reports_usage) write_usage(writer, answer_, 1);
    writer.end_object();
  }

  void write_block(JsonWriter& writer, const Piece& piece) const {
    writer.key("content_block");
    if (answer_.calls.empty())
      write_text_block(writer, "");
    else
      write_tool_block(writer, answer_.calls[static_cast<std::size_t>(piece.part)], "{}");
  }

  void write_delta(JsonWriter& writer, const Piece& piece) const {
    const bool is_text = answer_.calls.empty();
    writer.key("delta");
    writer.begin_object();
    writer.member("type", is_text ? "text_delta" : "input_json_delta");
    writer.member(is_text ? "text" : "partial_json", piece.text);
    writer.end_object();
  }

  void write_end(JsonWriter& writer) const {
    writer.key("delta");
    writer.begin_object();
    write_stop(writer, stop_reason(answer_));
    writer.end_object();
    if (!answer_.reports_usage) return;
    writer.key("usage");
    writer.begin_object();
    writer.member("output_tokens", answer_.completion);
    writer.end_object();
  }

  const Answer answer_;
};

}  // namespace

std::string messages_answer(const Answer& answer) {
  JsonWriter writer;
  writer.begin_object();
  write_head(writer, answer);
  writer.key("content");
  writer.begin_array();
  if (answer.calls.empty()) write_text_block(writer, words_of(answer));
  // Arguments that the bound has cut short are no JSON: such a block has none.
  for (std::size_t i = 0; i < answer.calls.size(); ++i) {
    const bool is_whole = !answer.is_cut_short || i + 1 < answer.calls.size();
    write_tool_block(writer, answer.calls[i], is_whole ? std::string_view(answer.calls[i].arguments) : "{}");
  }
  writer.end_array();
  write_stop(writer, stop_reason(answer));
  if (answer.reports_usage) write_usage(writer, answer, answer.completion);
  writer.end_object();
  return std::move(writer).take();
}

std::unique_ptr<Script> messages_script(Answer answer) { return std::make_unique<MessagesScript>(std::move(answer)); }

}  // namespace sluice::simulated
