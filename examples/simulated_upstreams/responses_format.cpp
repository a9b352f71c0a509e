// SPDX-License-Identifier: Apache-2.0
// Responses: one output item, a message or the call of a function, after the other; every event of a stream has a
// number. Source: OpenAI API reference, responses and their streaming events.
#include "formats.hpp"

namespace sluice::simulated {
namespace {

constexpr std::string_view in_progress = "in_progress";
constexpr std::string_view completed = "completed";

std::string_view final_status(const Answer& answer) { return answer.is_cut_short ? "incomplete" : completed; }
std::string message_id(const Answer& answer) { return "msg_" + answer.id; }

void write_usage(JsonWriter& writer, const Answer& answer) {
  const auto details = [&](std::string_view name, std::string_view inner, std::int64_t count) {
    writer.key(name);
    writer.begin_object();
    writer.member(inner, count);
    writer.end_object();
  };
  writer.begin_object();
  writer.member("input_tokens", answer.prompt);
  details("input_tokens_details", "cached_tokens", answer.cached);
  writer.member("output_tokens", answer.completion);
  details("output_tokens_details", "reasoning_tokens", answer.reasoning);
  writer.member("total_tokens", answer.prompt + answer.completion);
  writer.end_object();
}

void write_part(JsonWriter& writer, std::string_view text) {
  writer.begin_object();
  writer.member("type", "output_text");
  writer.member("text", text);
  writer.key("annotations");
  writer.raw("[]");
  writer.end_object();
}

/// An output item; `is_whole`: with all that it holds.
void write_item(JsonWriter& writer, const Answer& answer, std::size_t index, bool is_whole) {
  const std::string_view status = is_whole ? final_status(answer) : in_progress;
  writer.begin_object();
  if (answer.calls.empty()) {
    writer.member("id", std::string_view(message_id(answer)));
    writer.member("type", "message");
    writer.member("status", status);
    writer.member("role", "assistant");
    writer.key("content");
    writer.begin_array();
    if (is_whole) write_part(writer, words_of(answer));
    writer.end_array();
  } else {
    const ToolCall& call = answer.calls[index];
    writer.member("id", std::string_view("fc_" + call.id));
    writer.member("type", "function_call");
    writer.member("status", status);
    writer.member("call_id", std::string_view(call.id));
    writer.member("name", std::string_view(call.name));
    writer.member("arguments", is_whole ? std::string_view(call.arguments) : std::string_view());
  }
  writer.end_object();
}

std::size_t item_count(const Answer& answer) { return answer.calls.empty() ? 1 : answer.calls.size(); }

void write_response(JsonWriter& writer, const Answer& answer, bool is_whole) {
  writer.begin_object();
  writer.member("id", std::string_view("resp_" + answer.id));
  writer.member("object", "response");
  writer.member("created_at", answer.created);
  writer.member("status", is_whole ? final_status(answer) : in_progress);
  writer.key("error");
  writer.null();
  writer.key("incomplete_details");
  writer.raw(is_whole && answer.is_cut_short ? R"({"reason":"max_output_tokens"})" : "null");
  writer.member("model", std::string_view(answer.model));
  writer.key("output");
  writer.begin_array();
  for (std::size_t i = 0; is_whole && i < item_count(answer); ++i) write_item(writer, answer, i, true);
  writer.end_array();
  writer.key("usage");
  if (is_whole && answer.reports_usage)
    write_usage(writer, answer);
  else
    writer.null();
  writer.end_object();
}

class ResponsesScript final : public Script {
 public:
  explicit ResponsesScript(Answer answer) : answer_(std::move(answer)) {
    add(created);
    add(progress);
    for (std::size_t i = 0; i < item_count(answer_); ++i) add_item(static_cast<int>(i));
    add(end);
  }

  std::string event(const Piece& piece, std::size_t index) const override {
    const std::string_view type = piece.kind == end && answer_.is_cut_short ? "response.incomplete" : names[piece.kind];
    JsonWriter writer;
    writer.begin_object();
    writer.member("type", type);
    writer.member("sequence_number", static_cast<std::int64_t>(index));
    if (piece.kind == created || piece.kind == progress || piece.kind == end) {
      writer.key("response");
      write_response(writer, answer_, piece.kind == end);
    } else {
      writer.member("output_index", piece.part);
      write_inner(writer, piece);
    }
    writer.end_object();
    return event_text(type, writer.text());
  }

  std::string error_event(std::size_t index) const override {
    return event_text("error", R"({"type":"error","sequence_number":)" + std::to_string(index) +
                                   R"(,"code":"server_error","message":"The server had an error.","param":null})");
  }

 private:
  enum Kind {
    created,
    progress,
    item_added,
    item_done,
    part_added,
    part_done,
    text_delta,
    text_done,
    call_delta,
    call_done,
    end
  };
  static constexpr std::string_view names[] = {"response.created",
                                               "response.in_progress",
                                               "response.output_item.added",
                                               "response.output_item.done",
                                               "response.content_part.added",
                                               "response.content_part.done",
                                               "response.output_text.delta",
                                               "response.output_text.done",
                                               "response.function_call_arguments.delta",
                                               "response.function_call_arguments.done",
                                               "response.completed"};

  void add_item(int item) {
    add(item_added, item);
    if (answer_.calls.empty()) {
      add(part_added, item);
      for (std::int64_t i = 0; i < answer_.words; ++i) add(text_delta, item, word(i), true);
      add(text_done, item);
      add(part_done, item);
    } else {
      for (const std::string_view piece : answer_.calls[static_cast<std::size_t>(item)].pieces())
        add(call_delta, item, piece, true);
      add(call_done, item);
    }
    add(item_done, item);
  }

  void write_inner(JsonWriter& writer, const Piece& piece) const {
    const auto item = static_cast<std::size_t>(piece.part);
    if (piece.kind == item_added || piece.kind == item_done) {
      writer.key("item");
      write_item(writer, answer_, item, piece.kind == item_done);
      return;
    }
    if (piece.kind == call_delta || piece.kind == call_done) {
      const ToolCall& call = answer_.calls[item];
      writer.member("item_id", std::string_view("fc_" + call.id));
      if (piece.kind == call_delta)
        writer.member("delta", piece.text);
      else
        writer.member("arguments", std::string_view(call.arguments));
      return;
    }
    writer.member("item_id", std::string_view(message_id(answer_)));
    writer.member("content_index", 0);
    if (piece.kind == text_delta) writer.member("delta", piece.text);
    if (piece.kind == text_done) writer.member("text", std::string_view(words_of(answer_)));
    if (piece.kind == text_delta || piece.kind == text_done) {
      writer.key("logprobs");
      writer.raw("[]");
    } else {
      writer.key("part");
      write_part(writer, piece.kind == part_done ? words_of(answer_) : std::string());
    }
  }

  const Answer answer_;
};

}  // namespace

std::string responses_answer(const Answer& answer) {
  JsonWriter writer;
  write_response(writer, answer, true);
  return std::move(writer).take();
}

std::unique_ptr<Script> responses_script(Answer answer) { return std::make_unique<ResponsesScript>(std::move(answer)); }

}  // namespace sluice::simulated
